using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>
/// Messages of the next height that came before I finished this one: a fast leader proposes while
/// the slowest member still waits for the last Accept. Bounded per peer; the oldest goes first.
/// </summary>
internal sealed class EarlyMessages
{
    private readonly SortedDictionary<CompanyId, Queue<ConsensusMessage>> _byPeer = [];

    public void Keep(CompanyId from, ConsensusMessage message)
    {
        if (!_byPeer.TryGetValue(from, out Queue<ConsensusMessage>? kept))
        {
            _byPeer.Add(from, kept = new Queue<ConsensusMessage>());
        }

        if (kept.Count == Limits.EarlyPerPeerMax)
        {
            kept.Dequeue();
        }

        kept.Enqueue(message);
    }

    /// <summary>
    /// The messages of a height, in order of arrival per peer; all others are dropped.
    /// </summary>
    public List<(CompanyId From, ConsensusMessage Message)> Take(long height)
    {
        List<(CompanyId, ConsensusMessage)> taken = [];
        foreach ((CompanyId from, Queue<ConsensusMessage> kept) in _byPeer)
        {
            taken.AddRange(
                kept.Where(message => message.Height == height).Select(each => (from, each)));
        }

        _byPeer.Clear();
        return taken;
    }
}
