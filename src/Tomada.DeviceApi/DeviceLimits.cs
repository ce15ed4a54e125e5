namespace Tomada.DeviceApi;

/// <summary>Every bound of the border between a company and its devices.</summary>
public static class DeviceLimits
{
    /// <summary>Largest payload, in bytes; a larger one is refused and counted.</summary>
    public const int PayloadBytesMax = 65_536;

    /// <summary>Deepest nesting of a payload; a deeper one is refused.</summary>
    public const int DepthMax = 16;

    /// <summary>
    /// Longest free text (firmware, reasons), in characters; a longer one is refused.
    /// </summary>
    public const int TextMax = 200;

    /// <summary>
    /// Messages of one device per second, on average; above it the sender is told BUSY.
    /// </summary>
    public const int RatePerSecond = 20;

    /// <summary>Messages that a device may send at once after a pause.</summary>
    public const int RateBurst = 100;

    /// <summary>
    /// Messages to one device that are sent and not yet acknowledged; the rest waits.
    /// </summary>
    public const int OutboxUnackedMax = 16;

    /// <summary>Messages that wait for one device; at the bound the newest is refused.</summary>
    public const int OutboxMax = 1_000;

    /// <summary>MQTT sessions of one device at a time; one more is refused.</summary>
    public const int SessionsPerDeviceMax = 4;

    /// <summary>
    /// Longest receipt, in characters, so that its message fits; a longer one is not sent, and the
    /// device reads it over HTTP.
    /// </summary>
    public const int ReceiptCharactersMax = 49_152;

    /// <summary>Legs of one reservation.</summary>
    public const int LegsMax = 16;

    /// <summary>Alternatives that a car is offered for a broken leg.</summary>
    public const int AlternativesMax = 3;

    /// <summary>Plans of one reply.</summary>
    public const int PlansMax = 5;

    /// <summary>
    /// Times that one journey is planned anew after refused reservations; after that the car must
    /// ask for plans itself.
    /// </summary>
    public const int ReplansMax = 3;

    /// <summary>Windows that one journey could not have; beyond it the oldest are forgotten.
    /// </summary>
    public const int MissedMax = 16;

    /// <summary>Places to pass on one journey.</summary>
    public const int ViasMax = 8;

    /// <summary>Longest time that an owner's answer is waited for, in ms.</summary>
    public const long DecideWithinMaxMs = 3_600_000;

    /// <summary>Largest energy of one leg, in Wh.</summary>
    public const long EnergyWhMax = 1_000_000;

    /// <summary>Longest lead that a station is told, in ms of the ledger clock.</summary>
    public const long LeadMaxMs = 86_400_000;

    /// <summary>Longest range of a car, in m.</summary>
    public const long RangeMMax = 10_000_000;

    /// <summary>Fastest ledger clock of a simulated network, as a factor.</summary>
    public const int FactorMax = 7_200;

    /// <summary>Versions of the interface that a node says it speaks.</summary>
    public const int MajorsMax = 16;

    /// <summary>EVSEs of one station.</summary>
    public const int EvsesMax = 64;

    /// <summary>Longest that a device is told to stay away, in ms of the wall clock.</summary>
    public const long RetryAfterMaxMs = 86_400_000;

    /// <summary>Longest certificate or certificate request, in PEM characters.</summary>
    public const int PemMax = 8_000;

    /// <summary>Largest meter reading, in Wh.</summary>
    public const long MeterWhMax = 1L << 50;

    /// <summary>Largest power, in W.</summary>
    public const int PowerWMax = 10_000_000;

    /// <summary>Highest voltage of a plug, in mV.</summary>
    public const int VoltageMvMax = 2_000_000;

    /// <summary>Highest current of a plug, in mA.</summary>
    public const int CurrentMaMax = 10_000_000;

    /// <summary>Highest transaction sequence of one session.</summary>
    public const int TxSeqMax = 1_000_000;

    /// <summary>Highest boot counter and message sequence.</summary>
    public const long CounterMax = 1L << 52;

    /// <summary>Heartbeat intervals without any message after which a device is UNKNOWN.</summary>
    public const int MissedHeartbeatsMax = 3;

    /// <summary>How long a reply is kept for a repeated request.</summary>
    public static TimeSpan ReplyKept { get; } = TimeSpan.FromHours(24);

    /// <summary>A device that sent nothing else for this long sends a heartbeat.</summary>
    public static TimeSpan HeartbeatInterval { get; } = TimeSpan.FromSeconds(10);
}
