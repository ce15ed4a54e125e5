using Tomada.DeviceApi;
using Tomada.Primitives;
using PowerType = Tomada.Ledger.PowerType;

namespace Tomada.Devices;

/// <summary>One charging stop of a simulated car, from plug to unplug.</summary>
internal sealed class PlugIn(
    string car,
    Battery battery,
    LedgerClock clock,
    string cableFolder,
    IProgress<CarEvent> progress)
{
    private static readonly TimeSpan s_drawStep = TimeSpan.FromMinutes(1);

    /// <summary>Charges what the leg promises; the time at which no more flowed.</summary>
    /// <param name="leg">What is charged, and where.</param>
    /// <param name="powerType">Of the connector.</param>
    /// <param name="ready">From when on the car could plug in. What flows counts from then, or
    /// from the window's start, however late this process gets its turn.</param>
    /// <param name="ct">Lets go of the plug.</param>
    /// <exception cref="DriveFailedException">The station refused the plug.</exception>
    public async Task<Timestamp> ChargeAsync(
        ReservedLegBody leg, PowerType powerType, Timestamp ready, CancellationToken ct)
    {
        Timestamp plugged = ready > leg.Window.From ? ready : leg.Window.From;
        await clock.WaitUntilAsync(plugged, ct).ConfigureAwait(false);
        await using Cable cable =
            await Cable.PlugAsync(cableFolder, leg.Evse, clock.Wall, ct).ConfigureAwait(false);
        await cable.SendAsync(
            new CableLine(
                CableKind.Plug,
                Secret: Convert.ToHexStringLower(leg.Secret),
                SocPermille: battery.SocPermille,
                AtMs: plugged.UnixMs),
            ct).ConfigureAwait(false);
        CableLine? answer = await cable.ReadAsync(ct).ConfigureAwait(false);
        if (answer is not { Kind: CableKind.Started, MaxPowerW: { } powerW, AtMs: { } startMs })
        {
            throw new DriveFailedException(
                $"{leg.Evse} refused the plug: {answer?.Why ?? "no answer"}");
        }

        Draw draw =
            new(leg, answer.Session ?? string.Empty, powerType, powerW, new Timestamp(startMs));
        (double addedWh, Timestamp end) = await FlowAsync(cable, draw, ct).ConfigureAwait(false);
        battery.Charge(addedWh);
        progress.Report(new CarEvent.Charged(
            car, leg.Evse, draw.Session, battery.SocPermille, (long)addedWh, end));
        return end;
    }

    private async Task<(double AddedWh, Timestamp End)> FlowAsync(
        Cable cable, Draw draw, CancellationToken ct)
    {
        Task<CableLine?> stopped = cable.ReadAsync(ct);
        Timestamp full =
            draw.Start.Plus(battery.TimeFor(draw.Leg.EnergyWh, draw.Type, draw.PowerW));
        Timestamp end = Earlier(full, draw.Leg.Window.Until);
        while (clock.Now < end && !stopped.IsCompleted)
        {
            TimeSpan floor = ClientLimits.DrawPauseMin * clock.Factor;
            Timestamp next = clock.Now.Plus(s_drawStep > floor ? s_drawStep : floor);
            using CancellationTokenSource stop =
                CancellationTokenSource.CreateLinkedTokenSource(ct);
            Task pause = clock.WaitUntilAsync(next < end ? next : end, stop.Token);
            await Task.WhenAny(pause, stopped).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            ct.ThrowIfCancellationRequested();
            if (clock.Now is var now && now < end && !stopped.IsCompleted)
            {
                await SendDrawAsync(cable, draw, now, ct).ConfigureAwait(false);
            }
        }

        if (stopped.IsCompleted)
        {
            // However long nobody looked: power flowed until the station took it off, no longer.
            CableLine? why = await stopped.ConfigureAwait(false);
            end = Earlier(end, why?.AtMs is { } ms ? new Timestamp(ms) : clock.Now);
        }

        double addedWh = AddedAt(end, draw);
        try
        {
            await cable.SendAsync(
                new CableLine(
                    CableKind.Unplug, EnergyWh: (long)addedWh, PowerW: 0, AtMs: end.UnixMs),
                ct).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The station let go first; what it said last, if anything, is read below.
        }

        // The station has the last word on what flowed: its meter is the calibrated one.
        CableLine? last = await stopped.ConfigureAwait(false);
        if (last is { Kind: CableKind.Stop })
        {
            last = await cable.ReadAsync(ct).ConfigureAwait(false);
        }

        return (last is { Kind: CableKind.Ended, EnergyWh: { } metered } ? metered : addedWh, end);
    }

    private double AddedAt(Timestamp at, Draw draw) => battery.AddedAfter(
        at.Since(draw.Start), draw.Leg.EnergyWh, draw.Type, draw.PowerW);

    private static Timestamp Earlier(Timestamp one, Timestamp other) => one < other ? one : other;

    private async Task SendDrawAsync(Cable cable, Draw draw, Timestamp at, CancellationToken ct)
    {
        double addedWh = AddedAt(at, draw);
        int powerW = Math.Min(draw.PowerW, battery.PowerW(addedWh, draw.Type, draw.PowerW));
        await cable.SendAsync(
            new CableLine(
                CableKind.Draw, EnergyWh: (long)addedWh, PowerW: powerW, AtMs: at.UnixMs),
            ct).ConfigureAwait(false);
        int soc = battery.SocPermilleWith(addedWh);
        progress.Report(new CarEvent.Charging(
            car, draw.Leg.Evse, draw.Session, soc, (long)addedWh, powerW));
    }

    private sealed record Draw(
        ReservedLegBody Leg, string Session, PowerType Type, int PowerW, Timestamp Start);
}
