using System.Threading.Channels;
using Tomada.Node.Broker;

namespace Tomada.Node.Devices;

/// <summary>
/// Writes what devices say, many messages with one sync: a PUBACK waits for the sync that its
/// message is part of.
/// </summary>
public sealed class DeviceLog : IAsyncDisposable
{
    private readonly Channel<Entry> _queue = Channel.CreateBounded<Entry>(BrokerLimits.InboxMax);
    private readonly DeviceStore _store;
    private readonly Task _writing;

    public DeviceLog(DeviceStore store)
    {
        _store = store;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>The message is on disk when this returns.</summary>
    public async Task AppendAsync(LoggedMessage message, CancellationToken ct)
    {
        Entry entry = new(message);
        await _queue.Writer.WriteAsync(entry, ct).ConfigureAwait(false);
        await entry.Done.Task.WaitAsync(ct).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        List<Entry> batch = [];
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < BrokerLimits.LogBatchMax && _queue.Reader.TryRead(out Entry? next))
            {
                batch.Add(next);
            }

            try
            {
                _store.Append([.. batch.Select(each => each.Message)]);
                batch.ForEach(each => each.Done.SetResult());
            }
            catch (Storage.StoreFailedException failed)
            {
                // No PUBACK without a sync; the node stops on its own next write.
                batch.ForEach(each => each.Done.SetException(failed));
            }
        }
    }

    private sealed record Entry(LoggedMessage Message)
    {
        public TaskCompletionSource Done { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
