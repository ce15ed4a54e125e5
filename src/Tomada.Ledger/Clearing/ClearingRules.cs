using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>What a company owes or may come to owe, against its credit limit.</summary>
public static class ClearingRules
{
    private static readonly ImmutableArray<AccountKind> s_payable =
        [AccountKind.Suspense, AccountKind.Clearing, AccountKind.Settlement];

    /// <summary>
    /// The company's holds, and what its suspense, clearing and settlement accounts owe, each zero
    /// at the least: what others owe it within one kind of account lessens what it owes there, but
    /// never its holds or another kind. That is careful on purpose: a receivable may be disputed or
    /// stay unpaid when the payable falls due.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="company">Any company.</param>
    /// <param name="currency">Limits and exposures are per currency.</param>
    /// <returns>Zero or more, in minor units.</returns>
    public static Money Exposure(LedgerState state, CompanyId company, Currency currency)
    {
        state.Of(Tables.Held).TryGetValue(new HeldBy(company, currency), out long held);
        return new Money(held + Owed(state.Accounts, company, currency), currency);
    }

    /// <summary>The same while a block runs; a hold past its deadline does not count.</summary>
    internal static Money Exposure(Working state, CompanyId company, Currency currency) => new(
        HoldRules.SumOf(state, company, currency) + Owed(state.Accounts.Rows, company, currency),
        currency);

    private static long Owed(
        ImmutableSortedDictionary<AccountId, Account> accounts,
        CompanyId company,
        Currency currency) =>
        s_payable.Sum(kind =>
            Math.Max(0, -Books.BalanceOf(accounts, new AccountId(company, kind, currency))));
}
