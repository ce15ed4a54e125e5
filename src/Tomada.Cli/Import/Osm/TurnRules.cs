using System.Runtime.InteropServices;

namespace Tomada.Cli.Import.Osm;

/// <summary>
/// The turn restrictions that can be applied, as stretches of the graph to be: at a junction, from
/// a stretch, which others may not follow.
/// </summary>
internal sealed class TurnRules
{
    private readonly List<RoadSegment> _segments;
    private readonly Dictionary<int, List<int>> _atJunction = [];
    private readonly Dictionary<(int Node, int From), HashSet<int>> _forbidden = [];

    private TurnRules(List<RoadSegment> segments) => _segments = segments;

    /// <summary>By junction and stretch: the stretches that may not follow.</summary>
    public IReadOnlyDictionary<(int Node, int From), HashSet<int>> Forbidden => _forbidden;

    public static TurnRules Resolve(
        OsmData data, List<RoadSegment> segments, ImportReport report)
    {
        TurnRules rules = new(segments);
        foreach (TurnRestriction each in data.Restrictions)
        {
            if (data.IndexOf(each.Via) is >= 0 and int via)
            {
                rules._atJunction.TryAdd(via, []);
            }
        }

        Span<RoadSegment> all = CollectionsMarshal.AsSpan(segments);
        for (int i = 0; i < all.Length; i++)
        {
            foreach (int end in (ReadOnlySpan<int>)[all[i].From, all[i].To])
            {
                if (rules._atJunction.TryGetValue(end, out List<int>? there))
                {
                    there.Add(i);
                }
            }
        }

        int applied = 0;
        foreach (TurnRestriction each in data.Restrictions)
        {
            if (rules.TryApply(each, data.IndexOf(each.Via)))
            {
                applied++;
            }
            else
            {
                report.Correct(
                    "turn restriction at no junction of its ways not applied",
                    "relation", each.Id);
            }
        }

        report.Result("turn restrictions applied", applied);
        return rules;
    }

    /// <summary>Whether this end of a stretch takes part in a rule, so that it must stay.</summary>
    public bool IsJunction(int node) => _atJunction.ContainsKey(node);

    private bool TryApply(TurnRestriction rule, int via)
    {
        if (via < 0 || !_atJunction.TryGetValue(via, out List<int>? there))
        {
            return false;
        }

        int[] from = [.. Of(rule.From, arrives: true)];
        int[] to = [.. Of(rule.To, arrives: false)];

        // A way that runs on through the junction has two stretches there: which one is meant is
        // not said.
        if (from.Length == 0 || from.Length > rule.From.Length
            || to.Length == 0 || to.Length > rule.To.Length)
        {
            return false;
        }

        foreach (int source in from)
        {
            if (!_forbidden.TryGetValue((via, source), out HashSet<int>? forbidden))
            {
                _forbidden.Add((via, source), forbidden = []);
            }

            forbidden.UnionWith(rule.IsOnly ? there.Except(to) : to);
        }

        return true;

        IEnumerable<int> Of(long[] ways, bool arrives) =>
            there.Where(i => ways.Contains(_segments[i].Way) && Runs(_segments[i], via, arrives));
    }

    private static bool Runs(in RoadSegment segment, int via, bool arrives) =>
        (segment.To == via) == arrives ? segment.ForwardKmh > 0 : segment.BackwardKmh > 0;
}
