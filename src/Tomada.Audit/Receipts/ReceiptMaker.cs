using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>Makes receipts from a mirror, without asking anybody.</summary>
public sealed class ReceiptMaker
{
    private readonly MirrorFolder _mirror;
    private readonly MirrorHead _head;
    private readonly ReadNode _nodes;

    /// <param name="mirror">The folder.</param>
    /// <param name="head">Its head; only its tiles are believed, and only as far as the proofs
    /// verify.</param>
    public ReceiptMaker(MirrorFolder mirror, MirrorHead head)
    {
        _mirror = mirror;
        _head = head;
        _nodes = Tiles.NodesOf(head.Head.Size, mirror.TileReader());
    }

    /// <summary>The entry at an index.</summary>
    /// <exception cref="MirrorException">Its bundle is missing or malformed.</exception>
    public byte[] Entry(long index)
    {
        TileId bundle = TileId.At(
            TileId.Entries, index / TileId.WidthMax, _head.Head.Size)!.Value;
        byte[] bytes = MirrorFolder.Read(_mirror.FileOf(bundle));
        return EntryBundle.TryParse(bundle, bytes, out var entries, out string? why)
            ? entries[(int)(index % TileId.WidthMax)].ToArray()
            : throw new MirrorException(FindingClass.Encoding, why);
    }

    /// <summary>
    /// The receipt of an entry, its own bytes as extra, under the mirror's checkpoint.
    /// </summary>
    public TlogProof Of(long index, byte[] entry)
    {
        ImmutableArray<Digest> hashes =
            MerkleTree.Inclusion(index, _head.Head.Size, _nodes);
        return new TlogProof(index, hashes, _head.Note, entry);
    }

    /// <summary>Whether the receipt leads to the head's root.</summary>
    public bool IsIncluded(TlogProof receipt) => MerkleTree.VerifyInclusion(
        MerkleTree.LeafHash(receipt.Extra), receipt.Index, _head.Head.Size,
        receipt.Hashes.AsSpan(), _head.Head.Root);
}
