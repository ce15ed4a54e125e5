namespace Tomada.Devices;

/// <summary>Every bound of the reference clients.</summary>
public static class ClientLimits
{
    /// <summary>
    /// Messages received and not yet worked on; at the bound the connection waits.
    /// </summary>
    public const int InboxMax = 1_000;

    /// <summary>
    /// Session messages that wait to be sent; at the bound a new session is refused.
    /// </summary>
    public const int SessionQueueMax = 10_000;

    /// <summary>
    /// Sessions that a station keeps after its company has all of them, for whoever asks again;
    /// beyond them the oldest is forgotten. What the company does not have is never forgotten.
    /// </summary>
    public const int SessionsKeptMax = 1_000;

    /// <summary>Longest line on a cable, in bytes; a longer one ends the connection.</summary>
    public const int CableLineMax = 4_096;

    /// <summary>Reservations that a station keeps; one more is answered with BUSY.</summary>
    public const int ReservationsMax = 1_000;

    /// <summary>
    /// States of an EVSE that wait to be shown; at the bound the oldest is not shown.
    /// </summary>
    public const int ViewsMax = 16;

    /// <summary>
    /// Orders to a running session that wait; one more ends the session.
    /// </summary>
    public const int PowerOrdersMax = 16;

    /// <summary>
    /// How often a car asks again by itself when it is told BUSY and when to come back; then it
    /// takes BUSY for the answer.
    /// </summary>
    public const int BusyRetriesMax = 5;

    /// <summary>First pause before connecting again.</summary>
    public static TimeSpan ReconnectMin { get; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Longest pause before connecting again; each failure doubles it up to here.
    /// </summary>
    public static TimeSpan ReconnectMax { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the broker may take to answer a packet.</summary>
    public static TimeSpan MqttTimeout { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a car waits between attempts to find a plug, in wall time.</summary>
    public static TimeSpan CableRetry { get; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long ago a car may say it plugged in, in wall time; an earlier time counts as this.
    /// </summary>
    public static TimeSpan PlugLateMax { get; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a station waits for a car's last word when the power is off, in wall time; then
    /// what it metered so far counts.
    /// </summary>
    public static TimeSpan LastWordMax { get; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How far the ledger clock that a station keeps on disk may be off before it is kept anew, in
    /// wall time.
    /// </summary>
    public static TimeSpan KeptClockOffMax { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Shortest time between two readings of a running session, in wall time.</summary>
    public static TimeSpan MeterPauseMin { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Shortest time between two lines on a cable while power flows, in wall time.
    /// </summary>
    public static TimeSpan DrawPauseMin { get; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Messages kept for a company that misses them; the oldest is forgotten at the bound.
    /// </summary>
    public const int SentKept = 256;
}
