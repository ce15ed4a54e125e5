using System.Buffers;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;

namespace Tomada.Bench.DotNext;

/// <summary>What is replicated: 1,024 values of 256 bytes, each entry writes one of them.</summary>
internal sealed class Values(DirectoryInfo folder) : SimpleStateMachine(folder)
{
    /// <summary>Bytes of a value, and of a request.</summary>
    public const int ValueBytes = 256;

    private const int Slots = 1_024;

    /// <summary>Entries between two snapshots.</summary>
    private const long SnapshotEvery = 65_536;

    private readonly byte[] _values = new byte[Slots * ValueBytes];

    protected override async ValueTask RestoreAsync(FileInfo snapshotFile, CancellationToken token)
    {
        await using FileStream file = snapshotFile.OpenRead();
        await file.ReadExactlyAsync(_values, token);
    }

    protected override ValueTask PersistAsync(IAsyncBinaryWriter writer, CancellationToken token) =>
        writer.WriteAsync(_values, lengthFormat: null, token);

    protected override ValueTask<bool> ApplyAsync(LogEntry entry, CancellationToken token)
    {
        if (entry.TryGetPayload(out ReadOnlySequence<byte> payload)
            && payload.Length == ValueBytes)
        {
            long slot = entry.Index % Slots;
            payload.CopyTo(_values.AsSpan((int)(slot * ValueBytes)));
        }

        return ValueTask.FromResult(entry.Index % SnapshotEvery == 0);
    }
}
