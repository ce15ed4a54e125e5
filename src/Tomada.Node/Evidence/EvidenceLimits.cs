namespace Tomada.Node;

/// <summary>Every bound of what a node keeps about lies, and what happens at it.</summary>
public static class EvidenceLimits
{
    /// <summary>How long heard votes are kept: 24 h of wall time; older ones are dropped.</summary>
    public static readonly TimeSpan VotesKept = TimeSpan.FromHours(24);

    /// <summary>
    /// Bytes of kept votes; at it the oldest go first, even if younger than a day. At three
    /// companies and a block each second a day takes about 90 MB.
    /// </summary>
    public const long VoteBytesMax = 256L * 1_024 * 1_024;

    /// <summary>Rows of evidence that wait to be reported; one more is not kept.</summary>
    public const int FoundMax = 256;

    /// <summary>
    /// How much later each member reports than the one before it in the order of their ids: mostly
    /// one reports, and the others see it on the ledger.
    /// </summary>
    public static readonly TimeSpan ReportStagger = TimeSpan.FromSeconds(2);

    /// <summary>How long after a report that came to nothing it is tried again.</summary>
    public static readonly TimeSpan ReportAgain = TimeSpan.FromSeconds(30);
}
