using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Tomada.Node.Broker;

/// <summary>
/// Stands between the socket and the MQTT library. The library reads on for ever when a peer closes
/// in the middle of a packet, and believes any length that a peer announces (up to 256 MiB).
/// </summary>
internal static class MqttGuard
{
    /// <summary>Guards the connections of a listener; call it before UseMqtt.</summary>
    public static void UseMqttGuard(this IConnectionBuilder builder) =>
        builder.Use(next => context => GuardAsync(next, context));

    private static async Task GuardAsync(ConnectionDelegate next, ConnectionContext context)
    {
        IDuplexPipe inner = context.Transport;
        context.Transport = new GuardedTransport(new GuardedReader(inner.Input), inner.Output);
        BrokerMetrics.Opened();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            context.Transport = inner;
            BrokerMetrics.Closed();
        }
    }

    private sealed record GuardedTransport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Ends the connection where the library would not.</summary>
    private sealed class GuardedReader(PipeReader inner) : PipeReader
    {
        private int _limit = BrokerLimits.FirstPacketMax;
        private SequencePosition _start;
        private bool _ended;
        private bool _consumed = true;

        public override async ValueTask<ReadResult> ReadAsync(
            CancellationToken cancellationToken = default)
        {
            RequireProgress();
            return Check(await inner.ReadAsync(cancellationToken).ConfigureAwait(false));
        }

        public override bool TryRead(out ReadResult result)
        {
            RequireProgress();
            bool any = inner.TryRead(out result);
            if (any)
            {
                Check(result);
            }

            return any;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _consumed = !consumed.Equals(_start);
            if (_consumed)
            {
                _limit = BrokerLimits.PacketMax;
            }

            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        /// <summary>
        /// After the end a reader that consumed nothing would be given the same bytes for ever.
        /// </summary>
        private void RequireProgress()
        {
            if (_ended && !_consumed)
            {
                BrokerMetrics.Refused("half-packet");
                throw new ConnectionResetException("The peer closed in the middle of a packet.");
            }
        }

        private ReadResult Check(ReadResult result)
        {
            _start = result.Buffer.Start;
            _ended = result.IsCompleted;
            _consumed = false;
            if (PacketLength(result.Buffer) > _limit)
            {
                BrokerMetrics.Refused("packet-too-large");
                throw new ConnectionAbortedException(
                    $"A packet of more than {_limit} bytes was announced.");
            }

            return result;
        }

        /// <summary>
        /// The whole length of the packet at the start (MQTT 5, 2.1.4): one byte of type, then the
        /// rest's length in up to four bytes of seven bits each. 0 while it is not all there.
        /// </summary>
        private static long PacketLength(ReadOnlySequence<byte> buffer)
        {
            SequenceReader<byte> reader = new(buffer);
            if (!reader.TryRead(out _))
            {
                return 0;
            }

            long length = 0;
            for (int shift = 0; shift < 28; shift += 7)
            {
                if (!reader.TryRead(out byte next))
                {
                    return 0;
                }

                length |= (long)(next & 0x7f) << shift;
                if ((next & 0x80) == 0)
                {
                    return reader.Consumed + length;
                }
            }

            return long.MaxValue;
        }
    }
}
