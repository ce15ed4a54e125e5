using System.Globalization;
using Spectre.Console;
using Tomada.Devices;

namespace Tomada.Cli.Fleet;

/// <summary>
/// What a fleet shows of itself: a live table, or a line now and then into a file.
/// </summary>
internal sealed class FleetDisplay(IAnsiConsole console, FleetOptions options, FleetCounts counts)
{
    private static readonly TimeSpan s_frame = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_line = TimeSpan.FromSeconds(10);

    private readonly long _started = System.Diagnostics.Stopwatch.GetTimestamp();

    public void Step(string text)
    {
        if (console.Profile.Out.IsTerminal)
        {
            console.MarkupLine($"[grey]{Elapsed()}[/]  {Markup.Escape(text)}");
        }
        else
        {
            // Whoever reads a file has no width at which lines must be broken.
            console.Profile.Out.Writer.WriteLine($"{Elapsed()}  {text}");
        }
    }

    /// <summary>Shows what happens until told that it is over.</summary>
    public async Task FollowAsync(CancellationToken over)
    {
        if (console.Profile.Out.IsTerminal)
        {
            await console.Live(Table()).StartAsync(async live =>
            {
                while (!over.IsCancellationRequested)
                {
                    live.UpdateTarget(Table());
                    await Pause(s_frame, over);
                }
            });
            return;
        }

        while (!over.IsCancellationRequested)
        {
            await Pause(s_line, over);
            Step(string.Join(", ", Rows().Select(each => $"{each.What} {each.Count}")));
        }
    }

    private static Task Pause(TimeSpan span, CancellationToken over) =>
        Task.Delay(span, over).ContinueWith(_ => { }, TaskScheduler.Default);

    private Table Table()
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("fleet", Elapsed());
        foreach ((string what, string count) in Rows())
        {
            table.AddRow(what, Markup.Escape(count));
        }

        return table;
    }

    private IEnumerable<(string What, string Count)> Rows() =>
    [
        ("stations online", Of(counts.Online, options.Stations)),
        ("connections", Number(counts.Connections)),
        ("troubles", Number(counts.Troubles)),
        ("reservations", Of(counts.Confirmed, counts.Asked)),
        ("sessions ended", Of(counts.SessionsEnded, counts.SessionsStarted)),
        ("plugs refused", Number(counts.PlugsRefused)),
        ("cars charged", Number(counts.Charged)),
        ("kWh", Number(counts.EnergyWh / 1_000)),
    ];

    private static string Number(long count) =>
        count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Of(long count, long all) => $"{Number(count)} of {Number(all)}";

    private string Elapsed() => string.Create(
        CultureInfo.InvariantCulture,
        $"{System.Diagnostics.Stopwatch.GetElapsedTime(_started).TotalSeconds,5:F1} s");
}
