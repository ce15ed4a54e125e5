using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Consensus;

/// <summary>What a member accepted last: the value and the proof that a quorum endorsed it.</summary>
/// <param name="Value">The value's bytes.</param>
/// <param name="Certificate">EC of its ballot and digest.</param>
public sealed record Lock(byte[] Value, Certificate Certificate)
{
    public static Codec<Lock> Codec { get; } = RecordCodec<Lock>.Versioned(1)
        .Field(1, "value", each => each.Value, Codecs.Bytes(0, Limits.ValueBytesMax))
        .Field(2, "certificate", each => each.Certificate, Certificate.Codec);

    public int Ballot => Certificate.Ballot;

    public Digest Digest => Certificate.Digest;
}
