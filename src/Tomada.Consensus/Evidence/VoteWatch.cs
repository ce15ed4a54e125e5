using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>
/// Holds the newest heights' votes and tells when two of one signer contradict each other. Nothing
/// is checked while votes are in harmony, so that watching costs no signature check; two that
/// contradict are both checked, and what is forged is dropped.
/// </summary>
/// <remarks>
/// A vote is held for whoever brought it, and only so many per bringer: who invents votes pushes
/// out its own.
/// </remarks>
public sealed class VoteWatch
{
    private readonly VoteVerifier _verifier;
    private readonly CheckBudget _budget;
    private readonly int _heightsMax;
    private readonly SortedDictionary<long, WatchedHeight> _heights = [];
    private readonly SortedDictionary<CompanyId, Queue<HeldVote>> _byBringer = [];

    /// <summary>Makes a watch that holds nothing.</summary>
    /// <param name="verifier">Network and algorithm.</param>
    /// <param name="budget">Failed checks that each peer may cause.</param>
    /// <param name="heightsMax">Newest heights that are held; the lowest is dropped.</param>
    public VoteWatch(VoteVerifier verifier, CheckBudget budget, int heightsMax)
    {
        Invariant.Require(heightsMax >= 2, "a watch holds at least two heights");
        _verifier = verifier;
        _budget = budget;
        _heightsMax = heightsMax;
    }

    /// <summary>The lowest height that is held; long.MaxValue when there is none.</summary>
    public long LowestHeight => _heights.Count == 0 ? long.MaxValue : _heights.Keys.First();

    /// <summary>From now on votes of this height are held.</summary>
    /// <param name="height">Above all that are held.</param>
    /// <param name="members">Who votes at it.</param>
    public void Begin(long height, MemberSet members)
    {
        if (_heights.Count == _heightsMax)
        {
            _heights.Remove(LowestHeight);
        }

        _heights[height] = new WatchedHeight(members);
    }

    /// <summary>The governance root that the votes of a height sign; null when not held.</summary>
    public Digest? MembersAt(long height) =>
        _heights.TryGetValue(height, out WatchedHeight? watched) ? watched.Members.Hash : null;

    /// <summary>
    /// Whether this vote is for another value than one seen before in its ballot; true once per
    /// ballot. Then somebody lied, or somebody's forgery got here.
    /// </summary>
    public bool Splits(SignedVote vote)
    {
        if (vote.Type == VoteType.Promise
            || !_heights.TryGetValue(vote.Height, out WatchedHeight? height)
            || !height.Members.Contains(vote.Signer))
        {
            return false;
        }

        if (height.Values.TryAdd(vote.Ballot, vote.Digest))
        {
            return false;
        }

        return height.Values[vote.Ballot] != vote.Digest && height.Split.Add(vote.Ballot);
    }

    /// <summary>
    /// Takes a vote up. Votes of strangers and of heights that are not held are passed over.
    /// </summary>
    /// <param name="from">Whose channel brought it.</param>
    /// <param name="vote">Unchecked.</param>
    /// <returns>
    /// Evidence, once per kind, signer and height, when a held vote contradicts this one and both
    /// are signed.
    /// </returns>
    public Evidence? Offer(CompanyId from, SignedVote vote)
    {
        if (!_heights.TryGetValue(vote.Height, out WatchedHeight? height) || !vote.IsSound
            || height.Members.Find(vote.Signer) is not { } signer)
        {
            return null;
        }

        List<HeldVote> held = height.Of(vote.Signer);
        HeldVote offered = new(from, vote);
        for (int i = held.Count - 1; i >= 0; i--)
        {
            if (held[i].Says(vote))
            {
                return null;
            }

            if (Evidence.Of(_verifier.Network, height.Members.Hash, held[i].Vote, vote)
                is not { } found || height.Found.Contains((vote.Signer, found.Kind!.Value)))
            {
                continue;
            }

            if (!IsTrue(offered, height, signer))
            {
                return null;
            }

            if (IsTrue(held[i], height, signer))
            {
                height.Found.Add((vote.Signer, found.Kind.Value));
                Hold(held, offered);
                return found;
            }

            held.RemoveAt(i);
        }

        Hold(held, offered);
        return null;
    }

