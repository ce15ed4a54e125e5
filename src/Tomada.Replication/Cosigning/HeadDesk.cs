using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Replication;

/// <summary>
/// Decides which heads this company cosigns and gathers what the others cosigned. It does no IO:
/// the shell reads the log for it, writes the record before it signs, and sends.
/// </summary>
/// <param name="self">The company.</param>
/// <param name="network">The network id.</param>
/// <param name="verify">Checks Ed25519.</param>
/// <param name="read">Reads the own log as far as the newest <see cref="Stand"/>.</param>
public sealed partial class HeadDesk(
    CompanyId self, Digest network, VerifySignature verify, ReadNode read)
{
    private readonly SortedDictionary<long, CosignedHead> _ends = [];
    private readonly SortedDictionary<CompanyId, Heard> _heard = [];
    private readonly SortedSet<CompanyId> _answered = [];
    private readonly List<TwoHeads> _found = [];
    private readonly List<HeadCosignature> _shown = [];
    private LedgerState? _state;
    private Governance? _governance;
    private long _milestone;
    private Timestamp _timeBefore;
    private Checkpoint? _largest;
    private Checkpoint? _remembered;
    private long _standsSinceMs;
    private long _askAtMs;
    private int _awaited;

    /// <summary>The newest head that has a quorum; null before the first.</summary>
    public CosignedHead? Newest { get; private set; }

    /// <summary>
    /// Why this company cosigns nothing any more; null when it does. It is told of a cosignature of
    /// its own that does not fit its log: whatever it signed next would convict it.
    /// </summary>
    public string? Blocked { get; private set; }

    /// <summary>The largest head that this company is known to have cosigned.</summary>
    public Checkpoint? Largest => _largest;

    /// <summary>Takes up what was written down: the record and the newest heads.</summary>
    /// <param name="largest">The largest head that was ever signed from this disk.</param>
    /// <param name="heads">Heads that had a quorum, ascending.</param>
    public void Restore(Checkpoint? largest, IEnumerable<CosignedHead> heads)
    {
        (_largest, _remembered) = (largest, largest);
        foreach (CosignedHead head in heads)
        {
            Newest = head;
            foreach (MemberRecord each in head.Governance.Members)
            {
                if (head.Cosignatures.TryGetValue(each.Company, out HeadCosignature? word))
                {
                    Of(each.Company).Newest = new Word(word, each.IdentityKey);
                }
            }
        }
    }

    /// <summary>The log reaches the end of a block.</summary>
    /// <param name="state">After the block.</param>
    /// <param name="nowMs">Monotonic.</param>
    public void Stand(LedgerState state, long nowMs)
    {
        Checkpoint head = new(
            Checkpoint.OriginOf(network), state.Size, MerkleTree.Root(state.Size, read));
        if (_state is not null && Milestone.Is(_timeBefore, state))
        {
            _milestone = head.Size;
        }

        if (_state is null || !ReferenceEquals(_state.Members, state.Members))
        {
            _governance = Governance.Of(state.Members);
        }

        (_state, _timeBefore, _standsSinceMs) = (state, state.Time, nowMs);
        _ends[head.Size] = new CosignedHead(
            state.Height,
            head,
            _governance!,
            ImmutableSortedDictionary<CompanyId, HeadCosignature>.Empty);
        if (_ends.Count > CosigningLimits.HeadsMax)
        {
            Forget();
        }

        if (_awaited > 0)
        {
            TakeAwaited();
        }
    }

    /// <summary>The head to cosign now; null when there is none.</summary>
    /// <param name="nowMs">Monotonic.</param>
    public CosignedHead? Due(long nowMs)
    {
        if (_state is null || !MaySign())
        {
            return null;
        }

        bool isIdle = nowMs - _standsSinceMs >= CosigningLimits.IdleMs;
        long size = isIdle ? _state.Size : _milestone;
        return IsDue(size) ? _ends[size] : null;
    }

    /// <summary>When <see cref="Due"/> or <see cref="Asked"/> may say more; monotonic.</summary>
    public long WakeAtMs
    {
        get
        {
            if (_state is null || Blocked is not null || !_state.Members.ContainsKey(self))
            {
                return long.MaxValue;
            }

            long dueMs = IsDue(_state.Size) && _remembered is null
                ? _standsSinceMs + CosigningLimits.IdleMs
                : long.MaxValue;
            return IsHeard() ? dueMs : _askAtMs;
        }
    }

    /// <summary>The end of a block that the log reached lately; null for others.</summary>
    public CosignedHead? EndAt(long size) => _ends.GetValueOrDefault(size);

    /// <summary>The company cosigned a head, after the record was written.</summary>
    /// <param name="word">The word.</param>
    /// <param name="key">The identity key that signed it.</param>
    public void Signed(HeadCosignature word, PublicKey key)
    {
        _largest = word.Head.In(network);
        Take(new Word(word, key));
    }

    /// <summary>
    /// Not below the largest one. That one itself is signed again after a start that lost the word.
    /// </summary>
    private bool IsDue(long size) => size >= (_largest?.Size ?? 0)
        && _ends.TryGetValue(size, out CosignedHead? end) && !end.Cosignatures.ContainsKey(self);

    /// <summary>Members that have not answered yet and are asked now; mostly none.</summary>
    public IReadOnlyList<CompanyId> Asked(long nowMs)
    {
        if (_state is null || nowMs < _askAtMs || IsHeard())
        {
            return [];
        }

        _askAtMs = nowMs + CosigningLimits.AskMs;
        return
        [
            .. _state.Members.Keys.Where(each => each != self && !_answered.Contains(each)),
        ];
    }

    /// <summary>What is told to who asked.</summary>
    public PeerMessage.Cosigned AnswerTo(CompanyId asker)
    {
        List<HeadCosignature> words = [];
        if (Of(asker).Largest is { } theirs)
        {
            words.Add(theirs.Said);
        }

        if (Newest is { } newest)
        {
            words.AddRange(newest.Cosignatures.Values);
        }

        if (Of(self).Newest is { } own)
        {
            words.Add(own.Said);
        }

        return new PeerMessage.Cosigned(
            true, [.. words.Distinct().Take(CosigningLimits.PerMessageMax)]);
    }

    /// <summary>A member says what it knows.</summary>
    /// <param name="from">Who says it.</param>
    /// <param name="message">What it says.</param>
    /// <returns>How many of the words were wrong: signed by no key of their company.</returns>
    public int Hear(CompanyId from, PeerMessage.Cosigned message)
    {
        int wrong = 0;
        foreach (HeadCosignature word in message.Words)
        {
            if (_state is not null && !IsKnown(word))
            {
                wrong += Hear(word) ? 0 : 1;
            }
        }

        if (message.Answers && wrong == 0)
        {
            _answered.Add(from);
        }

        return wrong;
    }

    /// <summary>Contradictions that were found since the last call.</summary>
    public IReadOnlyList<TwoHeads> TakeFound() => Take(_found);

    /// <summary>Cosignatures that do not fit the own log: the others are shown them once.</summary>
    public IReadOnlyList<HeadCosignature> TakeShown() => Take(_shown);

    private static List<T> Take<T>(List<T> list)
    {
        List<T> taken = [.. list];
        list.Clear();
        return taken;
    }

    private Heard Of(CompanyId company)
    {
        if (!_heard.TryGetValue(company, out Heard? heard))
        {
            _heard[company] = heard = new Heard();
        }

        return heard;
    }

    /// <summary>
    /// A quorum, itself counted, has said which is the largest head of this company that it holds:
    /// a disk that was lost or put back does not know.
    /// </summary>
    private bool IsHeard() => _answered.Count(each => _state!.Members.ContainsKey(each))
        >= Governance.QuorumOf(_state!.Members.Count) - 1;

    /// <summary>
    /// Whether this company may cosign at all: a member, who has heard what it cosigned before,
    /// and whose log reaches and fits that.
    /// </summary>
    public bool MaySign()
    {
        if (_state is null || Blocked is not null || !_state.Members.ContainsKey(self)
            || !IsHeard())
        {
            return false;
        }

        if (_remembered is { } head)
        {
            if (head.Size > _state.Size)
            {
                return false;
            }

            _remembered = null;
            if (MerkleTree.Root(head.Size, read) != head.Root)
            {
                Blocked =
                    $"it cosigned another head of {head.Size} entries than its log has";
                return false;
            }

            _largest = (_largest?.Size ?? 0) >= head.Size ? _largest : head;
        }

        return true;
    }

    private bool Fits(SignedHead head) => MerkleTree.Root(head.Size, read) == head.Root;

    private bool IsKnown(HeadCosignature word) =>
        _ends.TryGetValue(word.Head.Size, out CosignedHead? head)
        && head.Head.Root == word.Head.Root && head.Cosignatures.ContainsKey(word.Company);

    /// <summary>
    /// Drops the oldest end; with it what still waited for a quorum there.
    /// </summary>
    private void Forget()
    {
        using SortedDictionary<long, CosignedHead>.Enumerator ends = _ends.GetEnumerator();
        ends.MoveNext();
        long oldest = ends.Current.Key;
        _ends.Remove(oldest);
    }
}
