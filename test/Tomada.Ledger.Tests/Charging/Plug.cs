using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Charging;

/// <summary>
/// One leg's session as its station signs it and its owner brings it; every value can be set wrong.
/// </summary>
internal sealed class Plug
{
    private readonly LedgerWorld _world;

    private Plug(LedgerWorld world, CompanyId owner, LegId leg, int slot)
    {
        _world = world;
        Owner = owner;
        Window = LedgerWorld.Slot(slot);
        Start = new SessionStart(
            new SessionId(leg, 1),
            world.State.Trips[leg.Trip].Legs[leg.Number - 1].Request.Evse,
            LedgerWorld.Secret(slot),
            At(minutes: 1),
            1_000_000);
    }

    public CompanyId Owner { get; }

    public TimeWindow Window { get; }

    /// <summary>What a correct start says: a minute into the window, at 1,000 kWh.</summary>
    public SessionStart Start { get; }

    public SessionId Id => Start.Session;

    public Session Session => _world.State.Sessions[Id];

    public Cdr Cdr => _world.State.Cdrs[Id];

    /// <summary>A confirmed trip of one leg, and block time 2 minutes into its window.</summary>
    public static Plug Confirmed(
        LedgerWorld world, CompanyId home, EvseId evse, int slot, long capAmount = 5_000)
    {
        TripId trip = world.Confirm(home, LedgerWorld.Leg(evse, slot, capAmount));
        Plug plug = new(world, evse.Company, new LegId(trip, 1), slot);
        world.AppendAt(plug.At(minutes: 2));
        return plug;
    }

    /// <summary>A leg of a trip, whatever its state.</summary>
    public static Plug Of(LedgerWorld world, LegId leg, EvseId evse, int slot) =>
        new(world, evse.Company, leg, slot);

    /// <summary>A session that ended after 20 minutes; its CDR is issued.</summary>
    public static Plug Charged(
        LedgerWorld world, CompanyId home, EvseId evse, int slot, long energyWh = 20_000)
    {
        Plug plug = Confirmed(world, home, evse, slot);
        Assert.Equal(Outcome.Applied, plug.Begin().Outcome);
        world.AppendAt(plug.At(minutes: 22));
        Assert.Equal(Outcome.Applied, plug.End(1, plug.At(minutes: 21), energyWh).Outcome);
        return plug;
    }

    public Timestamp At(int minutes) => Window.From.Plus(TimeSpan.FromMinutes(minutes));

    public TransactionEntry Begin(
        SessionStart? start = null, CompanyId? sender = null, PublicKey? key = null)
    {
        start ??= Start;
        return _world.Submit(sender ?? Owner, new StartSession(
            start, Sign(key, start.SignedMessage(_world.State.Network))));
    }

    public TransactionEntry Report(
        int sequence,
        Timestamp at,
        long energyWh,
        CompanyId? sender = null,
        PublicKey? key = null)
    {
        MeterReading reading = new(Id, sequence, at, Start.MeterWh + energyWh);
        return _world.Submit(sender ?? Owner, new ReportMeter(
            reading, Sign(key, reading.SignedMessage(_world.State.Network))));
    }

    public TransactionEntry End(
        int sequence,
        Timestamp at,
        long energyWh,
        CompanyId? sender = null,
        PublicKey? key = null)
    {
        SessionEnd end = new(Id, sequence, at, Start.MeterWh + energyWh, EndReason.Complete);
        return _world.Submit(sender ?? Owner, new EndSession(
            end, Sign(key, end.SignedMessage(_world.State.Network))));
    }

    private byte[] Sign(PublicKey? key, byte[] message) =>
        LedgerWorld.Sign(key ?? LedgerWorld.StationKey(Start.Evse), message);
}
