namespace Tomada.Node;

/// <summary>Every bound of the public API, and what happens there.</summary>
public static class PublicApiLimits
{
    /// <summary>Most items of one page; a larger limit is refused with 400.</summary>
    public const int PageMax = 100;

    /// <summary>Items of a page when none is asked for.</summary>
    public const int PageDefault = 50;

    /// <summary>
    /// Log entries that one page of a narrowed list looks at; then the page ends, perhaps empty,
    /// with a cursor to go on from.
    /// </summary>
    public const int ScanEntriesMax = 5_000;

    /// <summary>
    /// Summaries of blocks kept in memory; when full the memory starts again from empty.
    /// </summary>
    public const int SummariesMax = 4_096;

    /// <summary>Blocks read at once while the index is built after a start.</summary>
    public const int BlocksPerReadMax = 16;

    /// <summary>Open event streams; a further one is answered with 503.</summary>
    public const int StreamsMax = 512;

    /// <summary>Exports at the same time; a further one is answered with 503.</summary>
    public const int ExportsMax = 4;

    /// <summary>Bytes of an export that are gathered before they are sent.</summary>
    public const int ExportFlushBytes = 64 * 1_024;

    /// <summary>Longest wait for a transaction, in s; a longer one is refused with 400.</summary>
    public const int WaitSecondsMax = 10;

    /// <summary>
    /// Longest wait until the newest state can be proven, in wall time; then 503, or an older one
    /// when no height was asked for.
    /// </summary>
    public static readonly TimeSpan StateWait = TimeSpan.FromSeconds(2);

    /// <summary>What clients are told to wait before they ask again, in s.</summary>
    public const int RetryAfterSeconds = 1;

    /// <summary>Longest request line, in bytes; a longer one is answered with 414.</summary>
    public const int RequestLineBytesMax = 4_096;

    /// <summary>
    /// Largest headers of a request, in bytes; larger ones are answered with 431.
    /// </summary>
    public const int HeaderBytesMax = 16_384;

    /// <summary>Largest body: reads have none; any is answered with 413.</summary>
    public const int BodyBytesMax = 0;

    /// <summary>Open connections; further ones are closed at once.</summary>
    public const int ConnectionsMax = 1_024;

    /// <summary>Requests of one address in a row, before the rate counts.</summary>
    public const int RateBurst = 400;

    /// <summary>Requests of one address in a second; further ones are answered with 429.</summary>
    public const int RatePerSecond = 100;

    /// <summary>Between two signs of life of an event stream, in wall time.</summary>
    public static readonly TimeSpan AlivePeriod = TimeSpan.FromSeconds(10);
}

/// <summary>How many requests one address may make.</summary>
/// <param name="Burst">In a row; the size of its bucket.</param>
/// <param name="PerPeriod">Put back into the bucket at each period.</param>
/// <param name="Period">Wall time.</param>
public sealed record AddressRate(int Burst, int PerPeriod, TimeSpan Period)
{
    public static AddressRate Default { get; } = new(
        PublicApiLimits.RateBurst, PublicApiLimits.RatePerSecond, TimeSpan.FromSeconds(1));
}
