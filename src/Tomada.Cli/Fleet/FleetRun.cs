using Spectre.Console;
using Tomada.Cli.Demo;
using Tomada.Devices;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Primitives;

namespace Tomada.Cli.Fleet;

/// <summary>
/// A fleet from enrolment to the last session's end; then its journals are held against the ledger.
/// </summary>
internal sealed class FleetRun(FleetOptions options)
{
    /// <summary>How long what is on its way may take to its end, in wall time.</summary>
    private static readonly TimeSpan s_drainMax = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(15);

    private readonly FleetCounts _counts = new();
    private readonly List<Criterion> _criteria = [];

    /// <summary>Until the work is done, or Ctrl-C where there is no end to it.</summary>
    public async Task<int> RunAsync(CancellationToken interrupted)
    {
        FleetDisplay display = new(AnsiConsole.Console, options, _counts);
        using CancellationTokenSource noMore =
            CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        bool isOpen = options is { For: null, Charges: null };
        int exit = ExitCodes.Interrupted;
        try
        {
            NodeEndpoints node = Endpoints();
            using FleetLedger ledger = new(options.Data, node);
            FleetDevices devices = await SetUpAsync(display, ledger, node, interrupted);
            await WorkAsync(display, ledger, devices, noMore, interrupted);
            exit = _criteria.All(each => each.Passed) ? ExitCodes.Passed : ExitCodes.Failed;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            display.Step("interrupted; every device has said goodbye");
            exit = isOpen ? ExitCodes.Passed : ExitCodes.Interrupted;
        }

        AddCounts();
        new DemoDisplay(AnsiConsole.Console).Summary(_criteria);
        if (options.JsonFile is { } file)
        {
            CriteriaFile.Write(file.FullName, _criteria, exit == ExitCodes.Passed, "fleet");
        }

        return exit;
    }

    private NodeEndpoints Endpoints() =>
        NodeEndpoints.TryLoad(options.Data) is { Mqtt: not null, Http: not null } node
            ? node
            : throw CommandException.Unreachable(
                $"{options.Data} has no running node of a founded network.");

    private async Task<FleetDevices> SetUpAsync(
        FleetDisplay display, FleetLedger ledger, NodeEndpoints node, CancellationToken stop)
    {
        using ControlClient control = ControlClient.Open(options.Data);
        StatusAnswer status = await control.StatusAsync(stop);
        display.Step($"publishing and enrolling for {status.Company}; files in {options.Folder}");
        FleetSetup setup = new(options, control, node, CompanyId.Parse(status.Company));
        FleetDevices devices = await setup.RunAsync(new Every(display), stop);
        if (options.ClockFactor is { } factor)
        {
            await ledger.SetClockAsync(factor, stop);
        }

        display.Step("published and enrolled");
        return devices;
    }

    private async Task WorkAsync(
        FleetDisplay display,
        FleetLedger ledger,
        FleetDevices devices,
        CancellationTokenSource noMore,
        CancellationToken interrupted)
    {
        using CancellationTokenSource stop =
            CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        using CancellationTokenSource over = new();
        Task following = display.FollowAsync(over.Token);
        List<Task> stations = [.. devices.Stations.Select(each => new SimulatedStation(
            each, options.Troubles.Of(each.Link.Address.Id), _counts)
            .RunAsync(stop.Token, noMore.Token))];
        FleetDemand demand = new(
            [.. devices.Stations.SelectMany(each => each.Evses).Select(each => each.Id)],
            Rules.Default.GridMs, s_window, AheadMax: 6, EnergyWhMax: 25_000);
        List<Task> cars = [.. devices.Cars.Select((each, number) => new SimulatedCar(
            each, demand, unchecked((options.Seed * 10_007) + number), _counts)
            .RunAsync(noMore.Token, stop.Token))];
        try
        {
            await EnoughAsync(stations, interrupted);
            await noMore.CancelAsync();
            await DrainAsync(display, ledger, devices, cars, interrupted);
        }
        finally
        {
            await noMore.CancelAsync();
            await stop.CancelAsync();
            await Task.WhenAll([.. stations, .. cars])
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await over.CancelAsync();
            await following;
        }

        await Task.WhenAll(stations);
    }

