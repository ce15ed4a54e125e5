using System.Diagnostics.CodeAnalysis;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Replication;

/// <summary>
/// A block whose entries are bound by its seal, so that its digest names all of it.
/// </summary>
/// <param name="Digest">Hash of the seal.</param>
/// <param name="Block">The block.</param>
/// <param name="Seal">Its last entry.</param>
public sealed record SealedBlock(Digest Digest, Block Block, Seal Seal)
{
    /// <summary>Reads a block's bytes; nothing of it is executed.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out SealedBlock? block)
    {
        block = null;
        if (!Block.Codec.TryDecode(bytes, out Block? read, out _)
            || !Entry.Codec.TryDecode(read.Entries[^1], out Entry? last, out _)
            || last is not Seal seal)
        {
            return false;
        }

        Digest[] leaves = [.. read.Entries[..^1].Select(entry => MerkleTree.LeafHash(entry))];
        if (seal.Count != leaves.Length || seal.TransactionRoot != MerkleTree.Root(leaves))
        {
            return false;
        }

        block = new SealedBlock(read.Digest, read, seal);
        return true;
    }
}
