using System.Diagnostics;
using Tomada.Primitives;

namespace Tomada.DeviceApi;

/// <summary>What a device asks of its company.</summary>
public enum RequestOp
{
    Boot = 1,
    Plan = 2,
    Reserve = 3,
    History = 4,
    Receipt = 5,
    Enroll = 6,
    Start = 7,
}

/// <summary>What a company asks of its station.</summary>
public enum CommandOp
{
    Hold = 1,
    Reserve = 2,
    Release = 3,
    Resend = 4,
}

/// <summary>A topic below a device's <c>up/</c>: what it says to its company.</summary>
public abstract record UpTopic
{
    /// <summary>What may stand below up/.</summary>
    public const string Allowed =
        "state, evse/{uid}/state, meter/{uid}, session/{trip}-{leg}-{attempt}, heartbeat, "
        + "request/{boot|plan|reserve|history|receipt|enroll|start}, "
        + "ack/{hold|reserve|release|resend}, position";

    private UpTopic()
    {
    }

    public static IEnumerable<Type> Kinds => typeof(UpTopic).GetNestedTypes();

    /// <summary>The path below up/.</summary>
    public string Path => this switch
    {
        State => "state",
        EvseState t => $"evse/{t.Evse}/state",
        Meter t => $"meter/{t.Evse}",
        Session t => "session/" + t.Id.ToString().Replace('/', '-'),
        Heartbeat => "heartbeat",
        Request t => "request/" + OpNames.Of(t.Op),
        Ack t => "ack/" + OpNames.Of(t.Op),
        Position => "position",
        _ => throw new UnreachableException(GetType().Name),
    };

    /// <summary>
    /// Whether the last message is kept for late subscribers of an external broker.
    /// </summary>
    public bool Retained => this is State or EvseState;

    /// <summary>0 where loss is allowed, otherwise 1.</summary>
    public int Qos => this is Meter or Heartbeat or Position ? 0 : 1;

    public static bool TryParse(string path, out UpTopic? topic)
    {
        string[] parts = path.Split('/');
        topic = parts switch
        {
            ["state"] => new State(),
            ["evse", var uid, "state"] when IdRules.IsName(uid) => new EvseState(uid),
            ["meter", var uid] when IdRules.IsName(uid) => new Meter(uid),
            ["session", var id] => ParseSession(id),
            ["heartbeat"] => new Heartbeat(),
            ["request", var op] => OpNames.Request(op) is { } request ? new Request(request) : null,
            ["ack", var op] => OpNames.Command(op) is { } command ? new Ack(command) : null,
            ["position"] => new Position(),
            _ => null,
        };
        return topic is not null;
    }

    private static Session? ParseSession(string text)
    {
        try
        {
            return new Session(SessionId.Parse(text.Replace('-', '/')));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// Birth, death (the will) and goodbye on one topic, so that none overtakes another.
    /// </summary>
    public sealed record State : UpTopic;

    /// <summary>The state of one EVSE; its name without the company.</summary>
    public sealed record EvseState(string Evse) : UpTopic;

    /// <summary>A periodic sample; loss allowed.</summary>
    public sealed record Meter(string Evse) : UpTopic;

    /// <summary>Started, updated, ended: signed, in order, never lost.</summary>
    public sealed record Session(SessionId Id) : UpTopic;

    /// <summary>Only when nothing else was sent for the interval.</summary>
    public sealed record Heartbeat : UpTopic;

    public sealed record Request(RequestOp Op) : UpTopic;

    /// <summary>The answer to a command.</summary>
    public sealed record Ack(CommandOp Op) : UpTopic;

    /// <summary>A car's state of charge and range.</summary>
    public sealed record Position : UpTopic;
}
