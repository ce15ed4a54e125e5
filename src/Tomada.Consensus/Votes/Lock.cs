using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Consensus;

/// <summary>
/// What a member accepted last: the value and the proof that a quorum endorsed it.
/// </summary>
/// <param name="Value">The value's bytes.</param>
/// <param name="Certificate">EC of its ballot and digest.</param>
public sealed record Lock(byte[] Value, Certificate Certificate)
{
    /// <summary>
    /// Codec of a value. It stands outside the messages, whose codecs all begin here.
    /// </summary>
    internal static readonly Codec<byte[]> ValueCodec = Codecs.Bytes(0, Limits.ValueBytesMax);

    public static Codec<Lock> Codec { get; } = RecordCodec<Lock>.Versioned(1)
        .Field(1, "value", each => each.Value, ValueCodec)
        .Field(2, "certificate", each => each.Certificate, Certificate.Codec);

    public int Ballot => Certificate.Ballot;

    public Digest Digest => Certificate.Digest;
}
