using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;

namespace Tomada.DeviceApi.Contract;

/// <summary>
/// Every message between a company and its devices. The border checks by this list, and the
/// published document, schemas and samples are written from it.
/// </summary>
public static class DeviceContract
{
    private static readonly ImmutableArray<DeviceKind> s_both =
        [DeviceKind.Car, DeviceKind.Station];

    private static readonly ImmutableArray<DeviceKind> s_car = [DeviceKind.Car];
    private static readonly ImmutableArray<DeviceKind> s_station = [DeviceKind.Station];

    /// <summary>All of them, those of the devices first.</summary>
    public static ImmutableArray<DeviceMessage> Messages { get; } =
        [.. Said(), .. Asked(), .. Told()];

    private static readonly FrozenDictionary<string, DeviceMessage> s_byName =
        Messages.ToFrozenDictionary(each => each.Name, StringComparer.Ordinal);

    /// <summary>What may be said on a topic.</summary>
    public static DeviceMessage Of(UpTopic topic) => s_byName[topic switch
    {
        UpTopic.State => "state",
        UpTopic.EvseState => "evse-state",
        UpTopic.Meter => "meter",
        UpTopic.Session => "session",
        UpTopic.Heartbeat => "heartbeat",
        UpTopic.Request t => "request-" + OpNames.Of(t.Op),
        UpTopic.Ack t => "ack-" + OpNames.Of(t.Op),
        UpTopic.Position => "position",
        _ => throw new UnreachableException(topic.Path),
    }];

    /// <summary>What may be said on a topic.</summary>
    public static DeviceMessage Of(DownTopic topic) => s_byName[topic switch
    {
        DownTopic.Reply t => "reply-" + OpNames.Of(t.Op),
        DownTopic.Command t => "command-" + OpNames.Of(t.Op),
        DownTopic.ReservationEvent => "event-reservation",
        DownTopic.ReceiptEvent => "event-receipt",
        DownTopic.LegBrokenEvent => "event-leg-broken",
        DownTopic.Node => "node",
        _ => throw new UnreachableException(topic.Path),
    }];

    /// <summary>
    /// Null, or what is wrong with a device's message: its body, or a session that is not the
    /// topic's.
    /// </summary>
    public static string? WhyNot(UpTopic topic, Envelope envelope)
    {
        string? why = Of(topic).WhyNot(envelope);
        return why is null && topic is UpTopic.Session at
            && envelope.TryRead(out SessionBody? body, out _) && body.Session != at.Id
            ? $"body.session: {body.Session}; the topic says {at.Id}"
            : why;
    }

    /// <summary>Whether this kind of device may say it.</summary>
    public static bool IsFor(UpTopic topic, DeviceKind kind) => Of(topic).Kinds.Contains(kind);

    private static IEnumerable<DeviceMessage> Said() =>
    [
        Up<StateBody>(
            "state", new UpTopic.State(), s_both,
            "Birth, goodbye, and as the will: death. One topic, so that none overtakes another."),
        Up<EvseStateBody>(
            "evse-state", new UpTopic.EvseState("{uid}"), s_station,
            "What an EVSE shows and where its transaction stands; UNKNOWN after validUntil."),
        Up<MeterBody>(
            "meter", new UpTopic.Meter("{uid}"), s_station, "A periodic sample of a meter."),
        Up<SessionBody>(
            "session", "session/{session}", new UpTopic.Session(default), s_station,
            "A step of a charging session, signed, in the order of txSeq, never lost."),
        Up<HeartbeatBody>(
            "heartbeat", new UpTopic.Heartbeat(), s_both,
            "A sign of life when nothing else was sent for the interval."),
        Up<PositionBody>(
            "position", new UpTopic.Position(), s_car, "State of charge and range."),
        .. Enum.GetValues<CommandOp>().Select(op => Up<Reply>(
            "ack-" + OpNames.Of(op), new UpTopic.Ack(op), s_station,
            $"The answer to command {OpNames.Of(op)}.")),
    ];

