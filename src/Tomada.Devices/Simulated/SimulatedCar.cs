using System.Collections.Immutable;
using Tomada.DeviceApi;
using Tomada.Primitives;
using PowerType = Tomada.Ledger.PowerType;

namespace Tomada.Devices;

/// <summary>What cars of a fleet ask for.</summary>
/// <param name="Evses">DC EVSEs that any of them may ask for.</param>
/// <param name="GridMs">Windows start and end on multiples of this.</param>
/// <param name="Window">How long a car stays; a multiple of the grid.</param>
/// <param name="AheadMax">Latest start of a window, from now, in grid steps; 2 or more.</param>
/// <param name="EnergyWhMax">Most energy of one stop.</param>
public sealed record FleetDemand(
    ImmutableArray<EvseId> Evses, long GridMs, TimeSpan Window, int AheadMax, int EnergyWhMax);

/// <summary>
/// A car that reserves, comes and charges, again and again; now and then its driver does something
/// else: pauses, leaves early, stays too long or does not come.
/// </summary>
/// <param name="options">The car.</param>
/// <param name="demand">What it asks for.</param>
/// <param name="seed">Of its choices; the same seed makes the same.</param>
/// <param name="counts">Told what becomes of it.</param>
public sealed class SimulatedCar(
    CarOptions options, FleetDemand demand, int seed, FleetCounts counts)
{
    private const int EnergyWhMin = 2_000;

    /// <summary>How long a car waits for a broken station after its window, in wall time.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_refusedPause = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(seed);

    /// <summary>Works until there shall be no more trips; the last one is finished.</summary>
    /// <param name="noMore">No further trip is begun.</param>
    /// <param name="ct">Everything is let go at once.</param>
    public async Task RunAsync(CancellationToken noMore, CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using CarClient car = new(options, new Nobody());
        Task running = car.RunAsync(stop.Token);
        try
        {
            await car.WaitForNetworkAsync(ct).ConfigureAwait(false);
            while (!noMore.IsCancellationRequested)
            {
                await TripAsync(car, noMore, ct).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping is how a car ends here.
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
    }

    private async Task TripAsync(CarClient car, CancellationToken noMore, CancellationToken ct)
    {
        counts.CarAsked();
        Reply reply = await car.ReserveAsync(Draw(car.Clock), ct).ConfigureAwait(false);
        bool isConfirmed = reply.Ok && reply.TryRead(out ReserveReply? made, out _)
            && made.Legs is { Length: > 0 };
        counts.CarAnswered(isConfirmed);
        if (!isConfirmed)
        {
            using CancellationTokenSource either =
                CancellationTokenSource.CreateLinkedTokenSource(noMore, ct);
            await Task.Delay(s_refusedPause, options.Link.Wall, either.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
            return;
        }

        reply.TryRead(out ReserveReply? reserved, out _);
        ReservedLegBody leg = reserved!.Legs!.Value[0];
        if (_random.NextDouble() < 0.05)
        {
            counts.CarStayedAway();
            await car.Clock.WaitUntilAsync(leg.Window.Until, ct).ConfigureAwait(false);
            return;
        }

        await ChargeAsync(car.Clock, leg, ct).ConfigureAwait(false);
    }

    private async Task ChargeAsync(LedgerClock clock, ReservedLegBody leg, CancellationToken ct)
    {
        Battery battery = new(
            options.Vehicle, options.Vehicle.WhAt(options.StartSocPermille));
        PlugIn plug = new(
            options.Link.Address.Id, battery, clock, options.CableFolder, new Nobody(), Habits());
        using CancellationTokenSource patience =
            CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task over = GiveUpAsync(clock, leg.Window.Until, patience);
        try
        {
            await plug.ChargeAsync(
                leg, PowerType.Dc, leg.Window.From, patience.Token).ConfigureAwait(false);
            counts.CarCharged();
        }
        catch (Exception refused) when (refused
            is DriveFailedException or IOException or System.Net.Sockets.SocketException)
        {
            counts.CarUnserved();
            await clock.WaitUntilAsync(leg.Window.Until, ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            counts.CarUnserved();
        }

        await patience.CancelAsync().ConfigureAwait(false);
        await over.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task GiveUpAsync(
        LedgerClock clock, Timestamp windowEnd, CancellationTokenSource patience)
    {
        await clock.WaitUntilAsync(windowEnd, patience.Token).ConfigureAwait(false);
        await Task.Delay(s_patience, options.Link.Wall, patience.Token).ConfigureAwait(false);
        await patience.CancelAsync().ConfigureAwait(false);
    }

#pragma warning disable CA5394 // The draw is repeatable on purpose; nothing secret hangs on it.
    private ReserveRequest Draw(LedgerClock clock)
    {
        EvseId evse = demand.Evses[_random.Next(demand.Evses.Length)];
        long step = (clock.Now.UnixMs / demand.GridMs) + _random.Next(2, demand.AheadMax + 1);
        Timestamp from = new(step * demand.GridMs);
        LegBody leg = new(
            evse,
            new TimeWindow(from, from.Plus(demand.Window)),
            _random.Next(EnergyWhMin, demand.EnergyWhMax + 1));
        return new ReserveRequest([leg]);
    }

    private PlugHabits? Habits()
    {
        double chance = _random.NextDouble();
        TimeSpan some = demand.Window / 5 * _random.NextDouble();
        return chance switch
        {
            < 0.1 => new PlugHabits(PauseAfter: some, PauseFor: demand.Window / 10),
            < 0.2 => new PlugHabits(LeaveAfter: some),
            < 0.3 => new PlugHabits(StayFor: demand.Window),
            _ => null,
        };
    }
#pragma warning restore CA5394

    private sealed class Nobody : IProgress<CarEvent>
    {
        public void Report(CarEvent value)
        {
            // A fleet counts; it does not follow single cars.
        }
    }
}
