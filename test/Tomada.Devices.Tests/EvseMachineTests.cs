using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Devices.Tests;

public class EvseMachineTests
{
    private static readonly Timestamp s_noon = Timestamp.Parse("2026-11-23T12:00:00Z");
    private static readonly EvseId s_evse = EvseId.Parse("br-aaa/dc-1");
    private static readonly TimeWindow s_window = new(Minutes(60), Minutes(90));
    private static readonly byte[] s_secret = Digest.Of([1]).ToArray();

    private static Timestamp Minutes(int count) => s_noon.Plus(TimeSpan.FromMinutes(count));

    private static LegId Leg(byte trip) => new(new TripId(Digest.Of([trip])), 1);

    private static HoldCommand Hold(byte trip) => new(Leg(trip), s_evse, s_window, 20_000);

    private static ReserveCommand Reserve(byte trip) => new(
        Leg(trip), s_evse, s_window, 900_000, LegRequest.HashSecret(s_secret), 20_000);

    [Fact]
    public void It_shows_RESERVED_from_the_lead_to_the_end_of_the_window()
    {
        EvseMachine machine = new();
        Assert.Equal(ReplyCode.Ok, machine.Hold(Hold(1), s_noon));
        Assert.Null(machine.NextChange(s_noon));
        Assert.Equal(ReplyCode.Ok, machine.Reserve(Reserve(1), s_noon));
        Assert.Equal(EvseStatus.Available, machine.View(Minutes(44)).Status);
        Assert.Equal(Minutes(45), machine.NextChange(s_noon));
        Assert.Equal(EvseStatus.Reserved, machine.View(Minutes(45)).Status);
        Assert.Equal(Leg(1), machine.View(Minutes(45)).Reservation);
        Assert.Equal(Minutes(90), machine.NextChange(Minutes(45)));
        Assert.Equal(EvseStatus.Available, machine.View(Minutes(90)).Status);
    }

    [Fact]
    public void A_confirmed_window_is_occupied_and_an_unconfirmed_one_gives_place()
    {
        EvseMachine machine = new();
        Assert.Equal(ReplyCode.Ok, machine.Hold(Hold(1), s_noon));
        Assert.Equal(ReplyCode.Ok, machine.Hold(Hold(2), s_noon));
        Assert.Equal(ReplyCode.Ok, machine.Reserve(Reserve(2), s_noon));
        Assert.Equal(ReplyCode.Ok, machine.Reserve(Reserve(2), s_noon));
        Assert.Equal(ReplyCode.Occupied, machine.Hold(Hold(3), s_noon));
        machine.Release(Leg(2));
        Assert.Equal(ReplyCode.Ok, machine.Hold(Hold(3), s_noon));
    }

    [Fact]
    public void A_secret_opens_its_own_window_only()
    {
        EvseMachine machine = new();
        machine.Reserve(Reserve(1), s_noon);
        Assert.Null(machine.Match(Digest.Of([2]).ToArray(), Minutes(61), out string? why));
        Assert.Contains("secret", why, StringComparison.Ordinal);
        Assert.Null(machine.Match(s_secret, Minutes(59), out why));
        Assert.Contains("begins", why, StringComparison.Ordinal);
        Assert.Null(machine.Match(s_secret, Minutes(90), out why));
        Assert.Contains("ended", why, StringComparison.Ordinal);
        Assert.Equal(Leg(1), machine.Match(s_secret, Minutes(61), out _)!.Leg);
    }

    [Fact]
    public void A_fault_lies_over_the_state_and_uncovers_it_again()
    {
        EvseMachine machine = new();
        machine.Reserve(Reserve(1), s_noon);
        machine.SetFault("heat");
        Assert.Equal(EvseStatus.OUTOFORDER, machine.View(Minutes(61)).Status);
        Assert.Equal(ReplyCode.Unavailable, machine.Hold(Hold(2), s_noon));
        machine.SetFault(null);
        Assert.Equal(EvseStatus.Reserved, machine.View(Minutes(61)).Status);
    }

    [Fact]
    public void A_session_shows_CHARGING_and_cannot_be_released_under_it()
    {
        EvseMachine machine = new();
        machine.Reserve(Reserve(1), s_noon);
        Assert.NotNull(machine.Admit(s_secret, Minutes(61), out _));
        machine.Release(Leg(1));
        Assert.Equal(EvseStatus.Charging, machine.View(Minutes(61)).Status);
        Assert.Null(machine.Match(s_secret, Minutes(61), out _));
        machine.EndTurn(Leg(1));
        Assert.Equal(EvseStatus.Available, machine.View(Minutes(61)).Status);
    }
}
