using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Cluster;
using Xunit;
using static Tomada.Replication.Tests.Companies;

namespace Tomada.Replication.Tests.Guilt;

/// <summary>Three companies; C also says things beside its replica.</summary>
public class GuiltTests
{
    private readonly SmallNetwork _network = new(Three);

    [Fact]
    public void Who_tells_each_member_something_else_is_named_by_all()
    {
        // Neither A nor B has both halves, until they show each other what they hold.
        Say(A, Endorse(C, "v"));
        Say(B, Endorse(C, "w"));
        Say(A, Endorse(B, "w"));
        Say(B, Endorse(A, "v"));
        Assert.Equal(EvidenceKind.TwoEndorsements, Assert.Single(FoundAt(A)).Kind);
        Assert.Equal(C, Assert.Single(FoundAt(B)).Guilty);
    }

    [Fact]
    public void Evidence_reaches_those_who_saw_nothing_and_is_told_once()
    {
        Say(A, Endorse(C, "v"));
        Say(A, Endorse(C, "w"));
        Assert.Single(FoundAt(A));
        Assert.Single(FoundAt(B));
        int told = ToldBy(A) + ToldBy(B);
        Say(A, Endorse(C, "w"));
        Say(B, Endorse(C, "v"));
        Assert.Equal(told, ToldBy(A) + ToldBy(B));
    }

    [Fact]
    public void A_late_contradiction_of_a_decided_height_is_found()
    {
        _network.Submit(A, Transaction(Three, A, 1));
        Assert.Equal(1, _network[A].State.Height);
        Say(A, Endorse(C, "something else"));
        Assert.Equal(C, Assert.Single(FoundAt(A)).Guilty);
    }

    [Fact]
    public void Reported_guilt_is_on_every_ledger_and_not_told_again()
    {
        Say(A, Endorse(C, "v"));
        Say(A, Endorse(C, "w"));
        Evidence evidence = Assert.Single(FoundAt(A));
        _network.Submit(A, SignedTransaction.Sign(
            new Transaction(
                Three.NetworkId, A, 0, 1,
                new Timestamp(ClusterCompanies.Epoch.UnixMs + 60_000),
                new ReportEquivocation(evidence)),
            ClusterCompanies.IdentityOf(A)));
        Assert.All([A, B, C], company => Assert.Contains(
            GuiltId.Of(evidence)!.Value, _network[company].State.Guilts.Keys));
        Tell(B, new PeerMessage.GuiltFound(evidence));
        Assert.Single(FoundAt(B));
    }

    [Fact]
    public void False_evidence_convicts_nobody_and_costs_its_sender_its_credit()
    {
        Evidence forged = Evidence.Of(
            Three.NetworkId, Root, Endorse(B, "v"), Endorse(B, "w") with
            {
                Signature = new byte[Signing.SignatureSize],
            })!;
        for (int i = 0; i <= Limits.FailedChecksPerSecondMax; i++)
        {
            Tell(A, new PeerMessage.GuiltFound(forged));
        }

        Assert.Empty(FoundAt(A));
        List<string> reasons = [.. _network.Outputs[A].SelectMany(each => each.Refusals)
            .Select(each => each.Reason)];
        Assert.Equal(
            Limits.FailedChecksPerSecondMax, reasons.Count(each => each == "evidence.refuted"));
        Assert.Equal("evidence.budget", reasons[^1]);
    }

    [Fact]
    public void Gossip_of_forged_transactions_costs_its_sender_its_credit_and_nobody_else()
    {
        for (int number = 1; number <= Limits.FailedChecksPerSecondMax + 5; number++)
        {
            SignedTransaction forged = SignedTransaction.Sign(
                Transaction(Three, B, number).Content, ClusterCompanies.IdentityOf(C));
            Tell(A, new PeerMessage.Gossip([forged.Bytes.ToArray()]));
        }

        Assert.Equal(5, _network.Outputs[A].SelectMany(each => each.Refusals)
            .Count(each => each.Reason == "transaction.budget"));
        _network.Submit(B, Transaction(Three, B, 1));
        Assert.Equal(1, _network[A].State.Height);
    }

    [Fact]
    public void Votes_of_decided_heights_are_handed_out_to_be_kept()
    {
        _network.Submit(A, Transaction(Three, A, 1));
        _network.Pass(2 * ReplicationLimits.KeepVotesMs);
        HeardVotes heard = Assert.Single(_network.Outputs[A].SelectMany(each => each.Heard));
        HeardHeight first = Assert.Single(heard.Heights);
        Assert.Equal(1, first.Height);
        Assert.Equal(
            [A, B, C],
            first.Votes.Where(each => each.Type == VoteType.Endorse)
                .Select(each => each.Signer).Order());
        byte[] bytes = HeardVotes.Codec.Encode(heard);
        Assert.Equal(bytes, HeardVotes.Codec.Encode(HeardVotes.Codec.Decode(bytes)));
    }

    [Fact]
    public void A_vote_of_long_ago_is_compared_with_what_the_store_kept()
    {
        SignedVote kept = Endorse(C, "v");
        SignedVote late = Endorse(C, "w");
        _network.Give(A, new ReplicatorInput.Recalled(
            new LateVote(B, late), new HeardHeight(1, Root, [kept])));
        Assert.Equal(C, Assert.Single(FoundAt(A)).Guilty);
    }

    private static Digest Root { get; } = LedgerState.FromGenesis(Three).GovernanceRoot;

    private static SignedVote Endorse(CompanyId signer, string value)
    {
        VoteContent content = new(
            VoteType.Endorse, 1, 0, Digest.Of(System.Text.Encoding.UTF8.GetBytes(value)));
        return SignedVote.Of(
            content,
            signer,
            ClusterCompanies.VoterOf(signer)(content.SignedBytes(Three.NetworkId, Root)));
    }

    /// <summary>A message of C, whatever its own replica thinks.</summary>
    private void Say(CompanyId to, SignedVote vote) => Tell(to, new PeerMessage.Voting(
        new ConsensusMessage.Endorse(
            vote.Height, vote.Ballot, vote.Digest, vote.Signer, vote.Signature)));

    private void Tell(CompanyId to, PeerMessage message) => _network.Give(
        to, new ReplicatorInput.Received(C, PeerMessage.Codec.Encode(message)));

    private IEnumerable<Evidence> FoundAt(CompanyId company) =>
        _network.Outputs[company].SelectMany(each => each.Found);

    private int ToldBy(CompanyId company) => _network.Outputs[company]
        .SelectMany(each => each.Send).Count(each => each.Message is PeerMessage.GuiltFound);
}
