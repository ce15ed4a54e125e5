using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Tomada.Cli.Demo;
using Tomada.Simulation;

namespace Tomada.Cli.Sim;

/// <summary>Runs histories on all cores and adds up what they met.</summary>
internal sealed class SimRun(SimKind kind)
{
    private const int ShownMax = 10;
    private readonly Lock _gate = new();
    private readonly FaultTable _met = new();
    private readonly List<SimHistory> _broken = [];
    private long _histories;
    private long _blocks;
    private long _events;
    private long _violations;

    /// <summary>
    /// Runs seeds from the first on until so many are done, the time is over, or Ctrl-C.
    /// </summary>
    public async Task RunAsync(ulong first, long count, TimeSpan? time, CancellationToken stop)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        long started = Stopwatch.GetTimestamp();
        if (time is { } limit)
        {
            over.CancelAfter(limit);
        }

        await AnsiConsole.Progress().StartAsync(async progress =>
        {
            double max = time?.TotalSeconds ?? count;
            ProgressTask bar = progress.AddTask("histories", maxValue: max);
            ParallelOptions options = new()
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount,
            };
            await Task.Run(
                () => Parallel.For(0L, count, options, (i, state) =>
                {
                    if (over.IsCancellationRequested)
                    {
                        state.Stop();
                        return;
                    }

                    Take(kind.Run(unchecked(first + (ulong)i), false));
                    bar.Value = time is null
                        ? Interlocked.Read(ref _histories)
                        : Stopwatch.GetElapsedTime(started).TotalSeconds;
                }),
                CancellationToken.None);
        });
    }

    /// <summary>Runs one seed again and writes what happened, line by line.</summary>
    public void Replay(ulong seed, string? traceFile)
    {
        SimHistory history = kind.Run(seed, traceFile is not null);
        if (traceFile is not null)
        {
            File.WriteAllLines(
                traceFile, [history.Plan, .. history.Log, history.Violation ?? "no violation"]);
        }

        Console.WriteLine(history.Plan);
        Take(history);
    }

    /// <summary>Prints what was met and found; the count line is the last.</summary>
    /// <returns>The process's exit code.</returns>
    public int Report(string? jsonFile)
    {
        Table table = new Table().AddColumns("met", "times");
        table.Columns[1].RightAligned();
        foreach (string each in kind.Faults)
        {
            table.AddRow(each, Text(_met.Counts.GetValueOrDefault(each)));
        }

        AnsiConsole.Write(table);
        foreach (SimHistory each in _broken)
        {
            Console.WriteLine($"violation: {each.Violation}");
            Console.WriteLine($"  {each.Plan}");
            Console.WriteLine($"  replay: {each.ReplayCommand}");
        }

        if (jsonFile is not null)
        {
            CriteriaFile.Write(jsonFile, Criteria(), _violations == 0, "sim");
        }

        Console.WriteLine($"{Text(_histories)} histories, {Text(_blocks)} blocks,"
            + $" {Text(_events)} events, {Text(_violations)} violations");
        return _violations == 0 ? ExitCodes.Passed : ExitCodes.Failed;
    }

    private void Take(SimHistory history)
    {
        lock (_gate)
        {
            _histories++;
            _blocks += history.Height;
            _events += history.Events;
            _met.Add(history.Faults);
            if (history.Violation is not null && ++_violations <= ShownMax)
            {
                _broken.Add(history);
            }
        }
    }

    private List<Criterion> Criteria() =>
    [
        new Criterion("histories", _histories, null, "histories", true, "run"),
        new Criterion("events", _events, null, "events", true, "handled"),
        new Criterion(
            "violations", _violations, 0, "histories", _violations == 0, "that broke a rule"),
        .. _met.Counts.Select(each => new Criterion(
            "met-" + IdOf(each.Key), each.Value, null, "times", true, each.Key)),
    ];

    private static string IdOf(string text) => new([.. text.ToLowerInvariant()
        .Where(each => char.IsAsciiLetterOrDigit(each) || each == ' ')
        .Select(each => each == ' ' ? '-' : each)]);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
