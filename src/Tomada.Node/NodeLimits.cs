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
    /// Most reading connections kept open; further ones are closed after their query.
    /// </summary>
    public const int IdleReadersMax = 8;
}
