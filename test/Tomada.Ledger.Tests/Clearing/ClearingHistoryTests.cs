using CsCheck;
using Tomada.Ledger.Tests.Charging;
using Tomada.Ledger.Tests.Trips;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Clearing;

/// <summary>
/// Random histories of sessions, words about CDRs, closings and payments, allowed or not. The world
/// repeats every block and checks every invariant after it.
/// </summary>
public class ClearingHistoryTests
{
    private static readonly Gen<Deed> s_deed = Gen.Select(
        Gen.Frequency(
            (4, Gen.Const(DeedKind.Charge)),
            (2, Gen.Const(DeedKind.ChargeWithoutEnd)),
            (2, Gen.Const(DeedKind.Break)),
            (5, Gen.Const(DeedKind.Acknowledge)),
            (4, Gen.Const(DeedKind.Accept)),
            (2, Gen.Const(DeedKind.Close)),
            (3, Gen.Const(DeedKind.Report)),
            (3, Gen.Const(DeedKind.Confirm)),
            (1, Gen.Const(DeedKind.WaitADay))),
        Gen.Int[0, 2],
        Gen.Int[0, 5],
        Gen.Int[0, 30_000],
        (kind, company, choice, energyWh) =>
            new Deed(kind, LedgerWorld.Companies[company], choice, energyWh));

    private enum DeedKind
    {
        Charge,
        ChargeWithoutEnd,
        Break,
        Acknowledge,
        Accept,
        Close,
        Report,
        Confirm,
        WaitADay,
    }

    [Fact]
    public void Whatever_companies_do_the_books_agree_and_in_the_end_all_is_paid() =>
        s_deed.Array[1, 30].Sample(
            deeds =>
            {
                LedgerWorld world = LedgerWorld.WithStations();
                foreach (Deed deed in deeds)
                {
                    Do(world, deed);
                }

                Snapshots.AssertComesBack(world);
                SettleEverything(world);
                Snapshots.AssertComesBack(world);
                Assert.All(world.State.Cdrs.Values, x => Assert.Equal(CdrState.Settled, x.State));
                Assert.DoesNotContain(
                    world.State.Of(Tables.BrokenLegs).Values, broken => broken.IsOpen);
                Assert.Empty(world.State.Holds);
                foreach ((AccountId id, _) in world.State.Accounts)
                {
                    long balance = Books.BalanceOf(world.State.Accounts, id);
                    Assert.Equal(id.Kind == AccountKind.Paid ? Earned(world, id) : 0, balance);
                }
            },
            iter: 25);

    private static void Do(LedgerWorld world, Deed deed)
    {
        switch (deed.Kind)
        {
            case DeedKind.Charge:
            case DeedKind.ChargeWithoutEnd:
            case DeedKind.Break:
                Charge(world, deed);
                break;
            case DeedKind.Acknowledge when Pick(world.State.Cdrs.Keys, deed) is { } id:
                world.Submit(Sender(world.State.Cdrs[id].Home, deed), new AcknowledgeCdr(id));
                break;
            case DeedKind.Accept when Pick(world.State.Cdrs.Keys, deed) is { } id:
                world.Submit(Sender(world.State.Cdrs[id].Home, deed), new AcceptCdr(id));
                break;
            case DeedKind.Close:
                world.Submit(deed.Company, new ClosePeriod(world.State.Periods.Keys.Last()));
                break;
            case DeedKind.Report when Pick(Payments(world), deed) is var (period, payment):
                world.Submit(
                    Sender(payment.From, deed),
                    new ReportPayment(period, payment.Number, Reference));
                break;
            case DeedKind.Confirm when Pick(Payments(world), deed) is var (period, payment):
                world.Submit(
                    Sender(payment.To, deed),
                    new ConfirmPayment(period, payment.Number, Reference));
                break;
            case DeedKind.WaitADay:
                world.AppendAt(world.State.Time.Plus(TimeSpan.FromDays(1)));
                break;
            default:
                // There is nothing yet that the deed could be about.
                break;
        }
    }

