using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Cluster;
using Tomada.Simulation.Consensus;
using Xunit;

namespace Tomada.Replication.Tests.Membership;

/// <summary>Changes of the members among replicators that hear each other at once.</summary>
public class MemberDutiesTests
{
    private static readonly CompanyId s_d = ClusterCompanies.Company(3);
    private static readonly MemberChange s_admit =
        new MemberChange.Admit(ClusterCompanies.Member(3));

    private readonly SortedDictionary<CompanyId, long> _numbers = [];

    [Fact]
    public void A_fourth_company_joins_votes_and_leads()
    {
        SmallNetwork network = new(Companies.Three);
        Run(network, s_d);
        Approve(network, s_admit);
        Settle(network);

        AssertMembers(network, Companies.A, Companies.B, Companies.C, s_d);

        // A block needs three of four now: with A and B gone from sight of C the newcomer decides.
        Stop(network, Companies.A);
        Submit(network, s_d, Companies.Site(s_d));
        network.Pass(4_000);
        Assert.Contains(
            ClusterSite(s_d), network[Companies.B].State.Locations.Keys);
        Assert.Contains(
            network.BlocksOf(s_d), each => each.Proof.Certificate.Seals.Any(
                vote => vote.Company == s_d));
    }

    [Fact]
    public void With_one_of_three_down_nobody_is_added_but_the_dead_one_can_be_replaced()
    {
        SmallNetwork network = new(Companies.Three);
        Run(network, s_d);
        Stop(network, Companies.C);
        Approve(network, s_admit);
        Settle(network);
        AssertMembers(network, Companies.A, Companies.B, Companies.C);
        Assert.Empty(network[Companies.A].State.Proposals[s_admit.Id].Ready);

        Approve(network, new MemberChange.Replace(
            Companies.C, ClusterCompanies.Member(3), "its machine burnt"));
        Settle(network);
        AssertMembers(network, Companies.A, Companies.B, s_d);
        Assert.Empty(network[Companies.A].State.Proposals);
    }

    [Fact]
    public void With_one_of_three_down_the_dead_one_can_be_removed_and_follows_when_it_is_back()
    {
        SmallNetwork network = new(Companies.Three);
        Stop(network, Companies.C);
        Approve(network, new MemberChange.Remove(Companies.C, "silent for a week"));
        Settle(network);
        AssertMembers(network, Companies.A, Companies.B);

        Run(network, Companies.C);
        Submit(network, Companies.A, Companies.Site(Companies.A));
        network.Pass(4_000);
        Assert.Equal(
            network[Companies.A].State.StateRoot, network[Companies.C].State.StateRoot);
        Assert.All(
            network.BlocksOf(Companies.A).Where(each => each.Proof.Height > 4),
            each => Assert.DoesNotContain(
                each.Proof.Certificate.Seals, vote => vote.Company == Companies.C));
    }

    [Fact]
    public void A_member_that_leaves_is_not_waited_for()
    {
        SmallNetwork network = new(Companies.Three);
        network.Pass(200);
        Submit(network, Companies.B, new Leave());
        Settle(network);
        AssertMembers(network, Companies.A, Companies.C);
        Stop(network, Companies.B);
        Submit(network, Companies.C, Companies.Site(Companies.C));
        network.Pass(4_000);
        Assert.Contains(ClusterSite(Companies.C), network[Companies.A].State.Locations.Keys);
    }

    [Fact]
    public void A_rotated_voting_key_signs_from_the_height_after_its_block()
    {
        SmallNetwork network = new(Companies.Three);
        network.Pass(200);
        PublicKey fresh = StandInSignatures.KeyOf(77);
        network.Held[Companies.A] = [fresh];
        Submit(network, Companies.A, Rotation(network, Companies.A, fresh));
        network.Pass(500);
        long height = Assert.Single(network[Companies.B].State.MemberHistory).Key;

        Stop(network, Companies.C);
        Submit(network, Companies.B, Companies.Site(Companies.B));
        network.Pass(4_000);
        Assert.True(network[Companies.B].State.Height > height);

        // Both of two must have signed, the new key among them: the certificate says so.
        ConsensusMessage.Decided tip = network[Companies.B].Tip!;
        Assert.Equal(
            [Companies.A, Companies.B], tip.Certificate.Seals.Select(each => each.Company));
    }

    [Fact]
    public void Who_does_not_hold_its_voting_key_follows_without_voting()
    {
        SmallNetwork network = new(Companies.Three);
        network.Pass(200);
        PublicKey lost = StandInSignatures.KeyOf(78);
        Submit(network, Companies.A, Rotation(network, Companies.A, lost));
        network.Pass(500);
        for (int i = 1; i <= 3; i++)
        {
            Submit(network, Companies.B, Companies.Site(Companies.B, i));
            network.Pass(4_000);
        }

        Assert.Equal(network[Companies.B].State.Tip, network[Companies.A].State.Tip);
        Assert.DoesNotContain(
            network[Companies.B].Tip!.Certificate.Seals, each => each.Company == Companies.A);
    }

