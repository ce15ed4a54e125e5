using System.Collections.Immutable;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>One EVSE of a simulated station.</summary>
/// <param name="Id">Its id on the ledger.</param>
/// <param name="PowerMaxW">What it can deliver, in W.</param>
public sealed record StationEvse(EvseId Id, int PowerMaxW);

/// <summary>A simulated station.</summary>
public sealed record StationOptions
{
    /// <summary>
    /// How it reaches its company; its folder also holds its key, meters and journal.
    /// </summary>
    public required LinkOptions Link { get; init; }

    public required ImmutableArray<StationEvse> Evses { get; init; }

    /// <summary>Where cars of this machine find its sockets.</summary>
    public required string CableFolder { get; init; }

    /// <summary>Ledger time between two signed readings of a session; default 5 min.</summary>
    public TimeSpan MeterInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Delivered sessions that stay in the journal; 0 or more.</summary>
    public int SessionsKept { get; init; } = ClientLimits.SessionsKeptMax;
}

/// <summary>What happens at a station, for displays and tests.</summary>
public abstract record StationEvent(string Station)
{
    public sealed record Online(string Station) : StationEvent(Station);

    public sealed record Offline(string Station, string Why) : StationEvent(Station);

    /// <summary>An EVSE shows something else, from this ledger time on.</summary>
    public sealed record StatusChanged(
        string Station, EvseId Evse, EvseStatus Status, TransactionPhase Phase, LegId? Reservation,
        Timestamp At) : StationEvent(Station);

    /// <summary>Asked to keep a window; OK when it can.</summary>
    public sealed record Held(string Station, LegId Leg, ReplyCode Code) : StationEvent(Station);

    public sealed record Reserved(string Station, LegId Leg, TimeWindow Window, ReplyCode Code)
        : StationEvent(Station);

    public sealed record Released(string Station, LegId Leg) : StationEvent(Station);

    /// <summary>Something simulated goes wrong.</summary>
    public sealed record TroubleBegan(string Station, TroubleKind Kind, TimeSpan Lasts)
        : StationEvent(Station);

    public sealed record PlugRefused(
        string Station, EvseId Evse, string Why) : StationEvent(Station);

    public sealed record SessionStarted(
        string Station, SessionId Session, EvseId Evse, Timestamp At)
        : StationEvent(Station);

    public sealed record Metered(string Station, SessionId Session, long EnergyWh, int PowerW)
        : StationEvent(Station);

    public sealed record SessionEnded(
        string Station, SessionId Session, long EnergyWh, SessionEndReason Reason, Timestamp At)
        : StationEvent(Station);
}
