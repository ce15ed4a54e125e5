using System.Text.Json;
using Tomada.DeviceApi;
using Tomada.Node.Broker;
using Tomada.Node.Devices.Conflicts;
using Tomada.Node.Trips;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>
/// Answers what devices ask. A request is known by (device, id): asked again it gets the same
/// reply, and the same id with another body is a conflict.
/// </summary>
internal sealed class RequestDesk(
    DeviceBroker broker, DeviceStore store, DeviceRegistry registry,
    StationDesk stations, TripDesk trips, PlanDesk plans, TimeProvider wall,
    ReceiptDesk receipts, ConflictDesk conflicts, Func<DeviceAddress, long>? bootOf = null)
{
    public void On(Received message, UpTopic.Request request, CancellationToken ct)
    {
        MessageId id = message.Envelope.Id;
        Timestamp now = new(wall.GetUtcNow().ToUnixTimeMilliseconds());
        if (message.Invalid is { } why)
        {
            BrokerMetrics.Refused("request");
            Send(message, request.Op, Reply.Refused(id, ReplyCode.Invalid, why));
        }
        else if (message.Envelope.Exp is { } exp && now >= exp)
        {
            Send(message, request.Op, Reply.Refused(
                id, ReplyCode.Expired, $"exp: {exp} has passed"));
        }
        else if (store.FindReply(message.From.User, id) is { } kept)
        {
            Repeat(message, request.Op, kept);
        }
        else if (request.Op == RequestOp.Reserve
            && store.FindReservation(message.From.User, id) is not null)
        {
            // Replies are forgotten after a day, reservations are not: never a second one by one
            // id.
            trips.OnRepeated(message);
        }
        else
        {
            Take(message, request.Op, ct);
        }
    }

    private void Repeat(Received message, RequestOp op, KeptReply kept)
    {
        MessageId id = message.Envelope.Id;
        if (kept.BodyHash != message.Envelope.BodyHash)
        {
            BrokerMetrics.Refused("conflict");
            Send(message, op, Reply.Refused(
                id, ReplyCode.Conflict, "id: used before with another body"));
        }
        else if (kept.Reply is { } bytes)
        {
            Send(message, op, JsonSerializer.Deserialize(bytes, Reply.Json)!);
        }
        else
        {
            trips.OnRepeated(message);
        }
    }

    private void Take(Received message, RequestOp op, CancellationToken ct)
    {
        Envelope envelope = message.Envelope;
        switch (op)
        {
            case RequestOp.Boot when envelope.TryRead(out BootRequest? boot, out _):
                stations.OnBoot(message.From, boot);
                Send(message, op, Reply.Done(envelope.Id, new BootReply(
                    (long)DeviceLimits.HeartbeatInterval.TotalMilliseconds,
                    broker.DescribeNode(),
                    bootOf?.Invoke(message.From))));
                break;
            case RequestOp.Enroll when envelope.TryRead(out EnrollRequest? enroll, out _):
                Send(message, op, Enroll(message, enroll));
                break;
            case RequestOp.Plan when envelope.TryRead(out PlanRequest? plan, out _):
                Plan(message, plan, ct);
                break;
            case RequestOp.Reserve when envelope.TryRead(out ReserveRequest? reserve, out _):
                trips.OnReserve(message, reserve, ct);
                break;
            case RequestOp.History when envelope.TryRead(out HistoryRequest? history, out _):
                Send(message, op, trips.History(message, history));
                break;
            case RequestOp.Receipt when envelope.TryRead(out ReceiptRequest? asked, out _):
                receipts.Answer(message.From, envelope.Id, asked.Trip, ct);
                break;
            case RequestOp.Start when envelope.TryRead(out StartRequest? start, out _):
                Send(message, op, conflicts.Answer(message.From, envelope.Id, start));
                break;
            default:
                throw new System.Diagnostics.UnreachableException(op.ToString());
        }
    }

    /// <summary>
    /// Not kept as other replies are: a secret must not lie on disk, and a device that lost the
    /// reply asks again and gets another one.
    /// </summary>
    private Reply Enroll(Received message, EnrollRequest request)
    {
        MessageId id = message.Envelope.Id;
        DeviceAddress device = message.From;
        if (request.Csr is null)
        {
            string secret = registry.Enroll(device.Kind, device.Id);
            return Reply.Done(id, new EnrollReply(secret, Authority: registry.Authority.Pem));
        }

        return registry.Certify(device, request.Csr, out string? why) is { } certificate
            ? Reply.Done(id, new EnrollReply(null, certificate, registry.Authority.Pem))
            : Reply.Refused(id, ReplyCode.Invalid, $"body.{why}");
    }

    private void Plan(Received message, PlanRequest request, CancellationToken ct)
    {
        MessageId id = message.Envelope.Id;
        Reply? refusal = plans.TryBegin(
            id,
            request,
            [],
            reply =>
            {
                Send(message, RequestOp.Plan, reply);
                return Task.CompletedTask;
            },
            ct,
            begun: () => Send(message, RequestOp.Plan, Reply.Pending(id)));
        if (refusal is not null)
        {
            Send(message, RequestOp.Plan, refusal);
        }
    }

    private void Send(Received message, RequestOp op, Reply reply) =>
        broker.TrySend(message.From, new DownTopic.Reply(op), broker.NewId(), reply);
}
