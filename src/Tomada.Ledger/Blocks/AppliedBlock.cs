using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>A block that was executed: what it says, and the state it leads to.</summary>
/// <param name="Block">Its bytes.</param>
/// <param name="Digest">Hash of its seal.</param>
/// <param name="Seal">Its last entry.</param>
/// <param name="Entries">The entries before the seal, in the block's order.</param>
/// <param name="Transactions">
/// Of each entry the transaction as decoded, so that nobody decodes it again; null for a rule's.
/// </param>
/// <param name="After">The state after it.</param>
/// <param name="Written">
/// The proven rows that it added or changed; removed ones are only missing in the tree.
/// </param>
public sealed record AppliedBlock(
    Block Block,
    Digest Digest,
    Seal Seal,
    ImmutableArray<Entry> Entries,
    ImmutableArray<SignedTransaction?> Transactions,
    LedgerState After,
    ImmutableArray<StateValue> Written)
{
    /// <summary>Whether it has neither a transaction nor an effect of a deadline.</summary>
    public bool IsEmpty => Seal.Count == 0;
}
