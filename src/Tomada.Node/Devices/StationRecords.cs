using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>What is known of a station.</summary>
internal sealed class StationRecord(DeviceAddress address)
{
    public DeviceAddress Address => address;

    public long Boot { get; set; }

    public long StateSeq { get; set; }

    public bool Online { get; set; } = true;

    public long HeardMs { get; set; }

    public SortedDictionary<EvseId, EvseShown> Shown { get; } = [];

    public SortedDictionary<EvseId, (long Bs, long Seq)> ShownAt { get; } = [];
}

/// <summary>What a station was told of a leg, and has acknowledged.</summary>
internal sealed class LegWork(EvseId evse, long sinceMs)
{
    public EvseId Evse => evse;

    public long SinceMs => sinceMs;

    public bool WasAsked { get; set; }

    public PendingCommand? Command { get; set; }

    public SortedDictionary<CommandOp, ReplyCode> Acknowledged { get; } = [];

    public void Forget()
    {
        Command = null;
        Acknowledged.Clear();
    }
}

/// <summary>A command that is repeated until it is acknowledged.</summary>
internal sealed class PendingCommand(CommandOp op, MessageId id)
{
    public CommandOp Op => op;

    public MessageId Id => id;

    public long SentMs { get; set; }
}
