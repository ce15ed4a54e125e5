using System.Diagnostics;
using Tomada.DeviceApi;

namespace Tomada.Node.Broker;

/// <summary>
/// Reads every body once at the border, so that nothing behind it meets a malformed one.
/// </summary>
internal static class BorderCheck
{
    /// <summary>Null, or the field and what is allowed there.</summary>
    public static string? WhyNot(UpTopic topic, Envelope envelope) => topic switch
    {
        UpTopic.State => Why<StateBody>(envelope),
        UpTopic.EvseState => Why<EvseStateBody>(envelope),
        UpTopic.Meter => Why<MeterBody>(envelope),
        UpTopic.Session at => WhySession(at, envelope),
        UpTopic.Heartbeat => Why<HeartbeatBody>(envelope),
        UpTopic.Ack => Why<Reply>(envelope),
        UpTopic.Position => Why<PositionBody>(envelope),
        UpTopic.Request { Op: RequestOp.Boot } => Why<BootRequest>(envelope),
        UpTopic.Request { Op: RequestOp.Plan } => Why<PlanRequest>(envelope),
        UpTopic.Request { Op: RequestOp.Reserve } => Why<ReserveRequest>(envelope),
        UpTopic.Request { Op: RequestOp.History } => Why<HistoryRequest>(envelope),
        UpTopic.Request { Op: RequestOp.Receipt } => Why<ReceiptRequest>(envelope),
        _ => throw new UnreachableException(topic.Path),
    };

    /// <summary>
    /// Which kind of device may say it: a car has no meter, a station asks for no trip.
    /// </summary>
    public static bool IsFor(UpTopic topic, DeviceKind kind) => topic switch
    {
        UpTopic.EvseState or UpTopic.Meter or UpTopic.Session or UpTopic.Ack =>
            kind == DeviceKind.Station,
        UpTopic.Position => kind == DeviceKind.Car,
        UpTopic.Request
        {
            Op: RequestOp.Plan or RequestOp.Reserve or RequestOp.History or RequestOp.Receipt,
        } => kind == DeviceKind.Car,
        _ => true,
    };

    private static string? Why<T>(Envelope envelope)
        where T : class, IDeviceBody<T> => envelope.TryRead(out T? _, out string? why) ? null : why;

    private static string? WhySession(UpTopic.Session at, Envelope envelope) =>
        !envelope.TryRead(out SessionBody? body, out string? why) ? why
        : body.Session != at.Id ? $"body.session: {body.Session}; the topic says {at.Id}"
        : null;
}
