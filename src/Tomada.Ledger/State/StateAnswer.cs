using System.Diagnostics.CodeAnalysis;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Tomada.Transparency;

namespace Tomada.Ledger;

/// <summary>
/// What the state after one block says at a path, so that a stranger can check it offline
/// (spec/encoding.md, State tree): the seal names the root, the proof leads from the root to the
/// value, or to where nothing is.
/// </summary>
/// <param name="Seal">The last entry of the block, in its bytes.</param>
/// <param name="Path">SHA-256(table ‖ 00 ‖ key).</param>
/// <param name="Value">The row's canonical bytes; null when there is no such row.</param>
/// <param name="Proof">The way down from the state root.</param>
public sealed record StateAnswer(byte[] Seal, Digest Path, byte[]? Value, StateProof Proof)
{
    public static Codec<StateAnswer> Codec { get; } = RecordCodec<StateAnswer>.Versioned(1)
        .Field(1, "seal", x => x.Seal, Codecs.Bytes(1, LedgerLimits.EntryBytesMax))
        .Field(2, "path", x => x.Path, Digest.Codec)
        .Optional(
            3, "value", x => x.Value, Codecs.Bytes(1, LedgerLimits.SnapshotRowBytesMax))
        .Field(4, "proof", x => x.Proof, StateProof.Codec);

    /// <summary>Digest of the block that it speaks of: SHA-256 of the seal's bytes.</summary>
    public Digest Block => Digest.Of(Seal);

    /// <summary>Whether the block's state says so.</summary>
    /// <param name="block">
    /// The digest of a block that was decided; whoever asks has it from a certificate, or from the
    /// log under a checkpoint. <see cref="Block"/> alone proves nothing.
    /// </param>
    /// <param name="seal">Height, time and root, when the answer is true.</param>
    public bool Verify(Digest block, [NotNullWhen(true)] out Seal? seal)
    {
        seal = null;
        if (block != Block || !Entry.Codec.TryDecode(Seal, out Entry? entry, out _)
            || entry is not Ledger.Seal read
            || !Proof.Verify(read.StateRoot, Path, Value is null ? null : Digest.Of(Value)))
        {
            return false;
        }

        seal = read;
        return true;
    }
}
