using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// What one period still carries: so many claims, so many positions, and per currency so much in
/// gross that every net amount fits Money. What does not fit waits for the next period, which may
/// be closed at once.
/// </summary>
internal sealed class PeriodRoom
{
    private readonly SortedSet<(Currency Currency, CompanyId Company)> _positions = [];
    private readonly SortedDictionary<Currency, long> _gross = [];
    private int _taken;

    /// <summary>Those of them, in their order, that fit.</summary>
    public ImmutableArray<T> Take<T>(IEnumerable<T> all, Func<T, Claim> claimOf)
    {
        ImmutableArray<T>.Builder taken = ImmutableArray.CreateBuilder<T>();
        foreach (T each in all)
        {
            if (_taken == LedgerLimits.PeriodCdrsMax)
            {
                break;
            }

            if (TryTake(claimOf(each)))
            {
                taken.Add(each);
            }
        }

        return taken.ToImmutable();
    }

    private bool TryTake(Claim claim)
    {
        Currency currency = claim.Amount.Currency;
        SortedSet<(Currency, CompanyId)> parties =
            [(currency, claim.Debtor), (currency, claim.Creditor)];
        long sum = _gross.GetValueOrDefault(currency) + claim.Amount.Amount;
        int more = parties.Count(party => !_positions.Contains(party));
        if (sum > Money.AmountMax || _positions.Count + more > LedgerLimits.PeriodPositionsMax)
        {
            return false;
        }

        _gross[currency] = sum;
        _positions.UnionWith(parties);
        _taken++;
        return true;
    }
}
