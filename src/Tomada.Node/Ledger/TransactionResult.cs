using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>How a submitted transaction ended.</summary>
/// <param name="Id">Its id.</param>
/// <param name="End">In a block, or not and why not.</param>
/// <param name="Outcome">When it is in a block: applied, or the rule that refused it.</param>
/// <param name="Effects">What it changed; empty otherwise.</param>
/// <param name="Height">Its block; 0 when it is in none.</param>
/// <param name="Index">Its entry in the log; -1 when it has none.</param>
/// <param name="Why">When it is in no block: why.</param>
public sealed record TransactionResult(
    TransactionId Id,
    TransactionEnd End,
    Outcome? Outcome,
    ImmutableArray<Effect> Effects,
    long Height,
    long Index,
    string? Why)
{
    /// <summary>Whether the rules accepted it.</summary>
    public bool IsApplied => Outcome is { IsApplied: true };

    /// <summary>One line for people: what went wrong, or "applied in block N".</summary>
    public string Explain() => this switch
    {
        { Outcome: { IsApplied: true } } => $"applied in block {Height}",
        { Outcome: { } refused } => $"refused: {refused.Code}: {refused.Detail}",
        _ => $"{End}: {Why}",
    };
}
