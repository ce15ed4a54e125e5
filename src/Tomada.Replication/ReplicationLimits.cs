namespace Tomada.Replication;

/// <summary>Every bound of replication, and what happens at it.</summary>
public static class ReplicationLimits
{
    /// <summary>Transactions that wait to be decided; one more is answered BUSY.</summary>
    public const int PendingMax = 8_192;

    /// <summary>
    /// Of them, one company's; one more is answered BUSY. Below the ledger's window of numbers, so
    /// that a number never falls out of it while its transaction waits.
    /// </summary>
    public const int PendingPerCompanyMax = 1_000;

    /// <summary>
    /// One of so many transactions of a batch may be an emergency before everything else; further
    /// emergencies come after everything else.
    /// </summary>
    public const int EmergencyShare = 4;

    /// <summary>Bytes of transactions in one block; the rest waits for the next.</summary>
    public const int BatchBytesMax = 512 * 1024;

    /// <summary>Transactions in one gossip message; more go into further ones.</summary>
    public const int GossipTransactionsMax = 64;

    /// <summary>Own transactions that are sent again in one round; the oldest first.</summary>
    public const int RegossipMax = 256;

    /// <summary>How often own waiting transactions are sent again, in wall milliseconds.</summary>
    public const long RegossipMs = 1_000;

    /// <summary>Blocks in one answer to who is behind; it asks again for the rest.</summary>
    public const int BlocksPerAnswerMax = 128;

    /// <summary>Bytes of blocks in one answer, the first block not counted.</summary>
    public const int AnswerBytesMax = 4 * 1024 * 1024;

    /// <summary>Largest encoded part of a snapshot, in bytes; a larger one is refused.</summary>
    public const int SnapshotPartBytesMax = 4 * 1024 * 1024;

    /// <summary>Seals in one answer to a newcomer; it asks again for the rest.</summary>
    public const int SealsPerAnswerMax = 1_024;

    /// <summary>
    /// Blocks behind the others from which on transactions that peers pass on are not looked at:
    /// checking them takes the time that catching up needs, and their senders send them again.
    /// </summary>
    public const long FarBehindMin = 64;

    /// <summary>
    /// Blocks between the own tip and a snapshot from which on the snapshot is taken; below it the
    /// blocks are executed.
    /// </summary>
    public const long SnapshotGapMin = 2_000;

    /// <summary>
    /// Blocks behind the others from which on a node that runs already opens anew for a snapshot:
    /// more than at a start, because its devices lose their connections for a moment.
    /// </summary>
    public const long RunningSnapshotGapMin = 10 * SnapshotGapMin;

    /// <summary>
    /// How often a node that runs and is so far behind asks its peers for a snapshot, in monotonic
    /// milliseconds.
    /// </summary>
    public const long SnapshotAskMs = 5_000;

    /// <summary>
    /// Parts of one snapshot; a larger state has no snapshot and is made by executing its chain.
    /// </summary>
    public const int SnapshotPartsMax = 16_384;

    /// <summary>After so many wall milliseconds without an answer another peer is asked.</summary>
    public const long BlockRequestTimeoutMs = 1_000;

    /// <summary>
    /// How far a fresh block's time may lie from one's own ledger clock, times its factor.
    /// </summary>
    public const long ClockToleranceMs = 2_000;

    /// <summary>
    /// Blocks for so many T0 without a transaction of a company that waits: the leader censors it.
    /// </summary>
    public const int ComplaintFactor = 4;

    /// <summary>
    /// Remembered signature checks; at the limit the oldest is forgotten and checked again.
    /// </summary>
    public const int VerifiedMax = 65_536;

    /// <summary>A second, in milliseconds: the period of every limit per second.</summary>
    public const long SecondMs = 1_000;

    /// <summary>
    /// Newest heights whose votes are held in memory to find contradictions; older ones are in the
    /// store for a day.
    /// </summary>
    public const int WatchedHeightsMax = 1_024;

    /// <summary>How often heard votes are written down, in wall milliseconds.</summary>
    public const long KeepVotesMs = 2_000;

    /// <summary>Heights in one row of kept votes; more go into further rows.</summary>
    public const int HeardHeightsPerRowMax = 64;

    /// <summary>Votes that one message shows; the rest is not shown.</summary>
    public const int HeldVotesPerMessageMax = 512;

    /// <summary>Ballots of which a node shows its votes in a second; no more are shown.</summary>
    public const int ShowsPerSecondMax = 10;

    /// <summary>
    /// Votes of old heights in a second that are compared with the store; further ones are
    /// dropped.
    /// </summary>
    public const int RecallsPerSecondMax = 20;

    /// <summary>
    /// Guilts that are remembered as told; the oldest is forgotten and may be told again.
    /// </summary>
    public const int KnownGuiltsMax = 1_024;

    /// <summary>
    /// How often a node that starts asks who has not answered, in wall milliseconds.
    /// </summary>
    public const long AwakeningAskMs = 500;

    /// <summary>
    /// How long a node that starts waits for further answers once a quorum, itself counted, has
    /// spoken; in wall milliseconds. Who is reachable answers long before.
    /// </summary>
    public const long AwakeningGraceMs = 1_000;
}
