using System.Diagnostics;

namespace Tomada.DeviceApi;

/// <summary>A topic below a device's <c>dn/</c>: what its company says to it.</summary>
public abstract record DownTopic
{
    private DownTopic()
    {
    }

    public static IEnumerable<Type> Kinds => typeof(DownTopic).GetNestedTypes();

    /// <summary>The path below dn/.</summary>
    public string Path => this switch
    {
        Reply t => "reply/" + OpNames.Of(t.Op),
        Command t => "command/" + OpNames.Of(t.Op),
        ReservationEvent => "event/reservation",
        ReceiptEvent => "event/receipt",
        LegBrokenEvent => "event/leg-broken",
        Node => "node",
        _ => throw new UnreachableException(GetType().Name),
    };

    /// <summary>Whether a later subscriber is given the last message.</summary>
    public bool Retained => this is Node;

    public static bool TryParse(string path, out DownTopic? topic)
    {
        topic = path.Split('/') switch
        {
            ["reply", var op] => OpNames.Request(op) is { } request ? new Reply(request) : null,
            ["command", var op] => OpNames.Command(op) is { } command ? new Command(command) : null,
            ["event", "reservation"] => new ReservationEvent(),
            ["event", "receipt"] => new ReceiptEvent(),
            ["event", "leg-broken"] => new LegBrokenEvent(),
            ["node"] => new Node(),
            _ => null,
        };
        return topic is not null;
    }

    public sealed record Reply(RequestOp Op) : DownTopic;

    public sealed record Command(CommandOp Op) : DownTopic;

    /// <summary>A reservation of this device changed.</summary>
    public sealed record ReservationEvent : DownTopic;

    /// <summary>The proof that a trip of this device is confirmed.</summary>
    public sealed record ReceiptEvent : DownTopic;

    /// <summary>An owner could not keep a leg of this device's trip.</summary>
    public sealed record LegBrokenEvent : DownTopic;

    /// <summary>The node's presence and the ledger clock.</summary>
    public sealed record Node : DownTopic;
}

/// <summary>Operations as topics spell them.</summary>
public static class OpNames
{
    public static string Of(RequestOp op) => op switch
    {
        RequestOp.Boot => "boot",
        RequestOp.Plan => "plan",
        RequestOp.Reserve => "reserve",
        RequestOp.History => "history",
        RequestOp.Receipt => "receipt",
        RequestOp.Enroll => "enroll",
        RequestOp.Start => "start",
        _ => throw new UnreachableException(op.ToString()),
    };

    public static string Of(CommandOp op) => op switch
    {
        CommandOp.Hold => "hold",
        CommandOp.Reserve => "reserve",
        CommandOp.Release => "release",
        CommandOp.Resend => "resend",
        _ => throw new UnreachableException(op.ToString()),
    };

    public static RequestOp? Request(string text) => text switch
    {
        "boot" => RequestOp.Boot,
        "plan" => RequestOp.Plan,
        "reserve" => RequestOp.Reserve,
        "history" => RequestOp.History,
        "receipt" => RequestOp.Receipt,
        "enroll" => RequestOp.Enroll,
        "start" => RequestOp.Start,
        _ => null,
    };

    public static CommandOp? Command(string text) => text switch
    {
        "hold" => CommandOp.Hold,
        "reserve" => CommandOp.Reserve,
        "release" => CommandOp.Release,
        "resend" => CommandOp.Resend,
        _ => null,
    };
}
