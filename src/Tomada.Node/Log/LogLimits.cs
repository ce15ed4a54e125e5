namespace Tomada.Node;

/// <summary>Every bound of the public log's parts, and what happens at it.</summary>
public static class LogLimits
{
    /// <summary>
    /// Full tiles kept in memory, about 16 KiB each; when full the memory starts again from empty.
    /// </summary>
    public const int TilesMax = 2_048;

    /// <summary>
    /// Entries after which the end of the tree is kept again; a start reads as many again.
    /// </summary>
    public const long EdgeEntriesMax = 4_096;

    /// <summary>Messages about heads that wait; a further one is dropped.</summary>
    public const int HeadInputsMax = 256;

    /// <summary>
    /// Strangers' requests for a cosignature that wait; a further one is refused.
    /// </summary>
    public const int WitnessMax = 64;

    /// <summary>Blocks that wait to be looked at for cosigning; who brings more waits.</summary>
    public const int StandsMax = 64;

    /// <summary>Heads with a quorum that are kept on disk; older ones go.</summary>
    public const int HeadsKept = 256;

    /// <summary>Proofs of two heads that wait to be reported; a further one is not kept.</summary>
    public const int FoundMax = 64;

    /// <summary>
    /// How long the newest cosigned head may stay unwritten, in wall time: losing it costs a
    /// question to the peers.
    /// </summary>
    public static readonly TimeSpan KeepHeadsPeriod = TimeSpan.FromSeconds(1);
}
