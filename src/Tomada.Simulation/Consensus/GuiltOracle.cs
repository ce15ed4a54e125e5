using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>
/// No honest member is ever provably guilty (E1–E4 of spec/consensus.md), by the same check that
/// convicts the guilty, on every vote that one ever signed and synced, also those that were lost.
/// And none climbs alone: whoever promises a ballot above 1 had a quorum just below it.
/// </summary>
/// <param name="membersAt">M(h).</param>
/// <param name="verifier">Network and algorithm.</param>
/// <param name="checksProofs">False: only guilt.</param>
/// <param name="liars">Members that may say anything, about ballots too.</param>
internal sealed class GuiltOracle(
    Func<long, MemberSet> membersAt, VoteVerifier verifier, bool checksProofs, int liars)
{
    private readonly Dictionary<(CompanyId, long), List<SignedVote>> _signed = [];
    private readonly HashSet<(CompanyId, VoteContent)> _known = [];
    private readonly Dictionary<long, SortedDictionary<CompanyId, int>> _ballots = [];

    /// <summary>Judges a message of an honest member; only its own votes.</summary>
    /// <param name="message">Its own or a relayed one.</param>
    /// <param name="self">Who signs.</param>
    /// <param name="hasSyncedEndorse">Whether its disk holds the Endorse of (height, ballot,
    /// digest).</param>
    public void Signed(
        ConsensusMessage message, CompanyId self, Func<long, int, Digest, bool> hasSyncedEndorse)
    {
        foreach (SignedVote vote in Own(message, self))
        {
            if (!_known.Add((self, vote.Content)))
            {
                continue;
            }

            Judge(vote);
            ViolationException.Unless(
                vote.Type != VoteType.Accept || !checksProofs
                    || hasSyncedEndorse(vote.Height, vote.Ballot, vote.Digest),
                $"{self} accepted at height {vote.Height} in ballot {vote.Ballot} what it did not"
                + " endorse there");
            Note(vote);
        }

        if (checksProofs && message is ConsensusMessage.Promise { Lock: { } held } promise
            && promise.Signer == self)
        {
            ViolationException.Unless(
                held.Certificate.IsValid(membersAt(promise.Height), verifier, VoteType.Endorse),
                $"{self} promised ballot {promise.Ballot} with a lock that nothing certifies");
        }
    }

    /// <summary>Lets go of votes that nobody ever got.</summary>
    public void Forget(CompanyId company, Predicate<VoteContent> isGone)
    {
        foreach (((CompanyId signer, long _), List<SignedVote> votes) in _signed)
        {
            if (signer == company)
            {
                votes.RemoveAll(each => isGone(each.Content));
            }
        }

        _known.RemoveWhere(each => each.Item1 == company && isGone(each.Item2));
    }

    private static IEnumerable<SignedVote> Own(ConsensusMessage message, CompanyId self) =>
        MessageVotes.In(message, value => Digest.Of(value.Span))
            .Take(1)
            .Where(vote => vote.Signer == self && message is not ConsensusMessage.Decided);

    private void Judge(SignedVote vote)
    {
        (CompanyId, long) key = (vote.Signer, vote.Height);
        if (!_signed.TryGetValue(key, out List<SignedVote>? votes))
        {
            _signed.Add(key, votes = []);
        }

        foreach (SignedVote other in votes)
        {
            if (Evidence.Of(verifier.Network, Digest.Zero, vote, other) is { } guilt)
            {
                throw new ViolationException(
                    $"{vote.Signer} is provably guilty of {guilt.Kind} at height {vote.Height}:"
                    + $" ballots {guilt.First.Ballot} and {guilt.Second.Ballot}");
            }
        }

        votes.Add(vote);
    }

    private void Note(SignedVote vote)
    {
        if (!_ballots.TryGetValue(vote.Height, out SortedDictionary<CompanyId, int>? highest))
        {
            _ballots.Add(vote.Height, highest = []);
        }

        highest[vote.Signer] = Math.Max(highest.GetValueOrDefault(vote.Signer), vote.Ballot);
        if (vote.Type == VoteType.Promise && vote.Ballot >= 2 && checksProofs)
        {
            MemberSet members = membersAt(vote.Height);
            int near = highest.Count(each =>
                each.Value >= vote.Ballot - 1 && members.Contains(each.Key));
            ViolationException.Unless(
                near + liars >= members.Q,
                $"{vote.Signer} climbed alone to ballot {vote.Ballot} of height {vote.Height}");
        }
    }
}
