using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>A question of who fetches a snapshot.</summary>
public sealed record SnapshotQuestion(CompanyId To, SyncMessage Message);

/// <summary>A snapshot that was begun and not used.</summary>
/// <param name="Peer">Who offered it.</param>
/// <param name="Height">Its block.</param>
/// <param name="Why">What was wrong.</param>
public sealed record RefusedSnapshot(CompanyId Peer, long Height, string Why);

/// <summary>
/// Fetches a snapshot before a node takes part. One that is far ahead of the own tip is taken: the
/// seals up to its block are followed from the own state, then its rows come part by part, and
/// nothing is used before their root is the one that the proven seal names. Whoever gives a bad
/// answer, or none, is asked no more. It does no IO: questions come out, answers go in.
/// </summary>
/// <param name="state">Where the node stands itself.</param>
/// <param name="term">Whose term it is after it.</param>
/// <param name="verify">Checks signatures.</param>
/// <param name="anchor">The block that a person named, if one did.</param>
/// <param name="gapMin">Blocks that a snapshot must be ahead; 1 or more.</param>
/// <param name="patienceMs">How long an answer may take.</param>
public sealed class SnapshotFetch(
    LedgerState state,
    LeaderTerm term,
    VerifySignature verify,
    TrustAnchor? anchor,
    long gapMin,
    long patienceMs)
{
    private readonly SortedSet<CompanyId> _tried = [];
    private readonly List<RefusedSnapshot> _refused = [];
    private ImmutableSortedSet<CompanyId> _reachable = [];
    private SealChain? _seals;
    private SnapshotLoader? _loader;
    private CompanyId? _peer;
    private SyncMessage? _asked;
    private long _askedAtMs;

    /// <summary>The snapshot that is under way: its peer's head; null before an offer.</summary>
    public SnapshotHead? Head { get; private set; }

    /// <summary>Whether nobody is left to ask, or all is there.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Where the node can stand from now on; null while there is nothing.</summary>
    public Standing? Taken { get; private set; }

    /// <summary>All who decided between the own state and the snapshot.</summary>
    public ImmutableList<Governance> Governances => _seals?.Governances ?? [];

    /// <summary>The newest seal that is proven, while seals are followed; else null.</summary>
    public long? SealHeight => _asked is SyncMessage.SealsAsked ? _seals?.Height : null;

    /// <summary>Rows that came, while rows come; else null.</summary>
    public long? Rows => _loader?.Rows;

    /// <summary>When <see cref="Tick"/> is wanted; monotonic.</summary>
    public long WakeAtMs => IsOver || _peer is null ? long.MaxValue : _askedAtMs + patienceMs;

    /// <summary>Snapshots that were begun and not used, since the last call.</summary>
    public IReadOnlyList<RefusedSnapshot> TakeRefused()
    {
        List<RefusedSnapshot> taken = [.. _refused];
        _refused.Clear();
        return taken;
    }

    /// <summary>Who can be reached; who is asked and is not, is asked no more.</summary>
    public SnapshotQuestion? Reach(ImmutableSortedSet<CompanyId> reachable, long nowMs)
    {
        _reachable = reachable;
        return _peer is null ? Begin(nowMs)
            : _reachable.Contains(_peer.Value) ? null
            : GiveUp(Silence(), nowMs);
    }

    /// <summary>Time passed; who was silent for too long is asked no more.</summary>
    public SnapshotQuestion? Tick(long nowMs) =>
        !IsOver && nowMs >= WakeAtMs ? GiveUp(Silence(), nowMs) : null;

    /// <summary>A peer's answer, or what nobody asked for.</summary>
    public SnapshotQuestion? Hear(CompanyId from, SyncMessage message, long nowMs)
    {
        if (IsOver || from != _peer)
        {
            return null;
        }

        return (_asked, message) switch
        {
            (SyncMessage.SnapshotAsked, SyncMessage.SnapshotOffered offer) =>
                OnOffer(offer, nowMs),
            (SyncMessage.SealsAsked, SyncMessage.Seals answer) =>
                _seals!.TryAdd(answer.Links, out string? why)
                    ? NextSeals(nowMs) : GiveUp(why, nowMs),
            (SyncMessage.PartAsked, SyncMessage.Part part) => OnPart(part, nowMs),
            _ => null,
        };
    }

    private SnapshotQuestion? Begin(long nowMs)
    {
        (_peer, Head, _loader, _asked) = (null, null, null, null);
        foreach (CompanyId peer in _reachable.Except(_tried))
        {
            _peer = peer;
            _tried.Add(peer);
            return Ask(new SyncMessage.SnapshotAsked(), nowMs);
        }

        IsOver = _tried.Count > 0;
        return null;
    }

    private SnapshotQuestion Ask(SyncMessage question, long nowMs)
    {
        (_asked, _askedAtMs) = (question, nowMs);
        return new SnapshotQuestion(_peer!.Value, question);
    }

    private SnapshotQuestion? OnOffer(SyncMessage.SnapshotOffered offer, long nowMs)
    {
        if (offer is not { Head: { } head, Block: { } block }
            || head.Height - state.Height < gapMin)
        {
            return Begin(nowMs);
        }

        Head = head;
        _loader = new SnapshotLoader(state.Genesis, head, block, verify);

        // What another peer has proven holds; only a snapshot below it begins anew.
        if (_seals is null || _seals.Height > head.Height)
        {
            _seals = new SealChain(state, term, verify, anchor);
        }

        return NextSeals(nowMs);
    }

    private SnapshotQuestion? NextSeals(long nowMs)
    {
        if (_seals!.Height < Head!.Height)
        {
            return Ask(new SyncMessage.SealsAsked(_seals.Height + 1, Head.Height), nowMs);
        }

        string? why = _seals.Tip != Head.Tip ? "its block is not the one that the seals name"
            : _seals.Deciders.Root() != Head.Deciders.Root() ? "its deciders are not the seals'"
            : _seals.Term != Head.Term ? "its term is not the one that follows from the seals"
            : null;
        return why is null ? NextPart(nowMs) : GiveUp(why, nowMs);
    }

    private SnapshotQuestion? NextPart(long nowMs)
    {
        if (!_loader!.IsComplete)
        {
            return Ask(new SyncMessage.PartAsked(Head!.Height, _loader.NextPart), nowMs);
        }

        if (!_loader.TryFinish(out Standing? standing, out string? why))
        {
            return GiveUp(why, nowMs);
        }

        (Taken, IsOver) = (standing, true);
        return null;
    }

    private SnapshotQuestion? OnPart(SyncMessage.Part part, long nowMs)
    {
        if (part.Number != _loader!.NextPart || part.Height != Head!.Height)
        {
            return GiveUp(Silence(), nowMs);
        }

        return _loader.TryAdd(part.Bytes, out string? why)
            ? NextPart(nowMs) : GiveUp(why, nowMs);
    }

    private SnapshotQuestion? GiveUp(string why, long nowMs)
    {
        if (Head is { } head)
        {
            _refused.Add(new RefusedSnapshot(_peer!.Value, head.Height, why));
        }

        return Begin(nowMs);
    }

    private string Silence() => _asked switch
    {
        SyncMessage.SealsAsked asked => $"the seals from {asked.From} on did not come",
        SyncMessage.PartAsked asked => $"part {asked.Number} did not come",
        _ => "nothing came",
    };
}
