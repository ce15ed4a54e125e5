using System.Collections.Concurrent;
using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Node;

/// <summary>
/// Keeps the log's tree as the chain grows: reads the stored blocks once, then follows the desk.
/// One task writes, any thread reads <see cref="View"/>. Nothing here is on the way of a decision.
/// </summary>
internal sealed partial class LogKeeper
{
    private readonly LedgerDesk _desk;
    private readonly NodeStore _store;
    private readonly LogStore _log;
    private readonly ILogger _logger;
    private readonly List<HashTile> _edge = [];
    private readonly ConcurrentDictionary<(int Level, long Number), HashTile> _tiles = [];
    private LogView _view;
    private long _keptSize;

    public LogKeeper(LedgerDesk desk, NodeStore store, ILogger logger)
    {
        (_desk, _store, _log, _logger) = (desk, store, store.Log, logger);
        _view = Resume() ?? Nothing();
    }

    /// <summary>The tree as far as it was read.</summary>
    public LogView View => Volatile.Read(ref _view);

    /// <summary>Runs until stopped.</summary>
    /// <param name="stand">Is told of each state whose log is in the tree, from the first newest
    /// one on.</param>
    /// <param name="stop">Stops it.</param>
    public async Task RunAsync(
        Func<LedgerState, CancellationToken, ValueTask> stand, CancellationToken stop)
    {
        while (true)
        {
            LedgerState state = _desk.State;
            await CatchUpAsync(state.Height, stop);
            if (state.Height == View.Height && state.Height > 0)
            {
                await stand(state, stop);
            }

            try
            {
                await foreach (AppliedBlock block in _desk.FollowAsync(View.Height, stop))
                {
                    Append(block.Block, block.Seal, block.Digest);
                    await stand(block.After, stop);
                }
            }
            catch (FollowerTooSlowException)
            {
                // The store has what memory no longer has.
            }
        }
    }

    /// <summary>
    /// The canonical bytes of the entries of a stretch of the log; null where a block is missing.
    /// </summary>
    /// <param name="from">Log index.</param>
    /// <param name="count">1 to 256, within the log.</param>
    public IReadOnlyList<byte[]>? ReadEntries(long from, int count)
    {
        List<byte[]> entries = [];
        while (entries.Count < count)
        {
            long next = from + entries.Count;
            if (_store.ReadBlockOfEntry(next) is not { } stored)
            {
                return null;
            }

            ImmutableArray<byte[]> all = stored.Decode().Entries;
            if (next - stored.FirstIndex >= all.Length)
            {
                return null;
            }

            entries.AddRange(all
                .Skip((int)(next - stored.FirstIndex))
                .Take(count - entries.Count));
        }

        return entries;
    }

    private LogView Nothing()
    {
        _edge.Clear();
        _tiles.Clear();
        _edge.Add(new HashTile());
        return new LogView(0, 0, _desk.State.Network, [.. _edge], Full);
    }

    /// <summary>What the file has; null when that is nothing sound.</summary>
    private LogView? Resume()
    {
        if (_log.ReadEdge() is not { } edge || edge.Height > _store.TipHeight)
        {
            return null;
        }

        int at = 0;
        for (int level = 0; level == 0 || edge.Size >> (HashTile.Height * level) > 0; level++)
        {
            int bytes = (int)((edge.Size >> (HashTile.Height * level)) % HashTile.Width)
                * Digest.Size;
            if (at + bytes > edge.Hashes.Length)
            {
                return null;
            }

            _edge.Add(HashTile.Of(edge.Hashes.AsSpan(at, bytes)));
            at += bytes;
        }

        _keptSize = edge.Size;
        return new LogView(edge.Size, edge.Height, new Digest(edge.Tip), [.. _edge], Full);
    }

