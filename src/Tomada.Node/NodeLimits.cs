using Tomada.Ledger;

namespace Tomada.Node;

/// <summary>Every bound of the node's own parts, and what happens there.</summary>
public static class NodeLimits
{
    /// <summary>Largest configuration file, in bytes; a larger one is refused.</summary>
    public const int ConfigBytesMax = 65_536;

    /// <summary>Most founders a configuration may ask for; the ledger's format bounds it.</summary>
    public const int FoundersMax = LedgerLimits.MembersMax;

    /// <summary>
    /// Most imported public keys that are kept ready; when full the cache starts again from empty,
    /// which costs one import (about 20 µs) for each key in use.
    /// </summary>
    public const int ImportedKeysMax = 4_096;

    /// <summary>
    /// Most rows one read returns; a caller that wants more asks again from where it stopped.
    /// </summary>
    public const int ReadRowsMax = 1_024;

    /// <summary>
    /// Largest store whose pages are checked at every start (it reads the whole file, about a
    /// second for a gibibyte); a larger one is checked when its last process was killed.
    /// </summary>
    public const long CheckedStoreBytesMax = 1L << 30;

    /// <summary>
    /// Malformed stores that are set aside; with one more the node does not start, for the disk
    /// fails.
    /// </summary>
    public const int SetAsideMax = 8;

    /// <summary>Snapshots of the state that are kept; older ones are removed.</summary>
    public const int SnapshotsKept = 2;

    /// <summary>
    /// Fewest log entries between two snapshots. A larger state waits for as many entries as it
    /// has rows, so that snapshots cost each entry about one row, however large the state grows.
    /// </summary>
    public const long SnapshotEntriesMin = 10_000;

    /// <summary>Peers' requests for older blocks that wait; a further one is dropped.</summary>
    public const int ChainRequestsMax = 64;

    /// <summary>
    /// Of them, one peer's: one for the rest above its tip and one for a hole below; a further one
    /// is dropped.
    /// </summary>
    public const int ChainRequestsPerPeerMax = 2;

    /// <summary>
    /// Answers with older blocks that wait to be checked; a further one is dropped and asked again.
    /// </summary>
    public const int ChainAnswersMax = 4;

    /// <summary>How long a peer may take to send older blocks; then another one is asked.</summary>
    public static readonly TimeSpan ChainAnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Age of a network from which on a starting node asks for a snapshot; a younger one has no
    /// history that is worth it.
    /// </summary>
    public static readonly TimeSpan SyncNetworkAgeMin = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a node that opened anew for a snapshot does not do so again; meanwhile it executes
    /// blocks.
    /// </summary>
    public static readonly TimeSpan OpenAnewPeriod = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a starting node waits for a first peer before it goes on with what it has.
    /// </summary>
    public static readonly TimeSpan SyncPeersWait = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Messages of peers that are kept until a starting node takes part; the oldest goes first.
    /// </summary>
    public const int KeptMessagesMax = 256;

    /// <summary>How long a peer may take for an answer about a snapshot.</summary>
    public static readonly TimeSpan SyncAnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How often progress is logged.</summary>
    public static readonly TimeSpan SyncSayPeriod = TimeSpan.FromSeconds(2);

    /// <summary>How often the store is looked at for damaged and missing blocks.</summary>
    public static readonly TimeSpan RepairPeriod = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Most reading connections kept open; further ones are closed after their query.
    /// </summary>
    public const int IdleReadersMax = 8;
}
