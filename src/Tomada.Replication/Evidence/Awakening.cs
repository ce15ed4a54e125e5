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
    private readonly SortedDictionary<CompanyId, PeerMessage.NewestVote> _answers = [];
    private ImmutableArray<DurableRecord> _rows = [];
    private ImmutableSortedSet<CompanyId> _reachable = [];
    private LedgerState? _state;
    private PublicKey? _judged;
    private PublicKey? _lost;
    private LostVote? _untold;
    private bool _mayBegin = true;
    private bool _hasBegun;
    private bool _isHeard;
    private int _quorum = 1;
    private int _liars;
    private long _nextAskMs;
    private long? _giveUpAtMs;

    /// <summary>
    /// A height that is decided, by the word of so many members that one of them is honest: what is
    /// not above it needs no vote.
    /// </summary>
    private long DecidedHeight
    {
        get
        {
            List<long> heights =
            [
                .. _answers.Where(each => _state!.Members.ContainsKey(each.Key))
                    .Select(each => each.Value.Height).OrderDescending(),
            ];
            return heights.Count > _liars ? heights[_liars] : 0;
        }
    }

    /// <summary>Begins to ask, unless there is nobody to ask or nothing to be asked for.</summary>
    /// <param name="state">Of the own newest block.</param>
    /// <param name="members">Who votes at the height after it.</param>
    /// <param name="rows">The vote rows on disk.</param>
    public void Begin(LedgerState state, MemberSet members, IEnumerable<DurableRecord> rows)
    {
        _rows = [.. rows];
        _isHeard = !asks;
        _mayBegin = !asks || members.N == 1 || !members.Contains(self);
        MoveTo(state, members);
    }

    /// <summary>
    /// Moves to another tip. Its members are those whose answers count from now on: an empty disk
    /// knows only the founders, and neither its own later key nor that it was let in later.
    /// </summary>
    public void MoveTo(LedgerState state, MemberSet members)
    {
        _state = state;
        _quorum = members.Q;
        _liars = members.F;
        Listen();
        Judge();
    }

    /// <summary>Whether this node may vote at a height.</summary>
    public bool MayVote(LedgerState state) => _isHeard && state.Height + 1 > DecidedHeight
        && state.Members.TryGetValue(self, out MemberRecord? member)
        && member.VotingKey != _lost;

    /// <summary>The peers with a live channel.</summary>
    public void Reach(ImmutableSortedSet<CompanyId> peers)
    {
        _reachable = peers;
        _nextAskMs = 0;
    }

    /// <summary>When something is to be done again, in monotonic milliseconds.</summary>
    public long WakeAtMs => _hasBegun && _isHeard ? long.MaxValue
        : Math.Min(_nextAskMs, _hasBegun ? long.MaxValue : _giveUpAtMs ?? long.MaxValue);

    /// <summary>Asks who has not answered; true once, when the waiting is over.</summary>
    public bool OnTick(long nowMs, OutputBuilder output)
    {
        if (_untold is not null)
        {
            output.Lost = _untold;
            _untold = null;
        }

        bool begins = !_hasBegun && IsReady(nowMs);
        _hasBegun |= begins;
        if (!(_hasBegun && _isHeard) && nowMs >= _nextAskMs)
        {
            _nextAskMs = nowMs + ReplicationLimits.AwakeningAskMs;
            foreach (CompanyId member in _state!.Members.Keys)
            {
                if (member != self && !_answers.ContainsKey(member))
                {
                    output.Send.Add(
                        new OutgoingMessage(member, new PeerMessage.NewestVoteAsked()));
                }
            }
        }

        return begins;
    }

    /// <summary>
    /// A member's answer. Once enough have spoken and votes may be cast, later ones say nothing: by
    /// then there are newer votes of this node.
    /// </summary>
    public void Hear(CompanyId from, PeerMessage.NewestVote answer)
    {
        if (_state is null || (_hasBegun && _isHeard) || from == self)
        {
            return;
        }

        _answers[from] = answer;
        Listen();
        _judged = null;
        Judge();
    }

    private bool IsReady(long nowMs)
    {
        if (!_mayBegin && AnsweredBy(_state!) >= _quorum - 1)
        {
            _giveUpAtMs ??= nowMs + ReplicationLimits.AwakeningGraceMs;
            _mayBegin = nowMs >= _giveUpAtMs || _state!.Members.Keys.All(each => each == self
                || _answers.ContainsKey(each) || !_reachable.Contains(each));
        }

        return _mayBegin;
    }

    /// <summary>Enough have spoken once a quorum of the members has, this one counted.</summary>
    private void Listen()
    {
        if (!_isHeard)
        {
            _isHeard = _state!.Members.ContainsKey(self) && AnsweredBy(_state) >= _quorum - 1;
        }
    }

    private int AnsweredBy(LedgerState state) =>
        state.Members.Keys.Count(each => each != self && _answers.ContainsKey(each));

    /// <summary>
    /// Looks for a shown vote that is signed with the present key and not on disk. Again when the
    /// key turns out to be another one than an older state said.
    /// </summary>
    private void Judge()
    {
        if (_lost is not null || !_state!.Members.TryGetValue(self, out MemberRecord? member)
            || member.VotingKey == _judged)
        {
            return;
        }

        PublicKey key = member.VotingKey;
        _judged = key;
        foreach ((CompanyId from, PeerMessage.NewestVote answer) in _answers)
        {
            if (answer.Shown is { } shown && shown.Vote.Signer == self && !IsKnown(shown.Vote)
                && shown.Vote.IsSigned(_state.Network, shown.Members, key, verify))
            {
                _lost = key;
                _untold = new LostVote(key, from, shown.Vote);
                return;
            }
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
