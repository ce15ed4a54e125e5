using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Cluster;
using Tomada.Simulation.Consensus;
using Xunit;
using static Tomada.Replication.Tests.Companies;

namespace Tomada.Replication.Tests.Guilt;

/// <summary>Disks that are lost, or are put back as they were long ago.</summary>
public class AmnesiaTests
{
    private readonly SmallNetwork _network = new(Three);

    [Fact]
    public void Who_starts_on_the_disk_it_voted_with_votes_on()
    {
        _network.Submit(A, Transaction(Three, A, 1));
        Restart(C, VotesOf(C), BlocksOf(C));
        Assert.Null(LostAt(C));
        Assert.True(VotesAfterwards(C));
    }

    [Fact]
    public void Who_lost_a_vote_of_the_height_that_is_open_never_votes_with_that_key_again()
    {
        // C votes, and nobody decides: its votes are all that there is of height 1.
        _network.Arrives = (from, to, message) => message is not PeerMessage.Voting
        {
            Message: ConsensusMessage.Accept,
        };
        _network.Submit(A, Transaction(Three, A, 1));
        Assert.Equal(0, _network[A].State.Height);
        Restart(C, [], []);
        LostVote? lost = LostAt(C);
        Assert.Equal(ClusterCompanies.Member(2).Member.VotingKey, lost?.Key);
        _network.Arrives = (_, _, _) => true;
        _network.Pass(5_000);
        Assert.Equal(1, _network[C].State.Height);
        Assert.False(VotesAfterwards(C));
        Assert.Empty(Found());
    }

    [Fact]
    public void Who_rotated_its_key_and_lost_its_disk_recognises_what_the_fresh_key_signed()
    {
        PublicKey fresh = StandInSignatures.KeyOf(77);
        _network.Held[C] = [fresh];
        _network.Submit(C, SignedTransaction.Sign(
            new Transaction(
                Three.NetworkId, C, 0, 1, new Timestamp(_network.Now.UnixMs + 60_000),
                new RotateKey(new KeyChange.VotingKey(fresh, StandInSignatures.SignerOf(fresh)(
                    KeyChange.SignedMessage(Three.NetworkId, C, fresh))))),
            ClusterCompanies.IdentityOf(C)));
        _network.Pass(500);
        Assert.Equal(fresh, _network[A].State.Members[C].VotingKey);
        long height = _network[A].State.Height;

        // C votes with the fresh key at the next height, and nobody decides.
        _network.Arrives = (_, _, message) => message is not PeerMessage.Voting
        {
            Message: ConsensusMessage.Accept,
        };
        _network.Submit(A, Transaction(Three, A, 1, now: _network.Now));
        Assert.Equal(height, _network[A].State.Height);

        // Its empty disk knows the founders, and of itself the first key only.
        Restart(C, [], []);
        Assert.Null(LostAt(C));
        Serve(C);
        _network.Pass(100);
        Assert.Equal(fresh, LostAt(C)?.Key);
        _network.Arrives = (_, _, _) => true;
        _network.Pass(5_000);
        Assert.Equal(height + 1, _network[C].State.Height);
        Assert.False(VotesAfterwards(C));
        Assert.Empty(Found());
    }

    [Fact]
    public void Who_lost_its_disk_does_not_vote_on_what_others_decided()
    {
        for (int number = 1; number <= 3; number++)
        {
            _network.Submit(A, Transaction(Three, A, number));
        }

        Restart(C, [], []);
        Serve(C);
        Assert.Equal(3, _network[C].State.Height);
        Assert.Empty(_network.Outputs[C].SelectMany(each => each.Votes));
        Assert.Empty(Found());
    }

    [Fact]
    public void A_power_cut_of_all_is_no_reason_not_to_vote()
    {
        _network.Submit(A, Transaction(Three, A, 1));
        foreach (CompanyId company in _network.Running)
        {
            Restart(company, VotesOf(company), BlocksOf(company));
        }

        _network.Pass(1_000);
        _network.Submit(B, Transaction(Three, B, 1));
        Assert.All(_network.Running, each => Assert.Equal(2, _network[each].State.Height));
    }

    [Fact]
    public void Nothing_is_said_before_a_quorum_has_answered()
    {
        _network.Arrives = (_, to, message) => to != C || message is not PeerMessage.NewestVote;
        Restart(C, [], []);
        _network.Submit(A, Transaction(Three, A, 1));
        _network.Pass(3_000);
        Assert.Empty(_network.Outputs[C].SelectMany(each => each.Votes));
        _network.Arrives = (_, _, _) => true;
        _network.Pass(1_000);
        Assert.Null(LostAt(C));
        Assert.True(VotesAfterwards(C));
    }

    [Fact]
    public void An_invented_vote_takes_nobody_its_key()
    {
        _network.Arrives = (from, to, message) => to != C || message is not PeerMessage.NewestVote;
        Restart(C, [], []);
        SignedVote invented = new(
            VoteType.Accept, 5, 0, Digest.Zero, VoteContent.Unlocked, C, new byte[64]);
        _network.Give(C, new ReplicatorInput.Received(A, PeerMessage.Codec.Encode(
            new PeerMessage.NewestVote(0, new ShownVote(Digest.Zero, invented)))));
        Assert.Null(LostAt(C));
    }

    private IEnumerable<Evidence> Found() => _network.Outputs.Values
        .SelectMany(outputs => outputs).SelectMany(each => each.Found);

    private LostVote? LostAt(CompanyId company) =>
        _network.Outputs[company].Select(each => each.Lost).SingleOrDefault(each => each != null);

    private DurableRecord[] VotesOf(CompanyId company) =>
        [.. _network.Outputs[company].SelectMany(each => each.Votes)];

    private AppendedBlock[] BlocksOf(CompanyId company) => [.. _network.BlocksOf(company)];

    private void Restart(CompanyId company, DurableRecord[] votes, AppendedBlock[] chain) =>
        _network.Start(company, votes, [], chain);

    /// <summary>Gives a node the others' blocks, as their stores do.</summary>
    private void Serve(CompanyId company) => _network.Give(company, new ReplicatorInput.Received(
        A,
        PeerMessage.Codec.Encode(new PeerMessage.BlockAnswer(
            [.. _network.BlocksOf(A).Select(each => each.Proof)]))));

    /// <summary>Whether a company writes down votes when the next thing is decided.</summary>
    private bool VotesAfterwards(CompanyId company)
    {
        int before = VotesOf(company).Length;
        _network.Submit(A, Transaction(Three, A, 50, now: _network.Now));
        _network.Pass(1_000);
        return VotesOf(company).Length > before;
    }
}
