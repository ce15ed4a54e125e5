using Tomada.DeviceApi;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Devices;

/// <summary>A simulated car.</summary>
public sealed record CarOptions
{
    public required LinkOptions Link { get; init; }

    public required VehicleModel Vehicle { get; init; }

    /// <summary>
    /// State of charge at its first start, 0 to 1000 permille; later it is what it was.
    /// </summary>
    public required int StartSocPermille { get; init; }

    /// <summary>Where the sockets of this machine's stations are found.</summary>
    public required string CableFolder { get; init; }
}

/// <summary>What happens to a car, for displays and tests.</summary>
public abstract record CarEvent(string Car)
{
    public sealed record Online(string Car) : CarEvent(Car);

    public sealed record Offline(string Car, string Why) : CarEvent(Car);

    /// <summary>The station lets no more than so much flow from now on; 0 holds it back.</summary>
    public sealed record Limited(string Car, EvseId Evse, int PowerMaxW, Timestamp At)
        : CarEvent(Car);

    /// <summary>A reservation of this car changed on the ledger.</summary>
    public sealed record ReservationChanged(
        string Car, ReservationBody Reservation) : CarEvent(Car);

    /// <summary>The proof of a confirmed trip came and is on disk.</summary>
    public sealed record ReceiptKept(string Car, TripId Trip, string File) : CarEvent(Car);

    /// <summary>The company is busy; the car asks again by itself.</summary>
    public sealed record Waiting(string Car, string Why, long AgainAfterMs) : CarEvent(Car);

    public sealed record Departed(string Car, string From, string To, Timestamp At) : CarEvent(Car);

    /// <summary>A place on the way, with the metres left of this drive.</summary>
    public sealed record Passed(
        string Car, string Place, int SocPermille, long RemainingM, Timestamp At)
        : CarEvent(Car);

    public sealed record Arrived(
        string Car, string Place, int SocPermille, Timestamp At) : CarEvent(Car);

    public sealed record Charging(
        string Car, EvseId Evse, string Session, int SocPermille, long EnergyWh,
        int PowerW) : CarEvent(Car);

    public sealed record Charged(
        string Car, EvseId Evse, string Session, int SocPermille, long EnergyWh, Timestamp At)
        : CarEvent(Car);
}

/// <summary>A drive could not be finished.</summary>
public sealed class DriveFailedException : Exception
{
    public DriveFailedException()
    {
    }

    public DriveFailedException(string why)
        : base(why)
    {
    }

    public DriveFailedException(string why, Exception innerException)
        : base(why, innerException)
    {
    }
}
