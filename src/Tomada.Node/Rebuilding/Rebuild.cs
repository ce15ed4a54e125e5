using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Devices;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Rebuilding;

/// <summary>What can be deleted because it follows from something else.</summary>
[Flags]
public enum RebuildParts
{
    /// <summary>The state: snapshots, and the history of states. From the blocks.</summary>
    State = 1,

    /// <summary>Where each transaction stands. From the blocks.</summary>
    Index = 2,

    /// <summary>Credentials, replies and reservations. From the log of local truth.</summary>
    Devices = 4,

    /// <summary>All of these.</summary>
    All = State | Index | Devices,
}

/// <summary>What a rebuild found.</summary>
/// <param name="Part">One part.</param>
/// <param name="IsIdentical">Whether what was made is what was deleted.</param>
/// <param name="Detail">What was compared, or how it differs, for people.</param>
public sealed record Rebuilt(RebuildParts Part, bool IsIdentical, string Detail);

/// <summary>
/// Deletes what a stopped node can make again from its blocks and its log of local truth, makes it
/// again, and compares. Keys, votes, blocks and the log are only read. Whenever it is stopped, the
/// directory is one that a node starts from: the state's parts are caches, and the others are
/// replaced in one write.
/// </summary>
public static class Rebuild
{
    /// <summary>Rebuilds parts of a data directory.</summary>
    /// <param name="dataDirectory">Of a node that does not run.</param>
    /// <param name="parts">Which.</param>
    /// <param name="progress">Told (part, done, of); often.</param>
    /// <exception cref="DataDirectoryException">It is in use, or holds no network.</exception>
    /// <exception cref="StoreCorruptException">A block is damaged: start the node, which mends
    /// it from its peers, then rebuild again.</exception>
    public static IReadOnlyList<Rebuilt> Run(
        string dataDirectory, RebuildParts parts, Action<RebuildParts, long, long> progress)
    {
        if (!NodeConfig.TryLoad(dataDirectory, out NodeConfig? config, out string? why))
        {
            throw new DataDirectoryException(why);
        }

        using NodeStore store = NodeStore.Open(dataDirectory, DeviceStore.Extension);
        List<Rebuilt> results = [];
        if (parts.HasFlag(RebuildParts.Index))
        {
            (Digest before, Digest after, int rows) = store.RebuildIndex(
                height => progress(RebuildParts.Index, height, store.TipHeight));
            results.Add(Compare(RebuildParts.Index, before, after, rows));
        }

        if (parts.HasFlag(RebuildParts.Devices))
        {
            (Digest before, Digest after, int rows) = new DeviceStore(store).Rebuild();
            progress(RebuildParts.Devices, rows, rows);
            results.Add(Compare(RebuildParts.Devices, before, after, rows));
        }

        if (parts.HasFlag(RebuildParts.State))
        {
            Genesis genesis = FoundingService.ReadGenesis(store)
                ?? throw new DataDirectoryException(
                    $"{dataDirectory} belongs to no network yet; there is no state.");
            results.Add(State(store, genesis, config.Company, progress));
        }

        return results;
    }

    internal static Rebuilt State(
        NodeStore store,
        Genesis genesis,
        CompanyId self,
        Action<RebuildParts, long, long> progress)
    {
        if (store.ReadMissing() is [var hole, ..])
        {
            return new Rebuilt(RebuildParts.State, false, string.Create(
                CultureInfo.InvariantCulture,
                $"blocks {hole.From} to {hole.To} are not in this store; nothing was deleted. "
                + $"Start the node, which fetches them from its peers."));
        }

        long? oldest = store.States.Oldest;
        SortedDictionary<long, Digest> snapshots = TakeSnapshots(store);
        store.States.Clear();
        Replicator replicator = new(
            // It is never started, so it never votes.
            new ReplicatorOptions(self, _ => throw new UnreachableException(), Ed25519.Verify),
            genesis);
        List<string> differences = [];
        foreach (AppliedBlock applied in Execute(store, replicator))
        {
            long height = applied.Seal.Height;
            store.States.OfferPatiently(applied);
            if (snapshots.TryGetValue(height, out Digest before)
                && before != DigestOf(StatePart.Of(applied.After).Select(StatePart.Codec.Encode)))
            {
                differences.Add($"the rows after block {height} are not those of its snapshot");
            }

            progress(RebuildParts.State, height, store.TipHeight);
        }

        if (replicator.Standing is { } standing)
        {
            new SnapshotKeeper(store, NullLogger.Instance).Write(standing);
        }

        store.States.WaitUntilWritten();
        if (store.States.Failure is { } failure)
        {
            differences.Add($"the history of states was not written: {failure}");
        }
        else if (oldest is { } first && !store.States.Has(first))
        {
            differences.Add($"the state after block {first} could be proven and cannot any more");
        }

        return new Rebuilt(
            RebuildParts.State,
            differences.Count == 0,
            differences.Count > 0
                ? string.Join("; ", differences)
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{replicator.State.Height} blocks executed to state root "
                    + $"{replicator.State.StateRoot}, {snapshots.Count} snapshots compared"));
    }

    /// <summary>Removes the snapshots; what each said.</summary>
    private static SortedDictionary<long, Digest> TakeSnapshots(NodeStore store)
    {
        SortedDictionary<long, Digest> snapshots = [];
        foreach (SnapshotHead head in store.Snapshots.ReadHeads())
        {
            snapshots[head.Height] = DigestOf(Enumerable.Range(0, head.Parts)
                .Select(number => store.Snapshots.ReadPart(head.Height, number) ?? []));
            store.Snapshots.Remove(head.Height);
        }

        return snapshots;
    }

    private static IEnumerable<AppliedBlock> Execute(NodeStore store, Replicator replicator)
    {
        while (replicator.State.Height < store.TipHeight)
        {
            long height = replicator.State.Height + 1;
            ConsensusMessage.Decided block = ChainRows.Read(store, height)
                ?? throw new StoreCorruptException(
                    "blocks", height.ToString(CultureInfo.InvariantCulture));
            yield return replicator.Restore(block) ?? throw new StoreCorruptException(
                $"Block {height} in the store does not follow from the block before.");
        }
    }

    private static Rebuilt Compare(RebuildParts part, Digest before, Digest after, int rows) => new(
        part,
        before == after,
        before == after
            ? string.Create(CultureInfo.InvariantCulture, $"{rows} rows, as before")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{rows} rows, and not those that were there: {before} before, {after} now"));

    private static Digest DigestOf(IEnumerable<byte[]> parts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] part in parts)
        {
            hash.AppendData(part);
        }

        return new Digest(hash.GetHashAndReset());
    }
}
