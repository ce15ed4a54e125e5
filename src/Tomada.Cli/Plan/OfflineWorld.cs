using System.Collections.Immutable;
using Tomada.Cli.Demo;
using Tomada.Ledger;
using Tomada.Node.Trips;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Cli.Plan;

/// <summary>Roads, sites and prices out of files: nothing of it is live.</summary>
/// <param name="Roads">The roads.</param>
/// <param name="Sites">The sites, at places of the roads.</param>
/// <param name="Price">What a stop would cost.</param>
/// <param name="Currency">Of most prices.</param>
/// <param name="LeftOut">What was left out, and how often each reason was.</param>
internal sealed record OfflineWorld(
    RoadGraph Roads,
    ImmutableArray<ChargingSite> Sites,
    PriceEstimate Price,
    Currency Currency,
    IReadOnlyDictionary<string, int> LeftOut)
{
    private const long GraphBytesMax = 1L << 30;

    /// <summary>What is known of an EVSE; the demo's all work.</summary>
    public Func<EvseId, Outlook> Outlook { get; init; } = _ => Routing.Outlook.Good;

    /// <summary>The roads of a sealed file, or the demo's.</summary>
    public static RoadGraph ReadRoads(FileInfo? file)
    {
        string? why;
        RoadGraph? graph;
        if (file is null)
        {
            return RoadGraph.TryBuild(
                DemoData.Load().Places,
                Texts.Read(Path.Combine(DemoData.Folder, "roads.json"), RegionFiles.Roads),
                out graph,
                out why)
                ? graph
                : throw CommandException.Configuration(why);
        }

        byte[] bytes = Files.ReadAll(file, GraphBytesMax);
        return RoadGraphFile.TryRead(bytes, out graph, out why)
            ? graph
            : throw CommandException.Configuration(
                $"{file}: {why}; 'tomada import osm' writes such files");
    }

    /// <summary>The demo's sites and tariffs.</summary>
    public static OfflineWorld OfDemo(RoadGraph roads)
    {
        DemoData demo = DemoData.Load();
        Dictionary<TariffId, Tariff> tariffs = demo.Sites.Tariffs
            .Select(each => each.Id.Company).Distinct().SelectMany(demo.TariffsOf)
            .ToDictionary(each => each.Id, each => each.Tariff);
        Dictionary<EvseId, Tariff> prices = demo.Sites.Sites.SelectMany(site => site.Evses)
            .ToDictionary(evse => evse.Id, evse => tariffs[evse.Tariff]);
        RoadSnap snap = new(roads);
        SortedDictionary<string, int> leftOut = new(StringComparer.Ordinal);
        List<ChargingSite> sites = [];
        foreach (ChargingSite site in demo.Sites.Sites)
        {
            if (snap.Nearest(site.At, TripPlanLimits.SiteDistanceMaxM) is { } place)
            {
                sites.Add(site with { Place = place.Id });
            }
            else
            {
                Files.Count(leftOut, Files.FarFromRoads);
            }
        }

        return new OfflineWorld(
            roads,
            [.. sites],
            (evse, wh, window) => TariffEngine.Price(prices[evse], window, wh).Total,
            Currency.Brl,
            leftOut);
    }

    /// <summary>What the planner sees: no calendar is known, so every EVSE is free.</summary>
    public PlannerView View() => new(_ => [], Price) { Outlook = Outlook };
}
