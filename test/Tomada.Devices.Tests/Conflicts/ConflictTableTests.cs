using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Devices.Conflicts;
using Tomada.Primitives;

namespace Tomada.Devices.Tests.Conflicts;

public class ConflictTableTests
{
    private static readonly Timestamp s_from = Timestamp.Parse("2026-11-23T14:00:00Z");
    private static readonly TimeWindow s_window = new(s_from, s_from.Plus(TimeSpan.FromHours(1)));

    /// <summary>
    /// The leg, what is shown (with * for this leg), minutes from the window's start, seconds for
    /// which it has been shown, and the row that it must meet.
    /// </summary>
    public static TheoryData<LegState, EvseStatus, bool, int, int, string> Cases => new()
    {
        { LegState.Confirmed, EvseStatus.Charging, true, 1, 600, "their own car stands there" },
        { LegState.Confirmed, EvseStatus.Blocked, true, 59, 600, "their own car stands there" },
        { LegState.Confirmed, EvseStatus.Unknown, false, 30, 600, "the station is silent" },
        { LegState.Confirmed, EvseStatus.OUTOFORDER, false, -15, 10, Fault },
        { LegState.Confirmed, EvseStatus.OUTOFORDER, true, 59, 10, Fault },
        { LegState.Confirmed, EvseStatus.OUTOFORDER, false, -16, 600, Mended },
        { LegState.Confirmed, EvseStatus.OUTOFORDER, false, 0, 9, Mended },
        { LegState.Confirmed, EvseStatus.OUTOFORDER, false, 60, 600, "the car did not come" },
        { LegState.Confirmed, EvseStatus.Inoperative, false, 0, 10, Off },
        { LegState.Confirmed, EvseStatus.Inoperative, false, -60, 10, Mended },
        { LegState.Confirmed, EvseStatus.Charging, false, 5, 10, Taken },
        { LegState.Confirmed, EvseStatus.Blocked, false, 59, 10, Taken },
        { LegState.Confirmed, EvseStatus.Charging, false, 4, 600, Before },
        { LegState.Confirmed, EvseStatus.Charging, false, 6, 9, Before },
        { LegState.Confirmed, EvseStatus.Blocked, false, -20, 600, Before },
        { LegState.Confirmed, EvseStatus.Reserved, false, 0, 600, "the car is late" },
        { LegState.Confirmed, EvseStatus.Available, false, 59, 600, "the car is late" },
        { LegState.Confirmed, EvseStatus.Reserved, false, -10, 600, "no conflict" },
        { LegState.Confirmed, EvseStatus.Available, false, 60, 600, "the car did not come" },
        { LegState.Charging, EvseStatus.Charging, true, 30, 600, "no conflict" },
        { LegState.Charging, EvseStatus.OUTOFORDER, false, 30, 600, "no conflict" },
        { LegState.Charging, EvseStatus.Charging, true, 60, 600, "a car that stays" },
        { LegState.Charging, EvseStatus.Unknown, false, 90, 600, "a car that stays" },
    };

    private const string Fault = "a fault under a reservation";
    private const string Mended = "a fault that may be mended in time";
    private const string Off = "switched off under a reservation";
    private const string Taken = "another car in somebody's window";
    private const string Before = "another car just before or at the start";

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_situation_is_in_one_row(
        LegState leg, EvseStatus shown, bool isTheirs, int minutes, int seconds, string row) =>
        Assert.Equal(row, ConflictTable.Decide(At(leg, shown, isTheirs, minutes, seconds)).Name);

    [Fact]
    public void Every_row_has_a_case() => Assert.Equal(
        ConflictTable.Rows.Select(row => row.Name).Order(StringComparer.Ordinal),
        Cases.Select(each => each.Data.Item6).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Only_a_confirmed_leg_whose_time_is_near_and_not_over_is_ever_broken()
    {
        foreach (LegState leg in (LegState[])[LegState.Confirmed, LegState.Charging])
        {
            foreach (EvseStatus shown in Enum.GetValues<EvseStatus>())
            {
                for (int minutes = -30; minutes <= 90; minutes++)
                {
                    ConflictRow row = ConflictTable.Decide(At(leg, shown, false, minutes, 600));
                    Assert.Equal(row.Act == LegAct.Break, row.Reason is not null);
                    Assert.True(
                        row.Act != LegAct.Break
                            || (leg == LegState.Confirmed && minutes is >= -15 and < 60),
                        $"{leg} {shown} {minutes}: {row.Name}");
                }
            }
        }
    }

    [Theory]
    [InlineData(EvseStatus.Available, null, 0, ReplyCode.Ok, "free")]
    [InlineData(EvseStatus.Unknown, null, 0, ReplyCode.Ok, "free")]
    [InlineData(EvseStatus.OUTOFORDER, null, 0, ReplyCode.Unavailable, "out of order")]
    [InlineData(EvseStatus.Charging, null, 0, ReplyCode.Occupied, "somebody charges")]
    [InlineData(EvseStatus.Available, 120, 105, ReplyCode.Ok, "before a reservation")]
    [InlineData(EvseStatus.Available, 25, 10, ReplyCode.Ok, "before a reservation")]
    [InlineData(EvseStatus.Available, 24, 0, ReplyCode.Occupied, "too close to a reservation")]
    [InlineData(EvseStatus.Reserved, -5, 0, ReplyCode.Occupied, "too close to a reservation")]
    public void A_walk_in_is_told_when_to_leave_or_refused(
        EvseStatus shown, int? minutesToNext, int leaveInMinutes, ReplyCode code, string row)
    {
        Booking? next = minutesToNext is not { } minutes ? null : new Booking(
            new TimeWindow(
                s_from.Plus(TimeSpan.FromMinutes(minutes)),
                s_from.Plus(TimeSpan.FromMinutes(minutes + 60))),
            default);
        WalkIn walkIn = new(shown, next, Rules.Default.LeadMs, s_from);
        WalkInRow found = WalkInTable.Decide(walkIn);
        Assert.Equal((row, code), (found.Name, found.Code));
        if (leaveInMinutes > 0)
        {
            Assert.Equal(s_from.Plus(TimeSpan.FromMinutes(leaveInMinutes)), walkIn.LeaveBy);
        }
    }

    [Theory]
    [InlineData(0, "a clock that is right")]
    [InlineData(1_000, "a clock that is right")]
    [InlineData(1_001, "a clock that runs ahead")]
    [InlineData(-1_000, "a clock that is right")]
    [InlineData(-1_001, "a clock that is behind")]
    public void A_wrong_clock_is_told_the_time(int aheadMs, string row)
    {
        ClockRow found = ClockTable.Decide(TimeSpan.FromMilliseconds(aheadMs));
        Assert.Equal(row, found.Name);
        Assert.Equal(row != "a clock that is right", found.TellsTime);
    }

    private static Situation At(
        LegState leg, EvseStatus shown, bool isTheirs, int minutes, int seconds) => new(
        leg, s_window, Rules.Default.LeadMs, shown, isTheirs, TimeSpan.FromSeconds(seconds),
        s_from.Plus(TimeSpan.FromMinutes(minutes)));
}
