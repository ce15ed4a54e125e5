using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>
/// Writes a mirror from a network's own blocks. Whoever has a chain can publish it this way; memory
/// does not grow with the log.
/// </summary>
public sealed class MirrorWriter
{
    private readonly MirrorFolder _mirror;
    private readonly TileBuilder _tiles;
    private readonly List<byte[]> _bundle = new(TileId.WidthMax);
    private long _bundles;

    /// <summary>Begins a mirror in an empty folder.</summary>
    public MirrorWriter(MirrorFolder mirror, Genesis genesis)
    {
        _mirror = mirror;
        _tiles = new TileBuilder((tile, bytes) =>
            MirrorFolder.Write(_mirror.FileOf(tile), bytes));
        Network = genesis.NetworkId;
        MirrorFolder.Write(
            mirror.FileOf(MirrorFolder.GenesisName), Genesis.Codec.Encode(genesis));
    }

    /// <summary>The network.</summary>
    public Digest Network { get; }

    /// <summary>Entries so far.</summary>
    public long Size => _tiles.Size;

    /// <summary>The head of the log so far.</summary>
    public Checkpoint Head => new(Checkpoint.OriginOf(Network), Size, _tiles.Root);

    /// <summary>Appends the next block.</summary>
    /// <param name="block">Its entries.</param>
    /// <param name="height">Its height.</param>
    /// <param name="proof">
    /// Of its decision. It is kept where the next seal does not hold all of it: above ballot 0, and
    /// of the newest block.
    /// </param>
    /// <param name="isTip">Whether no block follows.</param>
    public void Append(Block block, long height, BlockProof? proof, bool isTip)
    {
        foreach (byte[] entry in block.Entries)
        {
            Append(entry);
        }

        if (proof is not null && (isTip || proof.Certificate.Ballot > 0))
        {
            MirrorFolder.Write(_mirror.CertificateFile(height), BlockProof.Codec.Encode(proof));
        }
    }

    /// <summary>Appends an entry, whatever it is.</summary>
    public void Append(byte[] entry)
    {
        _tiles.Add(MerkleTree.LeafHash(entry));
        _bundle.Add(entry);
        if (_bundle.Count == TileId.WidthMax)
        {
            WriteBundle();
            _bundle.Clear();
            _bundles++;
        }
    }

    /// <summary>Writes what is unfinished, and the signed head.</summary>
    /// <param name="checkpoint">Of <see cref="Head"/>, with its signatures.</param>
    public void Finish(SignedNote checkpoint)
    {
        _tiles.FlushPartial();
        if (_bundle.Count > 0)
        {
            WriteBundle();
        }

        MirrorFolder.Write(
            _mirror.FileOf(MirrorFolder.CheckpointName), checkpoint.Encode());
    }

    private void WriteBundle() => MirrorFolder.Write(
        _mirror.FileOf(new TileId(TileId.Entries, _bundles, _bundle.Count)),
        EntryBundle.Encode(_bundle));
}
