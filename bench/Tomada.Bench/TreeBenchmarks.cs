using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Bench;

/// <summary>
/// The log grows by 256 entries, and a million are hashed anew; 256 values of 100,000 change.
/// </summary>
public class TreeBenchmarks
{
    private const int Changed = 256;
    private const int Values = 100_000;
    private const int Many = 1_000_000;
    private const int EntrySize = 300;

    private readonly Digest[] _leaves = [.. Enumerable.Range(0, Changed).Select(DigestOf)];
    private readonly StateChange[] _changes =
        [.. Enumerable.Range(0, Changed).Select(i => new StateChange(PathOf(i), DigestOf(-i)))];

    private readonly Digest[] _many = new Digest[Many];
    private readonly byte[] _entry = new byte[EntrySize];
    private readonly List<TreeNode> _completed = new(2 * Many);

    private Frontier _log = Frontier.Empty;
    private StateTree _state = StateTree.Empty;

    [GlobalSetup]
    public void Prepare()
    {
        for (int i = 0; i < Values; i++)
        {
            _log = _log.Append(DigestOf(i));
        }

        _state = _state.Apply(
            Enumerable.Range(0, Values).Select(i => new StateChange(PathOf(i), DigestOf(i))));
    }

    [Benchmark(OperationsPerInvoke = Changed)]
    public Frontier AppendEntry() =>
        _leaves.Aggregate(_log, static (log, leaf) => log.Append(leaf));

    /// <summary>Hashes 300 bytes, appends, and lists the nodes that a store would keep.</summary>
    [Benchmark(OperationsPerInvoke = Many)]
    public long AppendAndKeepNodes()
    {
        FrontierBuilder log = new(Frontier.Empty);
        _completed.Clear();
        for (int i = 0; i < Many; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(_entry, i);
            log.Append(MerkleTree.LeafHash(_entry), _completed);
        }

        return log.Size;
    }

    /// <summary>The root over a million leaf hashes.</summary>
    [Benchmark]
    public Digest RebuildMillionLeaves() => MerkleTree.Root(_many);

    /// <summary>The root over a million entries of 300 bytes.</summary>
    [Benchmark]
    public Digest RebuildMillionEntries()
    {
        FrontierBuilder log = new(Frontier.Empty);
        for (int i = 0; i < Many; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(_entry, i);
            log.Append(MerkleTree.LeafHash(_entry));
        }

        return log.ToFrontier().Root;
    }

    /// <summary>An inclusion proof and its check in a log of a million, nodes in memory.</summary>
    [Benchmark]
    public bool ProveAndVerifyInclusion()
    {
        const long Index = Many / 3;
        ImmutableArray<Digest> proof = MerkleTree.Inclusion(Index, Many, Zero);
        return MerkleTree.VerifyInclusion(_many[0], Index, Many, proof.AsSpan(), _many[0]);
    }

    [Benchmark]
    public Digest ChangeState() => _state.Apply(_changes).Root;

    private static Digest Zero(int level, long index) => Digest.Zero;

    private static Digest PathOf(int number) => StateTree.Path("bench", Text(number));

    private static Digest DigestOf(int number) => Digest.Of(Text(number));

    private static byte[] Text(int number) =>
        Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
