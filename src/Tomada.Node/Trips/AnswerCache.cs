using Tomada.Routing;

namespace Tomada.Node.Trips;

/// <summary>
/// Answers by their query, each with the world that it was made of. One is given again only while
/// that world stands (<see cref="PlanWorld.IsSameFor"/>); a query that leaves "now" is another one
/// a moment later.
/// </summary>
internal sealed class AnswerCache
{
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private long _asked;

    /// <summary>How often an answer was given again.</summary>
    public int Hits { get; private set; }

    public int Count => _kept.Count;

    public PlanResult? Find(string query, PlanWorld world)
    {
        if (!_kept.TryGetValue(query, out Kept? kept) || !kept.World.IsSameFor(world))
        {
            return null;
        }

        Hits++;
        kept.Asked = ++_asked;
        return kept.Answer;
    }

    public void Keep(string query, PlanWorld world, PlanResult answer)
    {
        if (_kept.Count >= TripPlanLimits.AnswersKept && !_kept.ContainsKey(query))
        {
            _kept.Remove(_kept.MinBy(each => each.Value.Asked).Key);
        }

        _kept[query] = new Kept(world, answer) { Asked = ++_asked };
    }

    private sealed class Kept(PlanWorld world, PlanResult answer)
    {
        public PlanWorld World => world;

        public PlanResult Answer => answer;

        public long Asked { get; set; }
    }
}
