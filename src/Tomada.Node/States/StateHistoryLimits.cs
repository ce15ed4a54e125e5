namespace Tomada.Node.States;

/// <summary>Every bound of the history of states, and what happens there.</summary>
public static class StateHistoryLimits
{
    /// <summary>
    /// How long the state of every height can be proven, in wall time of the blocks; older heights
    /// may go, except the ends of periods, which stay for ever.
    /// </summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>
    /// Bytes of all heights together; above, the oldest go before their time. The newest part is
    /// never dropped, so a very large state needs about two and a half times its own bytes.
    /// </summary>
    public const long BytesMax = 4L * 1024 * 1024 * 1024;

    /// <summary>
    /// Fewest bytes of changes before a new part begins with a copy of the whole state. A larger
    /// state waits for as many bytes as its copy had, so copies at most double what is written.
    /// </summary>
    public const long PartBytesMin = 16L * 1024 * 1024;

    /// <summary>
    /// Bytes of rows that wait to be written; when more come faster than the disk takes them, they
    /// are dropped and the history goes on from a later height, with a gap.
    /// </summary>
    public const long WaitingBytesMax = 64L * 1024 * 1024;

    /// <summary>Blocks that wait; a further one is dropped likewise.</summary>
    public const int WaitingBlocksMax = 16_384;

    /// <summary>Bytes gathered before they are handed to the system.</summary>
    internal const int WriteBytes = 1024 * 1024;
}