    private static IEnumerable<DeviceMessage> Asked() =>
    [
        Ask<BootRequest>(RequestOp.Boot, s_both, "The device introduces itself."),
        Answer<BootReply>(RequestOp.Boot, s_both),
        Ask<EnrollRequest>(RequestOp.Enroll, s_both, "A token is exchanged for a credential."),
        Answer<EnrollReply>(RequestOp.Enroll, s_both),
        Ask<PlanRequest>(RequestOp.Plan, s_car, "Asks for plans of a journey."),
        Answer<PlanReply>(RequestOp.Plan, s_car),
        Ask<ReserveRequest>(RequestOp.Reserve, s_car, "Asks for all stops of a trip, or none."),
        Answer<ReserveReply>(RequestOp.Reserve, s_car),
        Ask<HistoryRequest>(RequestOp.History, s_car, "Asks for the car's trips."),
        Answer<HistoryReply>(RequestOp.History, s_car),
        Ask<ReceiptRequest>(RequestOp.Receipt, s_car, "Asks for the proof of a confirmed trip."),
        Answer<ReceiptBody>(RequestOp.Receipt, s_car),
        Ask<StartRequest>(
            RequestOp.Start, s_station, "Somebody without a reservation wants to charge."),
        Answer<StartReply>(RequestOp.Start, s_station),
    ];

    private static IEnumerable<DeviceMessage> Told() =>
    [
        Command<HoldCommand>(CommandOp.Hold, "Can the window be kept? The ack decides."),
        Command<ReserveCommand>(CommandOp.Reserve, "The window belongs to the leg."),
        Command<ReleaseCommand>(CommandOp.Release, "The window need not be kept."),
        Command<ResendCommand>(
            CommandOp.Resend, "Messages of a session, or of a start, are missing."),
        Down<ReservationBody>(
            "event-reservation", new DownTopic.ReservationEvent(), s_car,
            "A reservation of this car changed."),
        Down<ReceiptBody>(
            "event-receipt", new DownTopic.ReceiptEvent(), s_car,
            "The proof that a trip of this car is confirmed."),
        Down<LegBrokenBody>(
            "event-leg-broken", new DownTopic.LegBrokenEvent(), s_car,
            "An owner could not keep a leg; what is near and free instead."),
        Down<NodeBody>(
            "node", new DownTopic.Node(), s_both,
            "The node's presence and the ledger clock; while offline, devices keep their queues."),
    ];

    private static DeviceMessage<T> Up<T>(
        string name, UpTopic topic, ImmutableArray<DeviceKind> kinds, string summary)
        where T : class, IDeviceBody<T> => Up<T>(name, topic.Path, topic, kinds, summary);

    private static DeviceMessage<T> Up<T>(
        string name, string path, UpTopic topic, ImmutableArray<DeviceKind> kinds, string summary)
        where T : class, IDeviceBody<T> => new()
        {
            Name = name,
            Path = "up/" + path,
            Kinds = kinds,
            Qos = topic.Qos,
            IsRetained = topic.Retained,
            Summary = summary,
        };

    private static DeviceMessage<T> Ask<T>(
        RequestOp op, ImmutableArray<DeviceKind> kinds, string summary)
        where T : class, IDeviceBody<T> =>
        Up<T>("request-" + OpNames.Of(op), new UpTopic.Request(op), kinds, summary);

    private static DeviceMessage<T> Down<T>(
        string name, DownTopic topic, ImmutableArray<DeviceKind> kinds, string summary)
        where T : class, IDeviceBody<T> => new()
        {
            Name = name,
            Path = "dn/" + topic.Path,
            Kinds = kinds,
            Qos = 1,
            IsRetained = topic.Retained,
            Summary = summary,
        };

    private static DeviceMessage<T> Command<T>(CommandOp op, string summary)
        where T : class, IDeviceBody<T> => Down<T>(
        "command-" + OpNames.Of(op), new DownTopic.Command(op), s_station, summary);

    private static DeviceReply<T> Answer<T>(RequestOp op, ImmutableArray<DeviceKind> kinds)
        where T : class, IDeviceBody<T> => new()
        {
            Name = "reply-" + OpNames.Of(op),
            Path = "dn/" + new DownTopic.Reply(op).Path,
            Kinds = kinds,
            Qos = 1,
            IsRetained = false,
            Summary = $"The answer to request {OpNames.Of(op)}; after PENDING exactly one more.",
        };
}
