using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>Which identity keys a company ever had, by genesis and all changes.</summary>
public static class IdentityKeyHistory
{
    /// <summary>Every identity key of a company, the newest first; none for who never was a
    /// member.</summary>
    public static ImmutableArray<PublicKey> Of(LedgerState state, CompanyId company) =>
        Of(state.Genesis, state.MemberHistory, company);

    internal static ImmutableArray<PublicKey> Of(Working state, CompanyId company) =>
        Of(state.Genesis, state.MemberHistory.Rows, company);

    private static ImmutableArray<PublicKey> Of(
        Genesis genesis,
        ImmutableSortedDictionary<long, ConcludedChange> history,
        CompanyId company)
    {
        List<PublicKey> keys =
        [
            .. genesis.Draft.Founders.Where(each => each.Member.Company == company)
                .Select(each => each.Member.IdentityKey),
        ];
        foreach (ConcludedChange each in history.Values)
        {
            if (each.Change.Joining is { Member: var joined } && joined.Company == company)
            {
                keys.Add(joined.IdentityKey);
            }
            else if (each.Change
                is MemberChange.Rotate { Key: KeyChange.IdentityKey rotated } change
                && change.Company == company)
            {
                keys.Add(rotated.Key);
            }
        }

        keys.Reverse();
        return [.. keys.Distinct()];
    }
}
