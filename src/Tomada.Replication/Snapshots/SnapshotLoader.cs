using System.Diagnostics.CodeAnalysis;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// Makes a standing from a snapshot. The block must be proven by its deciders and its seal must
/// name the root of all rows; who gives the head knows that deciders and term follow from the
/// chain.
/// </summary>
/// <param name="genesis">The network's beginning.</param>
/// <param name="head">What the snapshot is of.</param>
/// <param name="block">The block it names, with its proof.</param>
/// <param name="verify">Checks signatures.</param>
public sealed class SnapshotLoader(
    Genesis genesis, SnapshotHead head, ConsensusMessage.Decided block, VerifySignature verify)
{
    private readonly StateLoader _rows = new(genesis);

    /// <summary>The number of the part that is wanted next.</summary>
    public int NextPart { get; private set; }

    /// <summary>Whether every part is in.</summary>
    public bool IsComplete => NextPart == head.Parts;

    /// <summary>Rows so far.</summary>
    public long Rows => _rows.Rows;

    /// <summary>Takes the next part.</summary>
    public bool TryAdd(ReadOnlyMemory<byte> bytes, [NotNullWhen(false)] out string? why)
    {
        if (!StatePart.Codec.TryDecode(bytes, out StatePart? part, out why)
            || !_rows.TryAdd(part, out why))
        {
            return false;
        }

        NextPart++;
        why = _rows.Rows <= head.Rows ? null : $"more than the {head.Rows} rows it should have";
        return why is null;
    }

    /// <summary>The standing, when every part is in and all of it is proven.</summary>
    public bool TryFinish(
        [NotNullWhen(true)] out Standing? standing, [NotNullWhen(false)] out string? why)
    {
        standing = null;
        BlockProof proof = BlockProof.Of(block);
        VoteVerifier verifier = new(genesis.NetworkId, verify);
        if (!SealedBlock.TryRead(block.Value, out SealedBlock? tip)
            || tip.Seal.Height != head.Height || tip.Digest != head.Tip)
        {
            why = "the block is not the one that the snapshot names";
        }
        else if (!proof.Proves(
            head.Tip, head.Height, MemberSets.Of(head.Deciders), verifier))
        {
            why = "the block is not proven by who is said to have decided it";
        }
        else if (_rows.TryFinish(tip.Seal, head.Tip, out LedgerState? state, out why))
        {
            standing = new Standing(state, block, head.Deciders, head.Term);
        }

        return standing is not null;
    }
}
