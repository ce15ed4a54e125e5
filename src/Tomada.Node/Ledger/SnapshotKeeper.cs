using System.Diagnostics.CodeAnalysis;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Storage;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// Writes a snapshot from time to time, beside the loop and from an immutable state, and takes the
/// newest sound one up at the start.
/// </summary>
internal sealed partial class SnapshotKeeper(
    NodeStore store, ILogger logger, long entriesMin = NodeLimits.SnapshotEntriesMin)
{
    private readonly SnapshotStore _snapshots = store.Snapshots;
    private Task _writing = Task.CompletedTask;
    private long _size;
    private long _rows;

    /// <summary>Completes when the snapshot that is being written, if any, is there.</summary>
    public Task Writing => _writing;

    /// <summary>
    /// The standing of the newest snapshot that is whole and proven by its block; null when there
    /// is none.
    /// </summary>
    public Standing? Newest(Genesis genesis)
    {
        foreach (SnapshotHead head in _snapshots.ReadHeads())
        {
            if (TryLoad(genesis, head, out Standing? standing, out string? why))
            {
                (_size, _rows) = (standing.State.Size, head.Rows);
                return standing;
            }

            LogSkipped(logger, head.Height, why);
            _snapshots.Remove(head.Height);
        }

        return null;
    }

    /// <summary>
    /// Begins a snapshot when enough has happened since the last; returns at once.
    /// </summary>
    /// <param name="standing">Where the loop stands; null before block 1.</param>
    /// <param name="state">The newest state.</param>
    public void Consider(Func<Standing?> standing, LedgerState state)
    {
        if (state.Size - _size >= Math.Max(entriesMin, _rows) && _writing.IsCompleted
            && standing() is { } now)
        {
            (_size, _rows) = (state.Size, StatePart.RowsOf(state));
            // A thread of its own: work of a busy pool would go first, and again and again.
            _writing = Task.Factory.StartNew(
                () => Write(now),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
    }

    /// <summary>Writes a snapshot and returns when it is there.</summary>
    public void Write(Standing standing)
    {
        long height = standing.State.Height;
        try
        {
            int parts = 0;
            foreach (StatePart part in StatePart.Of(standing.State))
            {
                if (parts == ReplicationLimits.SnapshotPartsMax)
                {
                    LogTooLarge(logger, height, parts);
                    _snapshots.Remove(height);
                    return;
                }

                _snapshots.WritePart(height, parts++, StatePart.Codec.Encode(part));
            }

            // A start executes what follows the snapshot: what it does not execute must be there.
            store.States.Sync();
            long rows = StatePart.RowsOf(standing.State);
            _snapshots.WriteHead(new SnapshotHead(
                height, standing.State.Tip, parts, rows, standing.Term, standing.Deciders));
            LogWritten(logger, height, rows, parts);
        }
        catch (Exception failed) when (failed
            is Microsoft.Data.Sqlite.SqliteException or InvalidOperationException)
        {
            // The chain has it all. If the disk is full, the next vote will say so and stop.
            LogFailed(logger, height, failed.Message);
        }
    }

    private bool TryLoad(
        Genesis genesis,
        SnapshotHead head,
        [NotNullWhen(true)] out Standing? standing,
        [NotNullWhen(false)] out string? why)
    {
        standing = null;
        if (ChainRows.Read(store, head.Height) is not { } block)
        {
            why = "its block is not in the store, or damaged there";
            return false;
        }

        SnapshotLoader loader = new(genesis, head, block, Ed25519.Verify);
        while (!loader.IsComplete)
        {
            if (_snapshots.ReadPart(head.Height, loader.NextPart) is not { } part)
            {
                why = $"part {loader.NextPart} is missing or damaged";
                return false;
            }

            if (!loader.TryAdd(part, out why))
            {
                return false;
            }
        }

        return loader.TryFinish(out standing, out why);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The snapshot of block {Height} is not used: {Why}. An older one, or the chain, "
            + "takes its place.")]
    private static partial void LogSkipped(ILogger logger, long height, string why);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Snapshot of block {Height}: {Rows} rows in {Parts} parts.")]
    private static partial void LogWritten(ILogger logger, long height, long rows, int parts);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The state after block {Height} needs more than {Parts} parts; it has no "
            + "snapshot, and a start executes the chain.")]
    private static partial void LogTooLarge(ILogger logger, long height, int parts);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The snapshot of block {Height} was not written: {Why}")]
    private static partial void LogFailed(ILogger logger, long height, string why);
}
