using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Replication.Tests;

/// <summary>
/// A snapshot stands above blocks that a node has never executed: it fills the hole from its peers,
/// and what it kept waiting may be decided in there.
/// </summary>
public class SkippedBlocksTests
{
    [Fact]
    public void An_answer_that_fills_a_hole_and_goes_on_above_the_tip_is_used_for_both()
    {
        SmallNetwork network = Grown(out _);
        ConsensusMessage.Decided[] chain =
            [.. network.BlocksOf(Companies.A).Select(each => each.Proof)];
        Standing standing = network[Companies.B].Standing!;
        network.Arrives =
            (_, to, message) => to != Companies.C || message is PeerMessage.NewestVote;
        network.Submit(Companies.A, Transaction(network, Companies.A, 9));
        network.Pass(2_000);
        chain = [.. chain, network[Companies.A].Tip!];
        network.Start(Companies.C, [], [], standing: standing);
        long tip = network[Companies.C].State.Height;
        Assert.Equal(tip + 1, chain[^1].Height);

        network.Give(Companies.C, new ReplicatorInput.Received(
            Companies.A,
            PeerMessage.Codec.Encode(new PeerMessage.BlockAnswer([.. chain[1..]]))));

        OlderBlocks older =
            Assert.Single(network.Outputs[Companies.C].SelectMany(each => each.Older));
        Assert.Equal(Companies.A, older.From);
        Assert.Equal(Heights(2, tip), older.Blocks.Select(each => each.Height));
        Assert.Equal(tip + 1, network[Companies.C].State.Height);
        Assert.Equal(
            network[Companies.A].State.StateRoot, network[Companies.C].State.StateRoot);
    }

    [Fact]
    public void Who_stands_above_skipped_blocks_never_says_that_what_they_decided_was_refused()
    {
        SmallNetwork network = Grown(out SignedTransaction decided);
        SignedTransaction other = Transaction(network, Companies.C, 2, validForMs: -3_000);
        SignedTransaction waits = Transaction(network, Companies.C, 3);
        Standing standing = network[Companies.B].Standing!;

        // Its disk still keeps all three waiting; block time is past the second one's end.
        network.Start(Companies.C, [], [decided, other, waits], standing: standing);

        ReplicatorOutput first = network.Outputs[Companies.C][0];
        Assert.Equal(
            [(decided.Id, TransactionEnd.Undecided), (other.Id, TransactionEnd.Expired)],
            first.Ended.Select(each => (each.Id, each.End)));
        Assert.Contains("look it up", first.Ended[0].Why, StringComparison.Ordinal);
        Assert.Equal([decided.Id, other.Id], first.PendingRemoved);
        Assert.Equal(1, network[Companies.C].PendingCount);
    }

    /// <summary>Three members at block 4 at least; C's first transaction is in a block.</summary>
    private static SmallNetwork Grown(out SignedTransaction decided)
    {
        SmallNetwork network = new(Companies.Three);
        decided = Transaction(network, Companies.C, 1);
        network.Submit(Companies.C, decided);
        for (int number = 1; number <= 3; number++)
        {
            network.Pass(1_000);
            network.Submit(Companies.A, Transaction(network, Companies.A, number));
        }

        network.Pass(1_000);
        Assert.InRange(network[Companies.B].State.Height, 4, 8);
        return network;
    }

    private static IEnumerable<long> Heights(long from, long to)
    {
        for (long height = from; height <= to; height++)
        {
            yield return height;
        }
    }

    private static SignedTransaction Transaction(
        SmallNetwork network, CompanyId company, long number, long validForMs = 60_000) =>
        Companies.Transaction(network.Genesis, company, number, validForMs, network.Now);
}
