using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>Which voting key a company had at a height, by genesis and all changes.</summary>
public static class VotingKeyHistory
{
    /// <summary>
    /// The voting key in force at a height, of a member or of one that was; null for who never was
    /// one before. A change is in force from the height after its block.
    /// </summary>
    public static PublicKey? At(LedgerState state, CompanyId company, long height) =>
        At(state.Genesis, state.MemberHistory, company, height);

    internal static PublicKey? At(Working state, CompanyId company, long height) =>
        At(state.Genesis, state.MemberHistory.Rows, company, height);

    private static PublicKey? At(
        Genesis genesis,
        ImmutableSortedDictionary<long, ConcludedChange> history,
        CompanyId company,
        long height)
    {
        PublicKey? key = genesis.Draft.Founders
            .FirstOrDefault(each => each.Member.Company == company)?.Member.VotingKey;
        foreach ((long changedAt, ConcludedChange each) in history)
        {
            if (changedAt >= height)
            {
                break;
            }

            if (each.Change.Joining is { Member: var joined } && joined.Company == company)
            {
                key = joined.VotingKey;
            }
            else if (each.Change is MemberChange.Rotate { Key: KeyChange.VotingKey rotated } change
                && change.Company == company)
            {
                key = rotated.Key;
            }
        }

        return key;
    }
}
