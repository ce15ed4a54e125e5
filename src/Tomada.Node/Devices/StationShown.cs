using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>Where a status comes from.</summary>
public enum StatusSource
{
    /// <summary>No station has ever said what this EVSE shows.</summary>
    Nobody = 1,

    /// <summary>The station said so, and lives.</summary>
    Station = 2,

    /// <summary>The station said goodbye, or its will was published.</summary>
    Offline = 3,

    /// <summary>Nothing was heard of the station for three heartbeats.</summary>
    Silence = 4,

    /// <summary>What the station said was good until a time that has passed.</summary>
    Expired = 5,
}

/// <summary>What an EVSE says about itself, as far as it can be believed now.</summary>
/// <param name="Status">UNKNOWN unless the source is its station.</param>
/// <param name="Reservation">Whose turn it is.</param>
/// <param name="Since">Ledger time of the change; of what is not known: now.</param>
/// <param name="ValidUntil">Wall time; who shows it later shows UNKNOWN instead.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Signature">Of its station, that the reservation's leg cannot be kept.</param>
public sealed record EvseShown(
    EvseStatus Status, LegId? Reservation, Timestamp Since, Timestamp ValidUntil,
    StatusSource Source, byte[]? Signature = null);

/// <summary>A station as its company sees it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="IsOnline">Whether it is connected and has not been silent for too long.</param>
/// <param name="Evses">What each of its EVSEs shows.</param>
public sealed record StationShown(
    string Id, bool IsOnline, IReadOnlyList<StationEvseShown> Evses);

/// <summary>An EVSE of a station.</summary>
/// <param name="Evse">Its id.</param>
/// <param name="Shown">What it shows.</param>
/// <param name="Acknowledged">Legs whose window the station has acknowledged.</param>
public sealed record StationEvseShown(
    EvseId Evse, EvseShown Shown, IReadOnlyList<LegId> Acknowledged);
