using Tomada.DeviceApi;
using Tomada.Primitives;
using PowerType = Tomada.Ledger.PowerType;

namespace Tomada.Devices;

/// <summary>What a driver does at the plug; everything in ledger time since it went in.</summary>
/// <param name="PauseAfter">The car stops drawing then (OCPP SuspendedEV); default: never.</param>
/// <param name="PauseFor">For so long.</param>
/// <param name="LeaveAfter">Pulls the plug then, whatever has flowed; default: never.</param>
/// <param name="StayFor">Stays plugged in for so long after the last Wh; default: not.</param>
internal sealed record PlugHabits(
    TimeSpan? PauseAfter = null,
    TimeSpan PauseFor = default,
    TimeSpan? LeaveAfter = null,
    TimeSpan StayFor = default);

/// <summary>One charging stop of a simulated car, from plug to unplug.</summary>
internal sealed class PlugIn(
    string car,
    Battery battery,
    LedgerClock clock,
    string cableFolder,
    IProgress<CarEvent> progress,
    PlugHabits? habits = null)
{
    private static readonly TimeSpan s_drawStep = TimeSpan.FromMinutes(1);

    private readonly PlugHabits _habits = habits ?? new PlugHabits();

    /// <summary>Charges what the leg promises; the time at which the plug was pulled.</summary>
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

        Timestamp start = new(startMs);
        Draw draw = new(
            leg, answer.Session ?? string.Empty, start, powerW,
            new ChargeFlow(battery, leg.EnergyWh, powerType, start));
        (double addedWh, Timestamp end) = await FlowAsync(cable, draw, ct).ConfigureAwait(false);
        draw.Flow.End(addedWh);
        progress.Report(new CarEvent.Charged(
            car, leg.Evse, draw.Session, battery.SocPermille, (long)addedWh, end));
        return end;
    }

    private async Task<(double AddedWh, Timestamp End)> FlowAsync(
        Cable cable, Draw draw, CancellationToken ct)
    {
        Task<CableLine?> read = cable.ReadAsync(ct);
        draw.Flow.SetPower(draw.LimitW, draw.Start);
        Timestamp end;
        while (true)
        {
            if (read.IsCompleted)
            {
                CableLine? line = await read.ConfigureAwait(false);
                if (line is not { Kind: CableKind.Limit, MaxPowerW: { } powerW, AtMs: { } ms })
                {
                    // However long nobody looked: power flowed until the station took it off.
                    Timestamp off = line?.AtMs is { } at ? new Timestamp(at) : clock.Now;
                    end = Earlier(CatchUp(draw, off), off);
                    break;
                }

                CatchUp(draw, new Timestamp(ms));
                draw.LimitW = powerW;
                draw.Flow.SetPower(draw.IsPaused ? 0 : powerW, new Timestamp(ms));
                progress.Report(
                    new CarEvent.Limited(car, draw.Leg.Evse, powerW, new Timestamp(ms)));
                read = cable.ReadAsync(ct);
            }

            Timestamp now = clock.Now;
            end = CatchUp(draw, now);
            if (now >= end)
            {
                break;
            }

            await SendDrawAsync(cable, draw, now, ct).ConfigureAwait(false);
            await PauseAsync(draw, now, read, ct).ConfigureAwait(false);
        }

        return await LetGoAsync(cable, draw, end, read, ct).ConfigureAwait(false);
    }

    /// <summary>When the driver pulls the plug, as far as can be said now.</summary>
    private Timestamp EndOf(Draw draw)
    {
        Timestamp end = draw.Flow.FullAt is { } full
            ? Earlier(full.Plus(_habits.StayFor), draw.Leg.Window.Until)
            : draw.Leg.Window.Until;
        return _habits.LeaveAfter is { } leave ? Earlier(end, draw.Start.Plus(leave)) : end;
    }

    /// <summary>
    /// Does what was due until a time, each at its own time; when the driver pulls the plug.
    /// </summary>
    private Timestamp CatchUp(Draw draw, Timestamp now)
    {
        Timestamp end = EndOf(draw);
        while (true)
        {
            // A pause moves the end, and the new end may lie behind the pause's own.
            Reach(draw, Earlier(now, end));
            Timestamp then = EndOf(draw);
            if (then == end)
            {
                return end;
            }

            end = then;
        }
    }

    /// <summary>Starts and ends the car's own pause at their times.</summary>
    private void Reach(Draw draw, Timestamp at)
    {
        if (_habits.PauseAfter is not { } after || draw.IsPauseOver)
        {
            return;
        }

        Timestamp pause = draw.Start.Plus(after);
        if (!draw.IsPaused && at >= pause)
        {
            draw.IsPaused = true;
            draw.Flow.SetPower(0, pause);
        }

        Timestamp resume = pause.Plus(_habits.PauseFor);
        if (draw.IsPaused && at >= resume)
        {
            draw.IsPaused = false;
            draw.IsPauseOver = true;
            draw.Flow.SetPower(draw.LimitW, resume);
        }
    }

    private async Task PauseAsync(
        Draw draw, Timestamp now, Task<CableLine?> read, CancellationToken ct)
    {
        TimeSpan floor = ClientLimits.DrawPauseMin * clock.Factor;
        Timestamp next = now.Plus(s_drawStep > floor ? s_drawStep : floor);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task pause = clock.WaitUntilAsync(Earlier(next, EndOf(draw)), stop.Token);
        await Task.WhenAny(pause, read).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
    }

    private static async Task<(double AddedWh, Timestamp End)> LetGoAsync(
        Cable cable, Draw draw, Timestamp end, Task<CableLine?> read, CancellationToken ct)
    {
        double addedWh = draw.Flow.AddedWh(end);
        CableLine? last = null;
        try
        {
            await cable.SendAsync(
                new CableLine(
                    CableKind.Unplug, EnergyWh: (long)addedWh, PowerW: 0, AtMs: end.UnixMs),
                ct).ConfigureAwait(false);
            last = await read.ConfigureAwait(false);
            while (last is { Kind: CableKind.Stop or CableKind.Limit })
            {
                last = await cable.ReadAsync(ct).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // The station let go first: nobody says what was metered.
        }

        // The station has the last word on what flowed: its meter is the calibrated one.
        return (last is { Kind: CableKind.Ended, EnergyWh: { } metered } ? metered : addedWh, end);
    }

    private static Timestamp Earlier(Timestamp one, Timestamp other) => one < other ? one : other;

    private async Task SendDrawAsync(Cable cable, Draw draw, Timestamp at, CancellationToken ct)
    {
        double addedWh = draw.Flow.AddedWh(at);
        int powerW = draw.Flow.PowerW(at);
        int soc = draw.Flow.SocPermille(at);
        try
        {
            await cable.SendAsync(
                new CableLine(
                    CableKind.Draw,
                    SocPermille: soc,
                    EnergyWh: (long)addedWh,
                    PowerW: powerW,
                    AtMs: at.UnixMs,
                    VoltageMv: PackVoltage.At(soc, draw.StationW)),
                ct).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The station let go; what it said last is read next.
        }

        progress.Report(new CarEvent.Charging(
            car, draw.Leg.Evse, draw.Session, soc, (long)addedWh, powerW));
    }

    private sealed record Draw(
        ReservedLegBody Leg, string Session, Timestamp Start, int StationW, ChargeFlow Flow)
    {
        /// <summary>What the station lets flow now, in W.</summary>
        public int LimitW { get; set; } = StationW;

        public bool IsPaused { get; set; }

        public bool IsPauseOver { get; set; }
    }
}
