using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>A rule of consensus was broken in a history.</summary>
public sealed class ViolationException : Exception
{
    public ViolationException()
    {
    }

    public ViolationException(string message)
        : base(message)
    {
    }

    public ViolationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// Watches all honest nodes at once: agreement, sound proofs, and that no honest node is ever
/// provably guilty (E1–E4 of spec/consensus.md), checked on every signature that leaves one.
/// </summary>
/// <param name="membersAt">M(h).</param>
/// <param name="verifier">Network and algorithm.</param>
/// <param name="checksProofs">False: only agreement and guilt, to see whether a defect really
/// forks.</param>
public sealed class Oracles(
    Func<long, MemberSet> membersAt, VoteVerifier verifier, bool checksProofs)
{
    private readonly Dictionary<long, Digest> _decided = [];
    private readonly Dictionary<(CompanyId, VoteType, long, int), Digest> _signed = [];
    private readonly Dictionary<(CompanyId, long), List<int>> _accepts = [];
    private readonly Dictionary<(CompanyId, long), List<(int Ballot, int Lock)>> _promises = [];
    private readonly HashSet<Digest> _made = [];

    /// <summary>Highest height that an honest node decided.</summary>
    public long HighestDecided { get; private set; }

    /// <summary>Notes a value that an honest leader proposed.</summary>
    public void Made(Digest value) => _made.Add(value);

    /// <summary>Judges a decision of an honest node.</summary>
    /// <param name="company">Who decided.</param>
    /// <param name="decision">What.</param>
    /// <param name="hasLiars">Without liars every decided value was made by an honest
    /// leader.</param>
    public void Decided(CompanyId company, Decision decision, bool hasLiars)
    {
        Certificate dc = decision.Proof.Certificate;
        Digest digest = decision.Value.Digest;
        if (checksProofs)
        {
            CheckProof(company, decision);
        }

        Require(
            hasLiars || _made.Contains(digest),
            $"{company} decided a value at height {dc.Height} that nobody proposed");
        if (!_decided.TryAdd(dc.Height, digest))
        {
            Require(
                _decided[dc.Height] == digest,
                $"height {dc.Height} has two decisions, {_decided[dc.Height].ToShortString()} and"
                + $" {digest.ToShortString()} at {company}");
        }

        HighestDecided = Math.Max(HighestDecided, dc.Height);
    }

    /// <summary>Judges a message of an honest node as it leaves.</summary>
    /// <param name="message">Its own or a relayed one; only own votes are judged.</param>
    /// <param name="self">Who sends.</param>
    /// <param name="hasSyncedEndorse">Whether its synced disk holds the Endorse of (height, ballot,
    /// digest).</param>
    public void Sent(
        ConsensusMessage message, CompanyId self, Func<long, int, Digest, bool> hasSyncedEndorse)
    {
        switch (message)
        {
            case ConsensusMessage.Propose own when own.Signer == self:
                Once(self, VoteType.Propose, own.Height, own.Ballot, Digest.Of(own.Value), "E1");
                break;
            case ConsensusMessage.Endorse own when own.Signer == self:
                Once(self, VoteType.Endorse, own.Height, own.Ballot, own.Digest, "E2");
                break;
            case ConsensusMessage.Accept own when own.Signer == self:
                Once(self, VoteType.Accept, own.Height, own.Ballot, own.Digest, "E3");
                Require(
                    !checksProofs || hasSyncedEndorse(own.Height, own.Ballot, own.Digest),
                    $"{self} accepted at height {own.Height} in ballot {own.Ballot} what it did not"
                    + " endorse there");
                Of(_accepts, self, own.Height).Add(own.Ballot);
                ClaimsAreTrue(self, own.Height);
                break;
            case ConsensusMessage.Promise own when own.Signer == self:
                Of(_promises, self, own.Height)
                    .Add((own.Ballot, own.Lock?.Ballot ?? VoteContent.Unlocked));
                ClaimsAreTrue(self, own.Height);
                break;
        }
    }

    private static void Require(bool condition, string violation)
    {
        if (!condition)
        {
            throw new ViolationException(violation);
        }
    }

    private void CheckProof(CompanyId company, Decision decision)
    {
        Certificate dc = decision.Proof.Certificate;
        MemberSet members = membersAt(dc.Height);
        Require(
            dc.Digest == decision.Value.Digest && dc.IsValid(members, verifier, VoteType.Accept),
            $"{company} decided height {dc.Height} by a certificate that does not verify");
        Justification? j = decision.Proof.Justification;
        Require(
            dc.Ballot == 0 || (j is not null && j.Height == dc.Height && j.Ballot == dc.Ballot
                && j.Allows(dc.Digest) && j.IsValid(members, verifier)),
            $"{company} decided height {dc.Height} in ballot {dc.Ballot} without a justification");
    }

    private static List<T> Of<T>(
        Dictionary<(CompanyId, long), List<T>> lists, CompanyId company, long height)
    {
        if (!lists.TryGetValue((company, height), out List<T>? list))
        {
            lists.Add((company, height), list = []);
        }

        return list;
    }

    private void Once(
        CompanyId company, VoteType type, long height, int ballot, Digest digest, string guilt)
    {
        if (!_signed.TryAdd((company, type, height, ballot), digest))
        {
            Require(
                _signed[(company, type, height, ballot)] == digest,
                $"{guilt}: {company} signed two {type} at height {height} in ballot {ballot}");
        }
    }

    /// <summary>E4: Accept(h, k) and Promise(h, b > k) that claims a lock below k.</summary>
    private void ClaimsAreTrue(CompanyId company, long height)
    {
        List<int> accepted = Of(_accepts, company, height);
        foreach ((int promised, int claimed) in Of(_promises, company, height))
        {
            Require(
                !accepted.Exists(ballot => ballot < promised && ballot > claimed),
                $"E4: {company} promised ballot {promised} of height {height} and hid its lock");
        }
    }
}
