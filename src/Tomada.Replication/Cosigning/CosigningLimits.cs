namespace Tomada.Replication;

/// <summary>Every bound of cosigning, and what happens at it.</summary>
public static class CosigningLimits
{
    /// <summary>
    /// Between two heads that all cosign while blocks come fast, in milliseconds of wall time: the
    /// first block of each such stretch of block time. See <see cref="Milestone"/>.
    /// </summary>
    public const long PeriodMs = 250;

    /// <summary>
    /// How long the newest head must have stood before it is cosigned though it is no milestone,
    /// in monotonic milliseconds.
    /// </summary>
    public const long IdleMs = 50;

    /// <summary>
    /// Newest blocks whose ends are held in memory with their cosignatures; older ones are dropped,
    /// and not cosigned any more.
    /// </summary>
    public const int HeadsMax = 1_024;

    /// <summary>
    /// Cosignatures of one company over heads that are not in the own log yet; the oldest goes.
    /// </summary>
    public const int AwaitedPerCompanyMax = 8;

    /// <summary>
    /// Cosignatures of one company over heads that are not this log's; further ones prove nothing
    /// more and are dropped.
    /// </summary>
    public const int ForeignPerCompanyMax = 4;

    /// <summary>Cosignatures in one message; a sender puts no more into it.</summary>
    public const int PerMessageMax = 128;

    /// <summary>Messages about heads of one peer in a second; further ones are dropped.</summary>
    public const int MessagesPerSecondMax = 40;

    /// <summary>
    /// Wrong cosignatures of one peer in a second; at it the rest of the second is not checked.
    /// </summary>
    public const int WrongPerSecondMax = 4;

    /// <summary>
    /// How often a node that started asks who has not answered, in monotonic milliseconds.
    /// </summary>
    public const long AskMs = 500;
}
