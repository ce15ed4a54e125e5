using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>Collects the output of one step.</summary>
internal sealed class Outbox
{
    private readonly List<DurableRecord> _persist = [];
    private readonly List<Outgoing> _send = [];
    private readonly List<Refusal> _refusals = [];
    private readonly List<PeerHeight> _ahead = [];
    private readonly List<PeerHeight> _behind = [];

    public Decision? Decided { get; set; }

    public void Persist(DurableRecord row) => _persist.Add(row);

    public void Send(CompanyId? to, ConsensusMessage message) =>
        _send.Add(new Outgoing(to, message));

    public void Refuse(CompanyId from, RefusalReason reason, string detail) =>
        _refusals.Add(new Refusal(from, reason, detail));

    public void Ahead(CompanyId peer, long height) => _ahead.Add(new PeerHeight(peer, height));

    public void Behind(CompanyId peer, long height) => _behind.Add(new PeerHeight(peer, height));

    /// <summary>The output so far; the next step starts empty.</summary>
    public Output Take()
    {
        Output output = new(
            [.. _persist], [.. _send], Decided, [.. _refusals], [.. _ahead], [.. _behind]);
        _persist.Clear();
        _send.Clear();
        _refusals.Clear();
        _ahead.Clear();
        _behind.Clear();
        Decided = null;
        return output;
    }
}
