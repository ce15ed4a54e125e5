using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>
/// Watches all honest nodes at once: agreement, sound proofs, the leader's term, block times near
/// the clocks, and guilt.
/// </summary>
/// <param name="membersAt">M(h).</param>
/// <param name="verifier">Network and algorithm.</param>
/// <param name="checksProofs">False: only agreement and guilt, to see whether a defect really
/// forks.</param>
/// <param name="liars">Members that lie; 0 to f.</param>
public sealed class Oracles(
    Func<long, MemberSet> membersAt, VoteVerifier verifier, bool checksProofs, int liars)
{
    private readonly Dictionary<long, Digest> _decided = [];
    private readonly HashSet<Digest> _made = [];
    private readonly GuiltOracle _guilt = new(membersAt, verifier, checksProofs, liars);
    private LeaderTerm? _term;
    private Timestamp _tipTime;

    /// <summary>Highest height that an honest node decided.</summary>
    public long HighestDecided { get; private set; }

    /// <summary>The leader of ballot 0 at the height after the highest decided one.</summary>
    public CompanyId? NextLeader => _term?.Leader;

    /// <summary>Begins the first leader's term at genesis.</summary>
    public void Begin(Timestamp genesisTime) =>
        _term = LeaderTerm.AtGenesis(membersAt(1), genesisTime);

    /// <summary>Notes a value that an honest leader proposed.</summary>
    public void Made(Digest value) => _made.Add(value);

    /// <summary>Judges a decision of an honest node.</summary>
    /// <param name="company">Who decided.</param>
    /// <param name="decision">What.</param>
    /// <param name="latest">Block time that no honest member endorses as fresh yet.</param>
    public void Decided(CompanyId company, Decision decision, Timestamp latest)
    {
        Certificate dc = decision.Proof.Certificate;
        Digest digest = decision.Value.Digest;
        if (checksProofs)
        {
            CheckProof(company, decision);
        }

        ViolationException.Unless(
            liars > 0 || _made.Contains(digest),
            $"{company} decided a value at height {dc.Height} that nobody proposed");
        if (!_decided.TryAdd(dc.Height, digest))
        {
            ViolationException.Unless(
                _decided[dc.Height] == digest,
                $"height {dc.Height} has two decisions, {_decided[dc.Height].ToShortString()} and"
                + $" {digest.ToShortString()} at {company}");
            return;
        }

        HighestDecided = Math.Max(HighestDecided, dc.Height);
        if (checksProofs)
        {
            CheckLeaderAndTime(decision, latest);
        }

        MemberSet next = membersAt(dc.Height + 1);
        _term = _term?.After(decision.Value.Proposer, decision.Value.Time, next);
        _tipTime = decision.Value.Time;
    }

    /// <summary>Judges the votes that an honest node signed, as they are synced.</summary>
    /// <param name="message">Its own or a relayed one; only own votes are judged.</param>
    /// <param name="self">Who signs.</param>
    /// <param name="hasSyncedEndorse">Whether its synced disk holds the Endorse of (height, ballot,
    /// digest).</param>
    public void Signed(
        ConsensusMessage message, CompanyId self, Func<long, int, Digest, bool> hasSyncedEndorse) =>
        _guilt.Signed(message, self, hasSyncedEndorse);

    /// <summary>Lets go of votes of a member that can convict it no more.</summary>
    public void Forget(CompanyId company, Predicate<VoteContent> isGone) =>
        _guilt.Forget(company, isGone);

    private void CheckProof(CompanyId company, Decision decision)
    {
        Certificate dc = decision.Proof.Certificate;
        MemberSet members = membersAt(dc.Height);
        ViolationException.Unless(
            dc.Digest == decision.Value.Digest && dc.IsValid(members, verifier, VoteType.Accept),
            $"{company} decided height {dc.Height} by a certificate that does not verify");
        Justification? j = decision.Proof.Justification;
        ViolationException.Unless(
            dc.Ballot == 0 || (j is not null && j.Height == dc.Height && j.Ballot == dc.Ballot
                && j.Allows(dc.Digest) && j.IsValid(members, verifier)),
            $"{company} decided height {dc.Height} in ballot {dc.Ballot} without a justification");
    }

    private void CheckLeaderAndTime(Decision decision, Timestamp latest)
    {
        ValueCheck.CheckedValue value = decision.Value;
        MemberSet members = membersAt(value.Height);
        ViolationException.Unless(
            _term is null || decision.Proof.Certificate.Ballot > 0
                || members.Members[_term.StartIndex(members)].Company == value.Proposer,
            $"height {value.Height}: {value.Proposer} led ballot 0 in the term of {_term?.Leader}");
        ViolationException.Unless(
            value.Time <= latest || value.Time.UnixMs == _tipTime.UnixMs + 1,
            $"height {value.Height} has time {value.Time}, which no honest clock has come near");
    }
}