    private static Digest Reference { get; } = Digest.Of([1]);

    private static void Charge(LedgerWorld world, Deed deed)
    {
        CompanyId home = LedgerWorld.Companies[deed.Choice % 3];
        EvseId evse = LedgerWorld.Evse(deed.Company, 1 + (deed.Choice / 3));
        int slot = NextSlot(world);
        TransactionEntry asked = world.Submit(home, LedgerWorld.Trip(LedgerWorld.Leg(evse, slot)));
        if (!asked.Outcome.IsApplied)
        {
            return;
        }

        LegId leg = new(Assert.IsType<TripHeld>(asked.Effects[0]).Trip, 1);
        world.Submit(deed.Company, new AnswerLeg(leg, null));
        if (deed.Kind == DeedKind.Break)
        {
            world.Submit(deed.Company, BreakLegTests.Break(world, leg, deed.EnergyWh % 2 == 0));
            return;
        }

        Plug plug = Plug.Of(world, leg, evse, slot);
        world.AppendAt(plug.At(minutes: 2));
        plug.Begin();
        world.AppendAt(plug.At(minutes: 12));
        plug.Report(1, plug.At(minutes: 11), deed.EnergyWh);
        if (deed.Kind == DeedKind.Charge)
        {
            plug.End(2, plug.At(minutes: 12), deed.EnergyWh);
        }
    }

    /// <summary>Every deadline passes, every home accepts, everybody pays.</summary>
    private static void SettleEverything(LedgerWorld world)
    {
        world.AppendAt(world.State.Time.Plus(TimeSpan.FromDays(3)));
        foreach (Cdr cdr in world.State.Cdrs.Values)
        {
            world.Submit(cdr.Home, new AcknowledgeCdr(cdr.Session));
        }

        world.AppendAt(world.State.Time.Plus(TimeSpan.FromDays(3)));
        world.Submit(LedgerWorld.A, new ClosePeriod(world.State.Periods.Keys.Last()));
        foreach ((int period, Payment payment) in Payments(world).ToArray())
        {
            world.Submit(payment.From, new ReportPayment(period, payment.Number, Reference));
            world.Submit(payment.To, new ConfirmPayment(period, payment.Number, Reference));
        }

        Assert.All(
            world.State.Periods.Values.SkipLast(1), x => Assert.Equal(PeriodState.Final, x.State));
    }

    private static long Earned(LedgerWorld world, AccountId id) =>
        world.State.Cdrs.Values.Sum(cdr =>
            (cdr.Owner == id.Company ? cdr.Total.Amount : 0)
                - (cdr.Home == id.Company ? cdr.Total.Amount : 0))
        + world.State.Of(Tables.BrokenLegs).Values.Sum(broken =>
            (broken.Home == id.Company ? broken.Penalty.Amount : 0)
                - (broken.Owner == id.Company ? broken.Penalty.Amount : 0));

    private static IEnumerable<(int Period, Payment Payment)> Payments(LedgerWorld world) =>
        world.State.Periods.Values.SelectMany(
            period => period.Payments.Select(payment => (period.Number, payment)));

    private static int NextSlot(LedgerWorld world)
    {
        long afterFirst = world.State.Time.UnixMs - LedgerWorld.Slot(0).From.UnixMs;
        return afterFirst < 0 ? 0 : (int)(afterFirst / 1_800_000) + 1;
    }

    // One time in six the deed's own company tries, whether it may or not.
    private static CompanyId Sender(CompanyId allowed, Deed deed) =>
        deed.EnergyWh % 6 == 0 ? deed.Company : allowed;

    private static T? Pick<T>(IEnumerable<T> all, Deed deed)
        where T : struct
    {
        T[] items = [.. all];
        return items.Length == 0 ? null : items[(deed.EnergyWh + deed.Choice) % items.Length];
    }

    private sealed record Deed(DeedKind Kind, CompanyId Company, int Choice, int EnergyWh);
}
