using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Spec.Tests;

/// <summary>
/// Two blocks that the rules really made of genesis, with the proof of the first.
/// </summary>
internal sealed class Chain
{
    private static readonly CompanyId[] s_quorum = [Sample.A, Sample.B];

    public Chain()
    {
        LedgerState genesis = LedgerState.FromGenesis(Sample.Genesis);
        Members = new MemberSet(
            Sample.Founders.Select(each => new Member(each.Member.Company, each.Member.VotingKey)),
            genesis.GovernanceRoot);
        First = Build(
            genesis,
            [Sample.Sign(Sample.B, 1, Bodies.Location), Sample.Sign(Sample.B, 2, Bodies.Tariff)],
            Sample.A,
            null);
        FirstCertificate = CertificateOf(VoteType.Accept, 1, 0, First.Digest);
        Second = Build(
            First.After,
            [
                Sample.Sign(Sample.B, 3, Bodies.Evse),
                Sample.Sign(Sample.A, 1, new AcceptCdr(Sample.Session)),
            ],
            Sample.A,
            Certificate.Codec.Encode(FirstCertificate));
        Endorsed = CertificateOf(VoteType.Endorse, 2, 0, Second.Digest);
        Justification = JustificationOf();
    }

    public MemberSet Members { get; }

    public AppliedBlock First { get; }

    public AppliedBlock Second { get; }

    /// <summary>Decides block 1 in ballot 0.</summary>
    public Certificate FirstCertificate { get; }

    /// <summary>A quorum endorsed block 2 in ballot 0.</summary>
    public Certificate Endorsed { get; }

    /// <summary>For block 2 in ballot 1: A holds a lock on it, B holds none.</summary>
    public Justification Justification { get; }

    public byte[] Sign(CompanyId company, VoteContent vote) =>
        Signer.Voting(company).Sign(vote.SignedBytes(Sample.Network, Members.Hash));

    public Certificate CertificateOf(VoteType type, long height, int ballot, Digest digest)
    {
        VoteContent vote = new(type, height, ballot, digest);
        Certificate certificate = new(
            type, height, ballot, digest,
            [.. s_quorum.Select(each => new VoteSeal(each, Sign(each, vote)))]);
        Invariant.Require(
            certificate.IsValid(Members, new VoteVerifier(Sample.Network, Ed25519.Verify), type),
            "the sample certificate is valid");
        return certificate;
    }

    private Justification JustificationOf()
    {
        VoteContent locked = new(VoteType.Promise, 2, 1, Second.Digest, 0);
        VoteContent free = new(VoteType.Promise, 2, 1, Digest.Zero);
        Justification justification = new(
            2,
            1,
            [
                new PromiseSeal(Sample.A, 0, Second.Digest, Sign(Sample.A, locked)),
                new PromiseSeal(
                    Sample.B, VoteContent.Unlocked, Digest.Zero, Sign(Sample.B, free)),
            ],
            Endorsed);
        Invariant.Require(
            justification.IsValid(Members, new VoteVerifier(Sample.Network, Ed25519.Verify)),
            "the sample justification is valid");
        return justification;
    }

    private static AppliedBlock Build(
        LedgerState parent,
        SignedTransaction[] transactions,
        CompanyId proposer,
        byte[]? certificate) => BlockExecution.Build(
            parent,
            transactions,
            parent.Time.Plus(TimeSpan.FromSeconds(1)),
            proposer,
            certificate,
            Ed25519.Verify);
}
