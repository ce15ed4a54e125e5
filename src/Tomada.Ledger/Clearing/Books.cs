using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>How the accounts of a company are read.</summary>
internal static class Books
{
    /// <summary>The company's account of a kind, in the amount's currency.</summary>
    public static AccountId Of(CompanyId company, AccountKind kind, Money amount) =>
        new(company, kind, amount.Currency);

    /// <summary>What the account is owed (positive) or owes (negative), in minor units.</summary>
    public static long BalanceOf(
        ImmutableSortedDictionary<AccountId, Account> accounts, AccountId id) =>
        accounts.TryGetValue(id, out Account? account) ? account.Debits - account.Credits : 0;

    /// <summary>Whether the CDR moves money between two companies.</summary>
    public static bool Moves(Cdr cdr) => cdr.Total.Amount > 0 && cdr.Home != cdr.Owner;
}