    private async Task CatchUpAsync(long height, CancellationToken stop)
    {
        while (View.Height < height)
        {
            stop.ThrowIfCancellationRequested();
            long from = View.Height;
            foreach (StoredBlock stored in ReadSound(from + 1))
            {
                if (!SealedBlock.TryRead(stored.Bytes, out SealedBlock? block)
                    || block.Seal.Previous != View.Tip || block.Seal.FirstIndex != View.Size)
                {
                    // The file is of another chain, or a block is: what is on disk decides.
                    LogMisfit(_logger, stored.Height);
                    _log.Clear();
                    Volatile.Write(ref _view, Nothing());
                    break;
                }

                Append(block.Block, block.Seal, block.Digest);
            }

            if (View.Height == from)
            {
                // A hole: peers send what is missing.
                await Task.Delay(NodeLimits.RepairPeriod, stop);
            }
        }

        KeepEdge();
    }

    private IEnumerable<StoredBlock> ReadSound(long height)
    {
        try
        {
            return _store.ReadBlocks(height, PublicApiLimits.BlocksPerReadMax)
                .TakeWhile((stored, place) => stored.Height == height + place);
        }
        catch (StoreCorruptException)
        {
            // The read told the store, and the block is set aside and fetched.
            return [];
        }
    }

    private void Append(Block block, Seal seal, Digest digest)
    {
        Invariant.Require(
            seal.Height == View.Height + 1 && seal.FirstIndex == View.Size,
            $"the log's tree ends before block {seal.Height}");
        foreach (byte[] entry in block.Entries)
        {
            AppendLeaf(MerkleTree.LeafHash(entry));
        }

        long size = View.Size + block.Entries.Length;
        Volatile.Write(ref _view, new LogView(size, seal.Height, digest, [.. _edge], Full));
        if (size - _keptSize >= LogLimits.EdgeEntriesMax)
        {
            KeepEdge();
        }
    }

    private void AppendLeaf(Digest hash)
    {
        _edge[0].Append(hash);
        for (int level = 0; _edge[level].Count == HashTile.Width; level++)
        {
            HashTile full = _edge[level];
            long number = _edge.Count > level + 1
                ? NumberOf(level)
                : 0;
            Remember(level, number, full);
            _log.WriteTile(level, number, full.ToBytes(HashTile.Width));
            if (_edge.Count == level + 1)
            {
                _edge.Add(new HashTile());
            }

            _edge[level + 1].Append(full.Root);
            _edge[level] = new HashTile();
        }
    }

    /// <summary>How many full tiles of a level came before the one at the edge.</summary>
    private long NumberOf(int level)
    {
        long number = 0;
        for (int above = _edge.Count - 1; above > level; above--)
        {
            number = (number * HashTile.Width) + _edge[above].Count;
        }

        return number;
    }

    private void KeepEdge()
    {
        LogView view = View;
        if (view.Size != _keptSize)
        {
            _log.WriteEdge(new LogEdge(
                view.Height,
                view.Size,
                view.Tip.ToArray(),
                [.. _edge.SelectMany(each => each.ToBytes(each.Count))]));
            _keptSize = view.Size;
        }
    }

    private void Remember(int level, long number, HashTile tile)
    {
        if (_tiles.Count >= LogLimits.TilesMax)
        {
            _tiles.Clear();
        }

        _tiles[(level, number)] = tile;
    }

    /// <summary>A full tile from memory, from the file, or made again.</summary>
    private HashTile Full(int level, long number)
    {
        if (_tiles.TryGetValue((level, number), out HashTile? tile))
        {
            return tile;
        }

        if (_log.ReadTile(level, number) is { } hashes)
        {
            tile = HashTile.Of(hashes);
        }
        else
        {
            tile = Remade(level, number);
            _log.WriteTile(level, number, tile.ToBytes(HashTile.Width));
        }

        Remember(level, number, tile);
        return tile;
    }

    private HashTile Remade(int level, long number)
    {
        HashTile tile = new();
        long first = number * HashTile.Width;
        if (level > 0)
        {
            for (int i = 0; i < HashTile.Width; i++)
            {
                tile.Append(Full(level - 1, first + i).Root);
            }

            return tile;
        }

        foreach (byte[] entry in ReadEntries(first, HashTile.Width)
            ?? throw new StoreCorruptException("blocks", $"entries from {first} on"))
        {
            tile.Append(MerkleTree.LeafHash(entry));
        }

        return tile;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Block {Height} does not follow from where the log's tree ends; the tree is made "
            + "again from the blocks.")]
    private static partial void LogMisfit(ILogger logger, long height);
}
