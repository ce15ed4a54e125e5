using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Audit;

/// <summary>A block as the log has it, with who decided it.</summary>
/// <param name="FirstIndex">Index of its first entry.</param>
/// <param name="Block">The bytes.</param>
/// <param name="Digest">Hash of its seal.</param>
/// <param name="Entries">
/// Decoded; the seal last. An entry that does not decode is left out.
/// </param>
/// <param name="Transactions">
/// Of each entry the transaction as decoded; null for others and for what does not decode.
/// </param>
/// <param name="Seal">Its last entry.</param>
/// <param name="IsWhole">Whether every entry decodes.</param>
/// <param name="Members">Who decides at its height, by the log before it.</param>
internal sealed record LogBlock(
    long FirstIndex,
    Block Block,
    Digest Digest,
    ImmutableArray<Entry> Entries,
    ImmutableArray<SignedTransaction?> Transactions,
    Seal Seal,
    bool IsWhole,
    MemberSet Members);
