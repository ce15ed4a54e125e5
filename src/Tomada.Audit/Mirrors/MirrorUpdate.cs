using System.Text.Json;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>
/// Makes a mirror of a node's public log, or brings one up to date: the only part of the verifier
/// that asks anybody. What was mirrored before is never overwritten by something else: a log that
/// became shorter or another one is a finding, its head is kept under <c>conflict/</c>, and the
/// mirror stays as it was. It may be stopped at any time and goes on where it was.
/// </summary>
/// <param name="mirror">The folder.</param>
/// <param name="fetch">Reads the node's files.</param>
/// <param name="verify">Checks signatures.</param>
/// <param name="progress">Told after each file.</param>
public sealed class MirrorUpdate(
    MirrorFolder mirror,
    FetchFile fetch,
    VerifySignature verify,
    IProgress<AuditProgress>? progress = null)
{
    private readonly FindingList _findings = new();

    /// <summary>Fetches what is new.</summary>
    /// <param name="network">The network that is expected; null takes the node's word.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="LogUnreachableException">The node does not answer.</exception>
    public async Task<AuditReport> RunAsync(Digest? network, CancellationToken stop)
    {
        try
        {
            Genesis genesis = await GenesisAsync(network, stop);
            byte[] note = await NeedAsync("checkpoint", stop);
            if (!MirrorHead.TryParse(
                note, out SignedNote? signed, out Checkpoint? head, out string? why))
            {
                throw new MirrorException(FindingClass.Encoding, $"checkpoint: {why}");
            }

            if (head.Origin != Checkpoint.OriginOf(genesis.NetworkId))
            {
                throw new MirrorException(
                    FindingClass.Log, $"checkpoint: is of {head.Origin}, not of this network");
            }

            Checkpoint? before = HeadBefore(genesis);
            if (before is null || await FollowsAsync(before, head, note, stop))
            {
                await TakeAsync(before?.Size ?? 0, head, stop);
                await BesideAsync(stop);
                MirrorFolder.Write(mirror.FileOf(MirrorFolder.CheckpointName), signed.Encode());
                RemoveOutgrown(before?.Size ?? 0, head.Size);
                _findings.Count("entries", head.Size, "entries");
                _findings.Count("new", head.Size - (before?.Size ?? 0), "entries");
            }
        }
        catch (MirrorException wrong)
        {
            _findings.Add(wrong.Class, wrong.Message);
        }

        return _findings.ToReport();
    }

    private async Task<byte[]> NeedAsync(string path, CancellationToken stop) =>
        await fetch(path, stop)
            ?? throw new MirrorException(FindingClass.Missing, $"{path}: the node has none");

    private async Task<Genesis> GenesisAsync(Digest? network, CancellationToken stop)
    {
        string file = mirror.FileOf(MirrorFolder.GenesisName);
        if (!File.Exists(file))
        {
            byte[] bytes = await NeedAsync("v1/network/genesis", stop);
            MirrorFolder.Write(file, NodeJson.Bytes(bytes, Genesis.Codec, "genesis"));
        }

        return MirrorHead.ReadGenesis(mirror, network, verify);
    }

    private Checkpoint? HeadBefore(Genesis genesis) =>
        File.Exists(mirror.FileOf(MirrorFolder.CheckpointName))
            ? MirrorHead.Read(mirror, genesis.NetworkId, verify).Head
            : null;

    /// <summary>Whether the new head's log begins with the one that is here.</summary>
    private async Task<bool> FollowsAsync(
        Checkpoint before, Checkpoint head, byte[] note, CancellationToken stop)
    {
        string? wrong = null;
        if (head.Size < before.Size)
        {
            ReadNode own = Tiles.NodesOf(before.Size, mirror.TileReader());
            wrong = MerkleTree.Root(head.Size, own) == head.Root
                ? $"the log has {head.Size} entries and had {before.Size}; they are the same ones, "
                    + "so the node was set back or is behind"
                : $"the log has {head.Size} entries, not the first of the {before.Size} it had";
        }
        else
        {
            Dictionary<TileId, byte[]> tiles = [];
            foreach (TileId tile in RightEdge(before.Size, head.Size))
            {
                tiles[tile] = await NeedAsync(tile.Path, stop);
            }

            ReadNode theirs = Tiles.NodesOf(head.Size, tile => tiles[tile]);
            if (MerkleTree.Root(head.Size, theirs) != head.Root)
            {
                throw new MirrorException(
                    FindingClass.Log, "the node's tiles do not make its checkpoint");
            }

            wrong = MerkleTree.Root(before.Size, theirs) == before.Root
                ? null
                : $"the first {before.Size} entries are not the ones that were here";
        }

        if (wrong is null)
        {
            return true;
        }

        string kept = mirror.FileOf(Path.Combine(
            MirrorFolder.ConflictsName, $"{head.Size}-{head.Root.ToShortString()}"));
        MirrorFolder.Write(kept, note);
        _findings.Add(new Finding(
            FindingClass.Rollback,
            $"{wrong}. The mirror is as it was; the other head is in {kept}. 'tomada audit mirror' "
                + "into another folder and 'compare' name who signed both",
            "I14"));
        return false;
    }

    /// <summary>The tiles that the roots of both sizes are made of.</summary>
    private static HashSet<TileId> RightEdge(long before, long size)
    {
        HashSet<TileId> tiles = [];
        ReadNode note = (level, index) =>
        {
            tiles.Add(TileId.OfNode(level, index, size));
            return default;
        };
        _ = MerkleTree.Root(before, note);
        _ = MerkleTree.Root(size, note);
        return tiles;
    }

    private async Task TakeAsync(long before, Checkpoint head, CancellationToken stop)
    {
        TileId[] wanted = [.. TileId.Between(before, head.Size)
            .Where(tile => tile.Level == TileId.Entries || !IsHere(tile))];
        TileId[] hashes = [.. wanted.Where(each => each.Level != TileId.Entries)];
        TileId[] bundles = [.. wanted.Where(each => each.Level == TileId.Entries)];
        long done = 0;
        async ValueTask Fetch(TileId tile, CancellationToken token)
        {
            await TakeAsync(tile, token);
            progress?.Report(new AuditProgress(
                "fetch", Interlocked.Increment(ref done), wanted.Length));
        }

        ParallelOptions options = new()
        {
            CancellationToken = stop,
            MaxDegreeOfParallelism = AuditLimits.RequestsAtOnce,
        };
        await Parallel.ForEachAsync(hashes, options, Fetch);
        ReadNode nodes = Tiles.NodesOf(head.Size, mirror.TileReader());
        if (MerkleTree.Root(head.Size, nodes) != head.Root)
        {
            throw new MirrorException(
                FindingClass.Log, "the node's tiles do not make its checkpoint");
        }

        await Parallel.ForEachAsync(bundles, options, Fetch);
        foreach (TileId bundle in bundles)
        {
            await CertificatesAsync(bundle, head.Size, stop);
        }
    }

    private bool IsHere(TileId tile) => File.Exists(mirror.FileOf(tile));

    private async Task TakeAsync(TileId tile, CancellationToken stop)
    {
        if (IsHere(tile))
        {
            return;
        }

        byte[] bytes = await NeedAsync(tile.Path, stop);
        if (tile.Level == TileId.Entries)
        {
            CheckBundle(tile, bytes);
        }
        else if (!Tiles.TryParse(tile, bytes, out _, out string? why))
        {
            throw new MirrorException(FindingClass.Encoding, why);
        }

        MirrorFolder.Write(mirror.FileOf(tile), bytes);
    }

    private void CheckBundle(TileId bundle, byte[] bytes)
    {
        if (!EntryBundle.TryParse(bundle, bytes, out var entries, out string? why))
        {
            throw new MirrorException(FindingClass.Encoding, why);
        }

        byte[] hashes = MirrorFolder.Read(mirror.FileOf(bundle with { Level = 0 }));
        for (int i = 0; i < entries.Length; i++)
        {
            Digest leaf = MerkleTree.LeafHash(entries[i].Span);
            if (leaf != new Digest(hashes.AsSpan(i * Digest.Size, Digest.Size)))
            {
                throw new MirrorException(
                    FindingClass.Log,
                    $"{bundle}: entry {bundle.Start + i} is not the one that the tile names");
            }
        }
    }

    /// <summary>
    /// Fetches what no seal holds: justifications above ballot 0, and the tip's certificate.
    /// </summary>
    private async Task CertificatesAsync(TileId bundle, long size, CancellationToken stop)
    {
        byte[] bytes = MirrorFolder.Read(mirror.FileOf(bundle));
        if (!EntryBundle.TryParse(bundle, bytes, out var entries, out _))
        {
            return;
        }

        for (int i = 0; i < entries.Length; i++)
        {
            if (!Entry.Codec.TryDecode(entries[i], out Entry? entry, out _)
                || entry is not Seal seal)
            {
                continue;
            }

            if (seal.Certificate is { } before
                && Certificate.Codec.TryDecode(before, out Certificate? one, out _)
                && one.Ballot > 0)
            {
                await CertificateAsync(seal.Height - 1, stop);
            }

            if (bundle.Start + i == size - 1)
            {
                await CertificateAsync(seal.Height, stop);
            }
        }
    }

    private async Task CertificateAsync(long height, CancellationToken stop)
    {
        string file = mirror.CertificateFile(height);
        if (!File.Exists(file))
        {
            string path = $"v1/blocks/{height}/certificate";
            MirrorFolder.Write(
                file, NodeJson.Bytes(await NeedAsync(path, stop), BlockProof.Codec, path));
        }
    }

    /// <summary>
    /// The policy and the evidence as the node tells them; nothing here believes either.
    /// </summary>
    private async Task BesideAsync(CancellationToken stop)
    {
        if (await fetch("v1/network/policy", stop) is { } policy)
        {
            MirrorFolder.Write(mirror.FileOf(MirrorFolder.PolicyName), policy);
        }

        if (await fetch("v1/evidence", stop) is { } evidence
            && EvidenceFile.TryParse(evidence, out var items, out _) && items.Count > 0)
        {
            MirrorFolder.Write(
                mirror.FileOf(Path.Combine(MirrorFolder.EvidenceName, "network.json")), evidence);
        }
    }

    /// <summary>A partial tile that a wider one stands for is needed no more.</summary>
    private void RemoveOutgrown(long before, long size)
    {
        for (int level = TileId.Entries; before > 0 && level <= TileId.LevelMax; level++)
        {
            long count = before >> (TileId.Height * Math.Max(level, 0));
            if (TileId.At(level, count / TileId.WidthMax, before) is { IsPartial: true } old
                && !old.IsIn(size))
            {
                File.Delete(mirror.FileOf(old));
            }
        }
    }
}

/// <summary>A record as a node's API gives it: its bytes, or the JSON form.</summary>
internal static class NodeJson
{
    /// <summary>The canonical bytes.</summary>
    /// <exception cref="MirrorException">It is neither.</exception>
    public static byte[] Bytes<T>(
        byte[] answer, Primitives.Encoding.Codec<T> codec, string what)
        where T : notnull
    {
        if (answer is not [(byte)'{', ..])
        {
            return codec.TryDecode(answer, out _, out string? wrong)
                ? answer
                : throw new MirrorException(FindingClass.Encoding, $"{what}: {wrong}");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            JsonElement root = document.RootElement;
            return codec.TryReadJson(root, out T? value, out string? why)
                ? codec.Encode(value)
                : throw new MirrorException(FindingClass.Encoding, $"{what}: {why}");
        }
        catch (JsonException malformed)
        {
            throw new MirrorException(FindingClass.Encoding, $"{what}: {malformed.Message}");
        }
    }
}