    [Fact]
    public void The_code_is_enough_where_the_operator_chose_so_but_not_for_who_was_a_member()
    {
        SmallNetwork network = new(Companies.Three);
        SignedMember[] invited = [ClusterCompanies.Member(3)];
        LedgerState state = network[Companies.A].State;
        ProposeMember? first = MemberDuties.NextAdmission(state, Companies.A, invited);
        Assert.Equal(s_admit.Id, first!.Change.Id);
        Assert.Null(MemberDuties.NextAdmission(state, s_d, invited));

        network.Pass(200);
        Submit(network, Companies.A, first);
        network.Pass(500);
        state = network[Companies.A].State;
        Assert.Null(MemberDuties.NextAdmission(state, Companies.A, invited));
        Assert.NotNull(MemberDuties.NextAdmission(state, Companies.B, invited));

        Submit(network, Companies.C, new Leave());
        Settle(network);
        Assert.Null(MemberDuties.NextAdmission(
            network[Companies.A].State, Companies.A, [ClusterCompanies.Member(2)]));
    }

    [Fact]
    public void A_chain_that_does_not_pass_through_the_anchor_is_not_followed()
    {
        SmallNetwork network = new(Companies.Three);
        network.Pass(200);
        Submit(network, Companies.A, Companies.Site(Companies.A));
        network.Pass(500);
        AppendedBlock first = network.BlocksOf(Companies.A).First();

        Restored(new TrustAnchor(1, first.Applied.Digest), first);
        Restored(new TrustAnchor(2, Digest.Of([1])), first);
        Assert.Throws<InvariantBrokenException>(
            () => Restored(new TrustAnchor(1, Digest.Of([1])), first));
        Assert.Throws<InvariantBrokenException>(
            () => Restored(new TrustAnchor(0, Digest.Of([1])), first));
    }

    private static void Restored(TrustAnchor anchor, AppendedBlock block)
    {
        Replicator node = new(
            new ReplicatorOptions(
                s_d, ClusterCompanies.VoterOf(s_d), StandInSignatures.Verify)
            {
                Anchor = anchor,
            },
            Companies.Three);
        Assert.NotNull(node.Restore(block.Proof));
    }

    private static LocationId ClusterSite(CompanyId company) =>
        Companies.Site(company).Location;

    private static RotateKey Rotation(SmallNetwork network, CompanyId company, PublicKey key) =>
        new(new KeyChange.VotingKey(key, StandInSignatures.SignerOf(key)(
            KeyChange.SignedMessage(network.Genesis.NetworkId, company, key))));

    private static void AssertMembers(SmallNetwork network, params CompanyId[] members)
    {
        foreach (CompanyId company in network.Running)
        {
            Assert.Equal(members, network[company].State.Members.Keys);
        }
    }

    private static void Run(SmallNetwork network, CompanyId company)
    {
        network.Running.Add(company);
        network.Start(company, [], []);
        TellReachable(network);
        network.Pass(3_000);
    }

    private static void Stop(SmallNetwork network, CompanyId company)
    {
        network.Running.Remove(company);
        TellReachable(network);
    }

    private static void TellReachable(SmallNetwork network)
    {
        foreach (CompanyId each in network.Running.ToArray())
        {
            network.Give(each, new ReplicatorInput.PeersReachable([.. network.Running]));
        }
    }

    private void Approve(SmallNetwork network, MemberChange change)
    {
        foreach (CompanyId voter in new[] { Companies.A, Companies.B })
        {
            Submit(network, voter, new ProposeMember(change));
            network.Pass(500);
        }
    }

    /// <summary>Lets every node say that it is ready, as nodes do by themselves.</summary>
    private void Settle(SmallNetwork network)
    {
        for (int round = 0; round < 4; round++)
        {
            foreach (CompanyId company in network.Running.ToArray())
            {
                Ready? ready = MemberDuties.NextReady(
                    network[company].State,
                    ClusterCompanies.Member(ClusterCompanies.NumberOf(company)).Member,
                    [.. network.Running],
                    network.Now);
                if (ready is not null)
                {
                    Submit(network, company, ready);
                }
            }

            network.Pass(1_000);
        }
    }

    private void Submit(SmallNetwork network, CompanyId company, Body body)
    {
        long number = _numbers.GetValueOrDefault(company) + 1;
        _numbers[company] = number;
        network.Submit(company, SignedTransaction.Sign(
            new Transaction(
                network.Genesis.NetworkId, company, 0, number,
                new Timestamp(network.Now.UnixMs + 60_000), body),
            ClusterCompanies.IdentityOf(company)));
    }
}
