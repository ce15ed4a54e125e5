using System.Text.Json;
using Tomada.Node;
using Tomada.Primitives;

namespace Tomada.Cli.Demo;

/// <summary>What every step of the demo works with.</summary>
internal sealed class DemoWorld(DemoOptions options, DemoDisplay display, string folder)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(50);
    private readonly List<Criterion> _criteria = [];

    public DemoOptions Options => options;

    public DemoDisplay Display => display;

    public string Folder => folder;

    public string Cables { get; } = Path.Combine(folder, "cables");

    public DemoData Data { get; } = DemoData.Load();

    /// <summary>
    /// From submitting a transaction until its block is known to who submitted it.
    /// </summary>
    public Latencies Decisions { get; } = new();

    public DemoCompany A { get; } = new(CompanyId.Parse("br-aaa"), "Aratu Energia", folder);

    public DemoCompany B { get; } = new(CompanyId.Parse("br-bbb"), "Baobá Recarga", folder);

    public DemoCompany C { get; } = new(CompanyId.Parse("br-ccc"), "Caatinga Mobilidade", folder);

    public IReadOnlyList<DemoCompany> Companies => [A, B, C];

    public IReadOnlyList<Criterion> Criteria => _criteria;

    public bool Passed => _criteria.TrueForAll(each => each.Passed);

    /// <summary>Stations' events, as their processes tell them.</summary>
    public List<JsonElement> StationEvents { get; } = [];

    public void Prove(Criterion criterion)
    {
        _criteria.Add(criterion);
        display.Proven(criterion);
    }

    /// <summary>
    /// Looks again and again until it is so; how long that may take is the watchdog's.
    /// </summary>
    public async Task<T> UntilAsync<T>(
        string what, Func<Task<T>> look, Func<T, bool> isSo, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                foreach (DemoCompany company in Companies)
                {
                    company.RequireRunning();
                }

                T seen = await look();
                if (isSo(seen))
                {
                    return seen;
                }

                await Task.Delay(s_poll, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            display.Step($"stopped while waiting for: {what}");
            throw;
        }
    }

    public async Task<StatusAnswer[]> StatusesAsync(CancellationToken stop) =>
        await Task.WhenAll(Companies.Select(company => company.Control.StatusAsync(stop)));

    /// <summary>Reads a station process's lines for as long as it runs.</summary>
    public async Task CollectAsync(ChildProcess stations)
    {
        await foreach (string line in stations.Lines.ReadAllAsync())
        {
            using JsonDocument document = JsonDocument.Parse(line);
            lock (StationEvents)
            {
                StationEvents.Add(document.RootElement.Clone());
            }
        }
    }

    /// <summary>A trip as a company's public API shows it.</summary>
    public static async Task<JsonElement> TripAsync(
        DemoCompany company, string trip, CancellationToken stop) =>
        await company.Public.GetAsync($"/v1/trips/{trip}", stop)
        ?? throw CommandException.Failed($"{company.Id} does not know trip {trip}");
}