    /// <summary>Until so much is done or so long it took; a device that fails ends it.</summary>
    private async Task EnoughAsync(List<Task> stations, CancellationToken stop)
    {
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        using PeriodicTimer timer = new(s_look);
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (stations.Find(each => each.IsFaulted) is { } failed)
            {
                await failed;
            }

            bool isDone = options.Charges is { } charges && _counts.Charged >= charges;
            bool isLate = options.For is { } span
                && System.Diagnostics.Stopwatch.GetElapsedTime(started) >= span;
            if (isDone || isLate)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Until every car has finished its trip, every journal is on the ledger and, where the clock
    /// may be set, every reservation has an end.
    /// </summary>
    private async Task DrainAsync(
        FleetDisplay display,
        FleetLedger ledger,
        FleetDevices devices,
        List<Task> cars,
        CancellationToken interrupted)
    {
        display.Step("no more trips; waiting for what is on its way");
        using CancellationTokenSource patience =
            CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        patience.CancelAfter(s_drainMax);
        FleetCheck check;
        IReadOnlyList<string> open;
        try
        {
            await Task.WhenAll(cars).WaitAsync(patience.Token);
            check = await UntilAsync(
                () => ledger.CheckAsync(devices, patience.Token), each => each.Lost == 0, patience);
            if (options.ClockFactor is not null)
            {
                await ledger.SetClockAsync(LedgerLimits.ClockFactorMax, patience.Token);
            }

            open = await UntilAsync(
                () => ledger.OpenTripsAsync(patience.Token),
                each => each.Count == 0 || options.ClockFactor is null,
                patience);
        }
        catch (OperationCanceledException) when (!interrupted.IsCancellationRequested)
        {
            display.Step($"not at its end after {s_drainMax.TotalMinutes} minutes");
            check = await ledger.CheckAsync(devices, interrupted);
            open = await ledger.OpenTripsAsync(interrupted);
        }

        Judge(check, open, cars.Count(each => !each.IsCompleted), ledger);
    }

    private static async Task<T> UntilAsync<T>(
        Func<Task<T>> look, Func<T, bool> isSo, CancellationTokenSource patience)
    {
        using PeriodicTimer timer = new(s_look);
        while (true)
        {
            try
            {
                T seen = await look();
                if (isSo(seen))
                {
                    return seen;
                }
            }
            catch (HttpRequestException)
            {
                // The node may be between two lives, as any node.
            }

            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    private void Judge(
        FleetCheck check, IReadOnlyList<string> open, int carsLeft, FleetLedger ledger)
    {
        string seen = check.Example ?? $"of {check.Steps} steps in the journals";
        _criteria.Add(Criterion.Exactly("session-steps-lost", check.Lost, 0, "steps", seen));
        _criteria.Add(Criterion.Exactly("session-steps-doubled", check.Doubled, 0, "steps", seen));
        _criteria.Add(Criterion.Exactly("session-steps-altered", check.Altered, 0, "steps", seen));
        _criteria.Add(Criterion.Exactly(
            "cars-without-an-answer", carsLeft, 0, "cars", "whose trip did not come to an end"));
        if (options.ClockFactor is not null)
        {
            _criteria.Add(Criterion.Exactly(
                "reservations-open", open.Count, 0, "trips",
                open.Count == 0 ? "every one has an end" : open[0]));
        }

        int refused = ledger.Log.Refused.Count(each =>
            each.Body is StartSession or ReportMeter or EndSession);
        Count("session-steps-refused", refused, "steps", "of all; on the ledger with the reason");
    }

    private void AddCounts()
    {
        Count("troubles", _counts.Troubles, "times", "at stations, by plan");
        Count("connections", _counts.Connections, "times", $"of {options.Stations} stations");
        Count("reservations", _counts.Confirmed, "trips", $"of {_counts.Asked} asked for");
        Count("sessions", _counts.SessionsEnded, "sessions", $"{_counts.EnergyWh / 1000} kWh");
        Count("cars-charged", _counts.Charged, "times", $"{_counts.Unserved} went unserved");
        Count("cars-away", _counts.StayedAway, "times", "reserved and did not come");
    }

    private void Count(string id, long count, string unit, string detail) =>
        _criteria.Add(new Criterion(id, count, null, unit, true, detail));

    /// <summary>Says every so many devices.</summary>
    private sealed class Every(FleetDisplay display) : IProgress<int>
    {
        private const int Step = 250;

        public void Report(int value)
        {
            if (value % Step == 0)
            {
                display.Step($"{value} devices");
            }
        }
    }
}
