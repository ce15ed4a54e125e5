using BenchmarkDotNet.Attributes;
using Tomada.Consensus;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Bench;

/// <summary>A vote from its making to its check by another member.</summary>
public class VoteBenchmarks
{
    private static readonly VoteContent s_content =
        new(VoteType.Accept, 1_000, 0, Digest.Of([1]));

    private readonly VoteVerifier _verifier = new(Samples.State.Network, Ed25519.Verify);
    private byte[] _signature = [];
    private byte[] _encoded = [];

    [GlobalSetup]
    public void Prepare()
    {
        _signature = Sign();
        _encoded = Encode();
    }

    [Benchmark]
    public byte[] Sign() => Samples.SignVote(
        s_content.SignedBytes(Samples.State.Network, Samples.Members.Hash));

    [Benchmark]
    public bool Verify() => _verifier.IsSigned(
        Samples.Members, s_content, Samples.Companies[0], _signature);

    [Benchmark]
    public byte[] Encode() => ConsensusMessage.Codec.Encode(new ConsensusMessage.Accept(
        s_content.Height, s_content.Ballot, s_content.Digest, Samples.Companies[0], _signature));

    [Benchmark]
    public ConsensusMessage Decode() => ConsensusMessage.Codec.Decode(_encoded);
}
