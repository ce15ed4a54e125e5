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

    /// <summary>Charges what the leg promises.</summary>
    /// <exception cref="DriveFailedException">The station refused the plug.</exception>
    public async Task ChargeAsync(ReservedLegBody leg, PowerType powerType, CancellationToken ct)
    {
        await clock.WaitUntilAsync(leg.Window.From, ct).ConfigureAwait(false);
        await using Cable cable =
            await Cable.PlugAsync(cableFolder, leg.Evse, clock.Wall, ct).ConfigureAwait(false);
        await cable.SendAsync(
            new CableLine(
                CableKind.Plug,
                Secret: Convert.ToHexStringLower(leg.Secret),
                SocPermille: battery.SocPermille),
            ct).ConfigureAwait(false);
        CableLine? answer = await cable.ReadAsync(ct).ConfigureAwait(false);
        if (answer is not { Kind: CableKind.Started, MaxPowerW: { } powerW, AtMs: { } startMs })
        {
            throw new DriveFailedException(
                $"{leg.Evse} refused the plug: {answer?.Why ?? "no answer"}");
        }

        Draw draw =
            new(leg, answer.Session ?? string.Empty, powerType, powerW, new Timestamp(startMs));
        double addedWh = await FlowAsync(cable, draw, ct).ConfigureAwait(false);
        battery.Charge(addedWh);
        progress.Report(new CarEvent.Charged(
            car, leg.Evse, draw.Session, battery.SocPermille, (long)addedWh, clock.Now));
    }

    private async Task<double> FlowAsync(Cable cable, Draw draw, CancellationToken ct)
    {
        Task<CableLine?> stopped = cable.ReadAsync(ct);
        double goalWh = draw.Leg.EnergyWh;
        Timestamp end = draw.Start.Plus(battery.TimeFor(goalWh, draw.Type, draw.PowerW));
        double addedWh = 0;
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
            addedWh =
                battery.AddedAfter(clock.Now.Since(draw.Start), goalWh, draw.Type, draw.PowerW);
            if (clock.Now < end && !stopped.IsCompleted)
            {
                await SendDrawAsync(cable, draw, addedWh, ct).ConfigureAwait(false);
            }
        }

        if (!stopped.IsCompleted)
        {
            await cable.SendAsync(
                new CableLine(CableKind.Unplug, EnergyWh: (long)addedWh, PowerW: 0),
                ct).ConfigureAwait(false);
        }

        // The station has the last word on what flowed: its meter is the calibrated one.
        CableLine? last = await stopped.ConfigureAwait(false);
        if (last is { Kind: CableKind.Stop })
        {
            last = await cable.ReadAsync(ct).ConfigureAwait(false);
        }

        return last is { Kind: CableKind.Ended, EnergyWh: { } metered } ? metered : addedWh;
    }

    private async Task SendDrawAsync(Cable cable, Draw draw, double addedWh, CancellationToken ct)
    {
        int powerW = Math.Min(draw.PowerW, battery.PowerW(addedWh, draw.Type, draw.PowerW));
        await cable.SendAsync(
            new CableLine(
                CableKind.Draw, EnergyWh: (long)addedWh, PowerW: powerW), ct).ConfigureAwait(false);
        int soc = battery.SocPermilleWith(addedWh);
        progress.Report(new CarEvent.Charging(
            car, draw.Leg.Evse, draw.Session, soc, (long)addedWh, powerW));
    }

    private sealed record Draw(
        ReservedLegBody Leg, string Session, PowerType Type, int PowerW, Timestamp Start);
}