    /// <summary>
    /// The votes of one height and ballot, in no order that matters: what members show each other
    /// when somebody must have lied.
    /// </summary>
    /// <param name="height">The height.</param>
    /// <param name="ballot">The ballot.</param>
    public IEnumerable<SignedVote> Votes(long height, int ballot) =>
        AllVotes(height).Where(vote => vote.Ballot == ballot);

    /// <summary>The votes of one height, by signer, as they came.</summary>
    public IEnumerable<SignedVote> AllVotes(long height) =>
        _heights.TryGetValue(height, out WatchedHeight? watched)
            ? watched.BySigner.Values.SelectMany(votes => votes.Select(each => each.Vote))
            : [];

    /// <summary>The newest vote of a signer: the highest height, then ballot, then phase.</summary>
    public SignedVote? Newest(CompanyId signer)
    {
        foreach (WatchedHeight height in _heights.Values.Reverse())
        {
            SignedVote? newest = null;
            foreach (HeldVote each in height.Of(signer).Where(each => IsTrueOf(each, height)))
            {
                newest = newest is null || VoteOrder.IsNewer(each.Vote, newest)
                    ? each.Vote
                    : newest;
            }

            if (newest is not null)
            {
                return newest;
            }
        }

        return null;
    }

    private bool IsTrueOf(HeldVote held, WatchedHeight height) =>
        height.Members.Find(held.Vote.Signer) is { } signer && IsTrue(held, height, signer);

    private bool IsTrue(HeldVote held, WatchedHeight height, Member signer)
    {
        if (!held.IsChecked)
        {
            if (!_budget.Allows(held.From))
            {
                return false;
            }

            held.IsChecked = held.Vote.IsSigned(
                _verifier.Network, height.Members.Hash, signer.VotingKey, _verifier.Verify);
            if (!held.IsChecked)
            {
                _budget.Failed(held.From);
            }
        }

        return held.IsChecked;
    }

    private void Hold(List<HeldVote> held, HeldVote offered)
    {
        CompanyId from = offered.From;
        int mine = held.Count(each => each.From == from);
        if (mine >= Limits.WatchedPerSignerMax)
        {
            held.RemoveAt(held.FindIndex(each => each.From == from));
        }

        held.Add(offered);
        if (!_byBringer.TryGetValue(from, out Queue<HeldVote>? brought))
        {
            _byBringer.Add(from, brought = new Queue<HeldVote>());
        }

        brought.Enqueue(offered);
        if (brought.Count > Limits.WatchedPerPeerMax)
        {
            HeldVote oldest = brought.Dequeue();
            if (_heights.TryGetValue(oldest.Vote.Height, out WatchedHeight? height))
            {
                height.Of(oldest.Vote.Signer).Remove(oldest);
            }
        }
    }

    private sealed class HeldVote(CompanyId from, SignedVote vote)
    {
        public CompanyId From => from;

        public SignedVote Vote => vote;

        public bool IsChecked { get; set; }

        /// <summary>Whether it is the same, to the last byte.</summary>
        public bool Says(SignedVote other) => vote.Content == other.Content
            && vote.Signature.AsSpan().SequenceEqual(other.Signature);
    }

    private sealed class WatchedHeight(MemberSet members)
    {
        public MemberSet Members => members;

        public SortedDictionary<CompanyId, List<HeldVote>> BySigner { get; } = [];

        /// <summary>The first value seen in each ballot.</summary>
        public Dictionary<int, Digest> Values { get; } = [];

        /// <summary>Ballots in which a second one was seen.</summary>
        public HashSet<int> Split { get; } = [];

        public HashSet<(CompanyId Signer, EvidenceKind Kind)> Found { get; } = [];

        public List<HeldVote> Of(CompanyId signer)
        {
            if (!BySigner.TryGetValue(signer, out List<HeldVote>? votes))
            {
                BySigner.Add(signer, votes = []);
            }

            return votes;
        }
    }
}
