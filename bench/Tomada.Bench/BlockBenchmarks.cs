using BenchmarkDotNet.Attributes;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Bench;

/// <summary>Transactions alone, and 256 of them in a block.</summary>
public class BlockBenchmarks
{
    // Whoever builds or repeats a block has checked its transactions when they came.
    private static readonly VerifySignature s_verified = static (_, _, _) => true;

    private readonly SignedTransaction[] _transactions =
        Samples.Transactions(Samples.BlockTransactions);

    private readonly Timestamp _time = new(Samples.Start.UnixMs + 1_000);
    private Block _block = null!;

    [GlobalSetup]
    public void Prepare() => _block = Build().Block;

    [Benchmark]
    public bool DecodeTransaction() =>
        SignedTransaction.TryDecode(_transactions[0].Bytes, out _, out _);

    [Benchmark]
    public bool VerifyTransaction() =>
        _transactions[0].IsSignedBy(Samples.Identity, Ed25519.Verify);

    [Benchmark]
    public AppliedBlock Build() => BlockExecution.Build(
        Samples.State, _transactions, _time, Samples.Companies[0], null, s_verified);

    [Benchmark]
    public bool Repeat() =>
        BlockExecution.TryApply(Samples.State, _block, s_verified, out _, out _);

    [Benchmark]
    public byte[] EncodeBlock() => Block.Codec.Encode(_block);
}
