using BenchmarkDotNet.Attributes;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Bench;

/// <summary>What a node writes and syncs in the steps of a decision.</summary>
public class StoreBenchmarks
{
    private readonly SignedTransaction[] _transactions =
        Samples.Transactions(Samples.BlockTransactions);

    private readonly byte[] _value = new byte[100 * 1_024];
    private readonly byte[] _vote = new byte[200];
    private string _folder = "";
    private NodeStore _store = null!;
    private long _voted;

    [GlobalSetup]
    public void Prepare()
    {
        _folder = Directory.CreateTempSubdirectory("tomada-bench-").FullName;
        _store = NodeStore.Open(_folder);
    }

    [GlobalCleanup]
    public void Remove()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>One vote.</summary>
    [Benchmark]
    public void WriteVote() =>
        _store.Write(new StoreBatch { Votes = [new VoteRecord(++_voted, 1, 0, _vote)] });

    /// <summary>A block of 256 transactions of about 100 kB; its votes go.</summary>
    [Benchmark]
    public void WriteBlock()
    {
        long height = _store.TipHeight + 1;
        _store.Write(new StoreBatch
        {
            PruneVotesBelow = height,
            Blocks =
            [
                new AppendedBlock(
                    height,
                    height * Samples.BlockTransactions,
                    _value,
                    _vote,
                    [.. _transactions.Select((each, i) => new IndexedTransaction(
                        IdOf(height, i), (height * Samples.BlockTransactions) + i))]),
            ],
        });
    }

    /// <summary>256 transactions come and wait, and are let go of.</summary>
    [Benchmark]
    public void WritePending()
    {
        _store.Write(new StoreBatch
        {
            PendingAdded = [.. _transactions.Select(
                each => new PendingTransaction(each.Id, each.Bytes.ToArray()))],
        });
        _store.Write(new StoreBatch
        {
            PendingRemoved = [.. _transactions.Select(each => each.Id)],
        });
    }

    private static TransactionId IdOf(long height, int place)
    {
        byte[] text = new byte[12];
        BitConverter.TryWriteBytes(text, height);
        BitConverter.TryWriteBytes(text.AsSpan(8), place);
        return new TransactionId(Digest.Of(text));
    }
}
