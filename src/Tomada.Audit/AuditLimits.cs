namespace Tomada.Audit;

/// <summary>Every limit of the verifier, and what happens at it.</summary>
public static class AuditLimits
{
    /// <summary>
    /// Findings that are told one by one; what is beyond is counted, and the check goes on.
    /// </summary>
    public const int FindingsMax = 100;

    /// <summary>
    /// Signatures that are checked together, on all cores; a block may bring more.
    /// </summary>
    public const int ChecksAtOnce = 2_048;

    /// <summary>
    /// Threads that check signatures; more cores than that are left to others.
    /// </summary>
    public const int ThreadsMax = 16;

    /// <summary>
    /// Running sessions whose EVSE is remembered so that their stations' signatures are checked
    /// ahead; of further ones the execution checks them itself.
    /// </summary>
    public const int SessionsAheadMax = 100_000;

    /// <summary>Blocks after which the replay checks every row of the state again.</summary>
    public const int FullInvariantsEvery = 4_096;

    /// <summary>
    /// Heights after a fork that are searched for contradictions; the log may go on much longer.
    /// </summary>
    public const int ForkHeightsMax = 64;

    /// <summary>Public keys that are kept imported; beyond it all are forgotten once.</summary>
    public const int ImportedKeysMax = 4_096;

    /// <summary>Longest genesis, certificate or evidence file that is read; longer is
    /// refused.</summary>
    public const int FileBytesMax = 16 * 1_024 * 1_024;

    /// <summary>Tiles that a proof keeps in memory; the oldest goes.</summary>
    public const int TilesKeptMax = 64;

    /// <summary>Requests that a mirror has under way at a time.</summary>
    public const int RequestsAtOnce = 8;

    /// <summary>
    /// Longest row of an export: an entry's 65,535 bytes as JSON, quoted. A longer one is a
    /// finding.
    /// </summary>
    public const int ExportRowBytesMax = 1_024 * 1_024;

    /// <summary>Times that a request is tried before the node counts as unreachable.</summary>
    public const int TriesMax = 5;
}
