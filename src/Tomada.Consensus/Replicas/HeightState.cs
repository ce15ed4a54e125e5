using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>A value seen at this height.</summary>
internal sealed class KnownValue(Digest digest, byte[] bytes)
{
    public Digest Digest => digest;

    public byte[] Bytes => bytes;

    /// <summary>Set when it was executed and found valid, apart from the clock.</summary>
    public ValueCheck.CheckedValue? Checked { get; set; }
}

/// <summary>
/// All that a replica knows about the height it decides. Dropped when it is decided.
/// </summary>
internal sealed class HeightState(Input.StartHeight started, int quorum)
{
    private readonly List<KnownValue> _values = [];
    private readonly SortedDictionary<int, List<Justification>> _justifications = [];
    private readonly SortedDictionary<CompanyId, int> _highest = [];

    public long Height => started.Height;

    public Digest Previous => started.Previous;

    public Timestamp PreviousTime => started.PreviousTime;

    public MemberSet Members => started.Members;

    public int Quorum => quorum;

    /// <summary>Whether I may vote, if I am a member.</summary>
    public bool Votes => started.Votes;

    public ConsensusMessage.Decided? Parent => started.Parent;

    /// <summary>The ballot I am in; only grows.</summary>
    public int Ballot { get; set; }

    /// <summary>
    /// Ballots that I left because they failed, not because a dead leader was skipped.
    /// </summary>
    public int FailedBallots { get; set; }

    public Lock? Lock { get; set; }

    public bool IsDecided { get; set; }

    /// <summary>My proposals by ballot.</summary>
    public SortedDictionary<int, ConsensusMessage.Propose> Proposed { get; } = [];

    /// <summary>The digest I endorsed, by ballot (C1).</summary>
    public SortedDictionary<int, Digest> Endorsed { get; } = [];

    /// <summary>Ballots I accepted in (C2).</summary>
    public SortedSet<int> Accepted { get; } = [];

    /// <summary>Highest ballot I promised; 0 when none.</summary>
    public int Promised { get; set; }

    public VoteTable Endorses { get; } = new();

    public VoteTable Accepts { get; } = new();

    public PromiseTable Promises { get; } = new();

    /// <summary>Locks whose certificates were checked, by ballot and digest.</summary>
    public SortedDictionary<(int Ballot, Digest Digest), Lock> CheckedLocks { get; } = [];

    public Member LeaderOf(int ballot) => Members.Leader(started.Start, ballot);

    public KnownValue? FindValue(Digest digest) => _values.Find(value => value.Digest == digest);

    /// <summary>
    /// Keeps a value; beyond the limit the oldest one that nothing binds me to goes.
    /// </summary>
    public KnownValue AddValue(Digest digest, byte[] bytes)
    {
        if (FindValue(digest) is { } known)
        {
            return known;
        }

        if (_values.Count == Limits.KnownValuesMax)
        {
            int oldest = _values.FindIndex(value => !IsBound(value.Digest));
            _values.RemoveAt(Math.Max(oldest, 0));
        }

        KnownValue added = new(digest, bytes);
        _values.Add(added);
        return added;
    }

    /// <summary>
    /// A valid J of the ballot that allows the value. A lying leader may hold several, and what is
    /// decided needs one that allows it.
    /// </summary>
    public Justification? JustificationOf(int ballot, Digest value) =>
        _justifications.TryGetValue(ballot, out List<Justification>? known)
            ? known.Find(each => each.Allows(value))
            : null;

    /// <summary>Keeps a valid J, unless a kept one allows the value, or too many are.</summary>
    public void AddJustification(Justification valid, Digest value)
    {
        if (JustificationOf(valid.Ballot, value) is not null)
        {
            return;
        }

        if (!_justifications.TryGetValue(valid.Ballot, out List<Justification>? known))
        {
            _justifications.Add(valid.Ballot, known = []);
        }

        if (known.Count < Limits.JustificationsMax)
        {
            known.Add(valid);
        }
    }

    /// <summary>Notes that a member has signed something in a ballot.</summary>
    public void Saw(CompanyId signer, int ballot) =>
        _highest[signer] = Math.Max(_highest.GetValueOrDefault(signer), ballot);

    /// <summary>Members, me included, that are known in ballots of at least this one.</summary>
    public int KnownInOrAbove(int ballot, CompanyId self) =>
        _highest.Count(each => each.Key != self && each.Value >= ballot)
        + (Ballot >= ballot ? 1 : 0);

    /// <summary>
    /// The (f + 1)-th highest ballot of the others: an honest one is at least there.
    /// </summary>
    public int BallotOfOthers(CompanyId self)
    {
        // Called for every message, and nearly always nobody is above.
        if (_highest.Count == 0 || _highest.Values.Max() <= Ballot)
        {
            return 0;
        }

        List<int> others = [.. _highest.Where(each => each.Key != self).Select(each => each.Value)];
        others.Sort();
        return others.Count > Members.F ? others[others.Count - 1 - Members.F] : 0;
    }

    private bool IsBound(Digest digest) =>
        Lock?.Digest == digest
        || (Endorsed.TryGetValue(Ballot, out Digest endorsed) && endorsed == digest);
}
