using Tomada.DeviceApi;
using Tomada.Node.Broker;
using Tomada.Node.Devices;
using Tomada.Primitives;

namespace Tomada.Node.Trips;

/// <summary>
/// Gives cars the proof of what they were told. The confirmation does not wait for it: a receipt
/// follows as soon as a quorum has cosigned a head that holds it, and is there to be asked for.
/// </summary>
internal sealed class ReceiptDesk(
    DeviceBroker broker, DeviceStore store, Func<TripId, CancellationToken, Task<string?>>? find)
{
    private int _waiting;

    /// <summary>
    /// A trip was confirmed to its car: the receipt follows. While too many wait it does not; the
    /// car asks for it.
    /// </summary>
    public void Follow(DeviceAddress car, TripId trip) => Begin(
        trip,
        receipt =>
        {
            if (receipt is not null)
            {
                broker.TrySend(
                    car,
                    new DownTopic.ReceiptEvent(),
                    broker.NewId(),
                    new ReceiptBody(trip, receipt));
            }
        },
        CancellationToken.None);

    /// <summary>A car asks for a receipt.</summary>
    public void Answer(DeviceAddress car, MessageId id, TripId trip, CancellationToken stop)
    {
        if (store.FindReservation(trip)?.Device != car.User)
        {
            Send(Reply.Refused(id, ReplyCode.NotFound, "body.trip: no trip of this device"));
        }
        else if (find is null)
        {
            Send(Reply.Refused(id, ReplyCode.Unavailable, "this node makes no receipts"));
        }
        else if (!Begin(trip, receipt => Send(receipt is null ? Busy() : Done(receipt)), stop))
        {
            Send(Busy());
        }

        Reply Done(string receipt) => Reply.Done(id, new ReceiptBody(trip, receipt));

        Reply Busy() => Reply.Refused(
            id, ReplyCode.Busy, "no cosigned head proves it yet",
            (long)DeskLimits.ReceiptRetry.TotalMilliseconds);

        void Send(Reply reply) => broker.TrySend(
            car, new DownTopic.Reply(RequestOp.Receipt), broker.NewId(), reply);
    }

    /// <summary>Waits beside the desks, which must not; false when too many wait.</summary>
    private bool Begin(TripId trip, Action<string?> end, CancellationToken stop)
    {
        if (find is null)
        {
            return false;
        }

        if (Interlocked.Increment(ref _waiting) > DeskLimits.ReceiptsAtOnce)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        _ = Task.Run(
            async () =>
            {
                try
                {
                    string? receipt = await find(trip, stop).ConfigureAwait(false);
                    end(receipt?.Length <= DeviceLimits.ReceiptCharactersMax ? receipt : null);
                }
                catch (Exception ending) when (ending
                    is OperationCanceledException or ObjectDisposedException)
                {
                    // The node stops; the car asks again.
                }
                finally
                {
                    Interlocked.Decrement(ref _waiting);
                }
            },
            CancellationToken.None);
        return true;
    }
}
