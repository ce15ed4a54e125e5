using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// The amnesia rule: before it votes, a node that starts asks all members for the newest vote they
/// hold of it. One that it does not have on disk says that its disk is not the one it voted with;
/// then it votes no more with that key. What others decided meanwhile it does not vote on either.
/// </summary>
internal sealed class Awakening(CompanyId self, VerifySignature verify, bool asks)
{
    private readonly SortedDictionary<CompanyId, long> _heights = [];
    private ImmutableArray<DurableRecord> _rows = [];
    private ImmutableSortedSet<CompanyId> _reachable = [];
    private LedgerState? _state;
    private PublicKey? _lost;
    private bool _isOver = true;
    private bool _hasBegun;
    private int _quorum = 1;
    private int _liars;
    private long _nextAskMs;
    private long? _giveUpAtMs;

    /// <summary>
    /// A height that is decided, by the word of so many that one of them is honest: what is not
    /// above it needs no vote.
    /// </summary>
    private long DecidedHeight
    {
        get
        {
            List<long> heights = [.. _heights.Values.OrderDescending()];
            return heights.Count > _liars ? heights[_liars] : 0;
        }
    }

    /// <summary>Begins to ask, unless there is nobody to ask or nothing to be asked for.</summary>
    /// <param name="state">Of the own newest block.</param>
    /// <param name="members">Who votes at the height after it.</param>
    /// <param name="rows">The vote rows on disk.</param>
    public void Begin(LedgerState state, MemberSet members, IEnumerable<DurableRecord> rows)
    {
        _state = state;
        _rows = [.. rows];
        _quorum = members.Q;
        _liars = members.F;
        _isOver = !asks || members.N == 1 || !members.Contains(self);
    }

    /// <summary>Whether this node may vote at a height.</summary>
    public bool MayVote(LedgerState state) => state.Height + 1 > DecidedHeight
        && state.Members.TryGetValue(self, out MemberRecord? member)
        && member.VotingKey != _lost;

    /// <summary>The peers with a live channel.</summary>
    public void Reach(ImmutableSortedSet<CompanyId> peers)
    {
        _reachable = peers;
        _nextAskMs = 0;
    }

    /// <summary>When something is to be done again, in monotonic milliseconds.</summary>
    public long WakeAtMs => _hasBegun ? long.MaxValue
        : Math.Min(_nextAskMs, _giveUpAtMs ?? long.MaxValue);

    /// <summary>Asks who has not answered; true once, when the waiting is over.</summary>
    public bool OnTick(long nowMs, OutputBuilder output)
    {
        if (_hasBegun)
        {
            return false;
        }

        if (!_isOver && _heights.Count >= _quorum - 1)
        {
            _giveUpAtMs ??= nowMs + ReplicationLimits.AwakeningGraceMs;
            _isOver = nowMs >= _giveUpAtMs || _state!.Members.Keys.All(each => each == self
                || _heights.ContainsKey(each) || !_reachable.Contains(each));
        }

        if (_isOver || nowMs < _nextAskMs)
        {
            _hasBegun = _isOver;
            return _isOver;
        }

        _nextAskMs = nowMs + ReplicationLimits.AwakeningAskMs;
        foreach (CompanyId member in _state!.Members.Keys)
        {
            if (member != self && !_heights.ContainsKey(member))
            {
                output.Send.Add(new OutgoingMessage(member, new PeerMessage.NewestVoteAsked()));
            }
        }

        return false;
    }

    /// <summary>
    /// A member's answer. Later ones say nothing: by then there are newer votes of this node.
    /// </summary>
    public void Hear(CompanyId from, PeerMessage.NewestVote answer, OutputBuilder output)
    {
        if (_isOver || !_state!.Members.ContainsKey(from) || from == self)
        {
            return;
        }

        _heights[from] = answer.Height;
        PublicKey key = _state.Members[self].VotingKey;
        if (_lost is null && answer.Shown is { } shown
            && shown.Vote.Signer == self && !IsKnown(shown.Vote)
            && shown.Vote.IsSigned(_state.Network, shown.Members, key, verify))
        {
            _lost = key;
            output.Lost = new LostVote(key, from, shown.Vote);
        }
    }

    /// <summary>
    /// Whether the disk knows of it. Votes of decided heights need not be there: this node never
    /// votes on them again.
    /// </summary>
    private bool IsKnown(SignedVote vote) => vote.Height <= _state!.Height
        || _rows.Any(row => row.Height == vote.Height && row.Ballot == vote.Ballot
            && Says(row, vote));

    private static bool Says(DurableRecord row, SignedVote vote) => (row.Kind, vote.Type) switch
    {
        // Written before it was signed, once in a ballot: it can be no other.
        (DurableKind.Proposed, VoteType.Propose) => true,
        (DurableKind.Endorsed, VoteType.Endorse) => new Digest(row.Bytes) == vote.Digest,
        (DurableKind.Accepted, VoteType.Accept) =>
            Consensus.Lock.Codec.Decode(row.Bytes).Digest == vote.Digest,
        (DurableKind.Promised, VoteType.Promise) => true,
        _ => false,
    };
}
