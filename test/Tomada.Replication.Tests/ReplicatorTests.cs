using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Cluster;
using Tomada.Simulation.Consensus;
using Xunit;

namespace Tomada.Replication.Tests;

public class ReplicatorTests
{
    [Fact]
    public void A_lone_company_decides_what_it_submits_at_once()
    {
        SmallNetwork network = new(Companies.One);
        SignedTransaction only = Transaction(network, Companies.A, 1);

        network.Submit(Companies.A, only);

        Assert.Equal([only.Id], Decided(network, Companies.A));
        Assert.Equal(0, network[Companies.A].PendingCount);
        Assert.Equal(1, network[Companies.A].State.Height);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void What_anybody_submits_reaches_whoever_leads(int sender)
    {
        SmallNetwork network = new(Companies.Three);
        CompanyId company = ClusterCompanies.Company(sender);
        SignedTransaction sent = Transaction(network, company, 1);

        network.Submit(company, sent);
        network.Pass(200);

        Assert.All(network.Running, each => Assert.Equal([sent.Id], Decided(network, each)));
        Assert.Single(network.Running.Select(each => network[each].State.StateRoot).Distinct());
    }

    [Fact]
    public void Who_is_far_behind_looks_at_no_gossip_until_it_has_caught_up()
    {
        SmallNetwork network = new(Companies.Three);
        network.Arrives = (_, _, message) => message is PeerMessage.Gossip;
        HearTip(network, ReplicationLimits.FarBehindMin + 2);
        network.Submit(Companies.B, Transaction(network, Companies.B, 1));
        Assert.Equal(0, network[Companies.A].PendingCount);

        HearTip(network, ReplicationLimits.FarBehindMin + 1);
        network.Pass(2 * ReplicationLimits.RegossipMs);
        Assert.Equal(1, network[Companies.A].PendingCount);
    }

    /// <summary>A hears from C at which height it works; one honest member would do.</summary>
    private static void HearTip(SmallNetwork network, long height)
    {
        network.Give(Companies.A, new ReplicatorInput.Received(
            Companies.C,
            PeerMessage.Codec.Encode(new PeerMessage.Voting(new ConsensusMessage.Tip(height)))));
        network.Pass(100);
    }

    [Fact]
    public void Gossip_that_was_lost_is_sent_again()
    {
        SmallNetwork network = new(Companies.Three);
        network.Pass(100);
        network.Arrives = (_, _, message) => message is not PeerMessage.Gossip;
        SignedTransaction sent = Transaction(network, Companies.C, 1);
        network.Submit(Companies.C, sent);
        network.Pass(200);
        Assert.Empty(Decided(network, Companies.C));

        network.Arrives = (_, _, _) => true;
        network.Pass(ReplicationLimits.RegossipMs);

        Assert.Equal([sent.Id], Decided(network, Companies.C));
    }

    [Fact]
    public void A_leaders_own_transaction_travels_with_its_proposal_and_alone_only_when_it_waits()
    {
        SmallNetwork network = new(Companies.Three);
        network.Submit(Companies.A, Transaction(network, Companies.A, 7));
        CompanyId leader = network.BlocksOf(Companies.A).Last().Applied.Seal.Proposer;
        CompanyId other = network.Running.First(each => each != leader);
        int gossiped = 0;
        network.Arrives = (_, _, message) =>
        {
            gossiped += message is PeerMessage.Gossip ? 1 : 0;
            return message is not PeerMessage.Voting;
        };
        network.Submit(leader, Transaction(network, leader, 1));
        Assert.Equal(0, gossiped);
        Assert.Equal(0, network[other].PendingCount);

        // Its proposal was lost: a second later any other leader could propose it.
        network.Pass(2 * ReplicationLimits.RegossipMs);
        Assert.Equal(1, network[other].PendingCount);
    }

    [Fact]
    public void A_transaction_that_is_submitted_twice_is_decided_once()
    {
        SmallNetwork network = new(Companies.Three);
        SignedTransaction sent = Transaction(network, Companies.B, 1);
        network.Arrives = (_, _, _) => false;
        network.Submit(Companies.B, sent);
        network.Submit(Companies.B, sent);
        network.Arrives = (_, _, _) => true;
        network.Pass(2_000);

        Assert.Single(network.PendingAddedAt(Companies.B));
        Assert.Equal([sent.Id], Decided(network, Companies.B));
        Assert.Empty(network.EndedAt(Companies.B));

        network.Submit(Companies.B, sent);
        Assert.Equal(TransactionEnd.Refused, Assert.Single(network.EndedAt(Companies.B)).End);
    }

    [Fact]
    public void At_its_limit_a_company_is_told_to_come_back_later()
    {
        SmallNetwork network = new(Companies.Three, Companies.A);
        for (int i = 1; i <= ReplicationLimits.PendingPerCompanyMax; i++)
        {
            network.Submit(Companies.A, Transaction(network, Companies.A, i));
        }

        Assert.Empty(network.EndedAt(Companies.A));
        network.Submit(Companies.A, Transaction(
            network, Companies.A, ReplicationLimits.PendingPerCompanyMax + 1));

        Assert.Equal(TransactionEnd.Busy, Assert.Single(network.EndedAt(Companies.A)).End);
        Assert.Equal(ReplicationLimits.PendingPerCompanyMax, network[Companies.A].PendingCount);
    }

    [Fact]
    public void Nobody_submits_for_another_company()
    {
        SmallNetwork network = new(Companies.Three);

        network.Submit(Companies.A, Transaction(network, Companies.B, 1));

        Assert.Equal(TransactionEnd.Refused, Assert.Single(network.EndedAt(Companies.A)).End);
    }

    [Fact]
    public void What_expired_waits_for_the_next_block_to_say_so_and_makes_none_itself()
    {
        SmallNetwork network = new(Companies.Three);
        network.Arrives = (from, _, _) => from != Companies.C;
        SignedTransaction late = Transaction(network, Companies.C, 1, validForMs: 1_000);
        network.Submit(Companies.C, late);
        network.Pass(3_000);
        network.Arrives = (_, _, _) => true;
        network.Pass(10_000);
        Assert.Empty(network.EndedAt(Companies.C));
        Assert.Equal(0, network[Companies.C].State.Height);

        network.Submit(Companies.A, Transaction(network, Companies.A, 1));
        network.Pass(1_000);

        EndedTransaction ended = Assert.Single(network.EndedAt(Companies.C));
        Assert.Equal((late.Id, TransactionEnd.Expired), (ended.Id, ended.End));
        Assert.Equal(0, network[Companies.C].PendingCount);
        Assert.Equal(1, network[Companies.C].State.Height);
        Assert.InRange(network[Companies.C].Tip!.Certificate.Ballot, 0, 1);
    }

    [Fact]
    public void Consensus_rests_while_all_that_waits_has_expired()
    {
        SmallNetwork network = new(Companies.Three);
        network.Pass(100);
        network.Arrives = (_, _, message) => message is PeerMessage.Gossip;
        network.Submit(Companies.B, Transaction(network, Companies.B, 1, validForMs: 1_000));
        network.Pass(3_000);
        network.Arrives = (_, _, _) => true;
        network.Pass(60_000);
        Assert.All(network.Running, each => Assert.Equal(1, network[each].PendingCount));

        network.Submit(Companies.A, Transaction(network, Companies.A, 1));
        network.Pass(10_000);

        Assert.InRange(network[Companies.A].Tip!.Certificate.Ballot, 0, 2);
        Assert.All(network.Running, each => Assert.Equal(0, network[each].PendingCount));
        Assert.Equal(TransactionEnd.Expired, Assert.Single(network.EndedAt(Companies.B)).End);
    }

    [Fact]
    public void A_restart_keeps_what_waits()
    {
        SmallNetwork network = new(Companies.Three, Companies.A);
        SignedTransaction kept = Transaction(network, Companies.A, 1);
        network.Submit(Companies.A, kept);
        DurableRecord[] votes = [.. network.Outputs[Companies.A].SelectMany(each => each.Votes)];
        SignedTransaction[] pending = [.. network.PendingAddedAt(Companies.A)];
        Assert.Equal([kept], pending);

        network.Running.AddRange([Companies.B, Companies.C]);
        network.Start(Companies.B, [], []);
        network.Start(Companies.C, [], []);
        network.Start(Companies.A, votes, pending);
        network.Pass(2_000);

        Assert.Equal([kept.Id], Decided(network, Companies.A));
    }

    [Fact]
    public void A_restart_lets_go_of_what_can_never_be_decided()
    {
        SmallNetwork network = new(Companies.Three);
        SignedTransaction decided = Transaction(network, Companies.A, 1);
        network.Submit(Companies.A, decided);
        network.Pass(500);
        AppendedBlock[] chain = [.. network.BlocksOf(Companies.A)];

        network.Start(Companies.A, [], [decided], chain);

        ReplicatorOutput first = network.Outputs[Companies.A][0];
        Assert.Equal([decided.Id], first.PendingRemoved);
        Assert.Equal(1, network[Companies.A].State.Height);
    }

    [Fact]
    public void Who_was_away_fetches_the_blocks_it_lacks()
    {
        SmallNetwork network = new(Companies.Three, Companies.A, Companies.B);
        for (int i = 1; i <= 3; i++)
        {
            network.Submit(Companies.A, Transaction(network, Companies.A, i));
            network.Pass(1_000);
        }

        network.Running.Add(Companies.C);
        network.Start(Companies.C, [], []);
        network.Pass(5_000);

        // The node's shell answers from its store; here the test does.
        BlockService service = network.Outputs[Companies.A].Concat(network.Outputs[Companies.B])
            .SelectMany(each => each.Serve).First();
        Assert.Equal(new BlockService(Companies.C, 1), service);
        PeerMessage answer = new PeerMessage.BlockAnswer(
            [.. network.BlocksOf(Companies.A).Select(each => each.Proof)]);
        network.Give(Companies.C, new ReplicatorInput.Received(
            Companies.A, PeerMessage.Codec.Encode(answer)));

        Assert.Equal(
            network[Companies.A].State.StateRoot, network[Companies.C].State.StateRoot);
    }

    [Fact]
    public void Bytes_that_do_not_decode_are_refused_and_change_nothing()
    {
        SmallNetwork network = new(Companies.Three);
        Digest before = network[Companies.A].State.StateRoot;

        network.Give(Companies.A, new ReplicatorInput.Received(Companies.B, new byte[] { 1, 2 }));
        network.Give(Companies.A, new ReplicatorInput.Received(
            Companies.B, PeerMessage.Codec.Encode(new PeerMessage.Gossip([[1, 2, 3]]))));

        Assert.Equal(
            ["peer.malformed", "transaction.malformed"],
            network.Outputs[Companies.A].SelectMany(each => each.Refusals)
                .Select(each => each.Reason));
        Assert.Equal(before, network[Companies.A].State.StateRoot);
    }

    [Fact]
    public void An_idle_replicator_sleeps_for_seconds()
    {
        SmallNetwork network = new(Companies.Three);
        network.Pass(3_000);

        Assert.All(network.Running, each =>
            Assert.InRange(network[each].WakeAtMs - network.NowMs, 0, 2_000));
        Assert.Contains(network.Running, each =>
            network[each].WakeAtMs - network.NowMs >= 1_000);
    }

    [Fact]
    public void A_verified_signature_is_remembered_and_a_wrong_one_is_not()
    {
        int checks = 0;
        VerifiedSignatures verified = new((key, message, signature) =>
        {
            checks++;
            return StandInSignatures.Verify(key, message, signature);
        });
        PublicKey key = StandInSignatures.KeyOf(1);
        byte[] good = StandInSignatures.SignerOf(key)([7]);
        byte[] bad = new byte[good.Length];

        Assert.True(verified.Verify(key, [7], good));
        Assert.True(verified.Verify(key, [7], good));
        Assert.Equal(1, checks);
        Assert.False(verified.Verify(key, [7], bad));
        Assert.False(verified.Verify(key, [7], bad));
        Assert.Equal(3, checks);
    }

    private static SignedTransaction Transaction(
        SmallNetwork network, CompanyId company, long number, long validForMs = 60_000) =>
        Companies.Transaction(network.Genesis, company, number, validForMs, network.Now);

    private static IEnumerable<TransactionId> Decided(SmallNetwork network, CompanyId company) =>
        network.BlocksOf(company).SelectMany(each => each.Applied.Entries)
            .OfType<TransactionEntry>()
            .Select(each =>
            {
                SignedTransaction.TryDecode(
                    each.Transaction, out SignedTransaction? decided, out _);
                return decided!.Id;
            });
}
