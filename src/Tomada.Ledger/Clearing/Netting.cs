using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>What one CDR moves: the debtor owes the creditor.</summary>
public readonly record struct Claim(CompanyId Debtor, CompanyId Creditor, Money Amount);

/// <summary>
/// Multilateral netting: many claims become one net position per company and currency, and at most
/// n − 1 payments for n companies. A pure function of the claims, whatever their order.
/// </summary>
public static class Netting
{
    /// <summary>
    /// Every company that is party to a claim, with what it is owed (positive) or owes (negative)
    /// after all its claims; ordered by currency, then company. They sum to zero per currency.
    /// </summary>
    public static ImmutableArray<Position> Positions(IEnumerable<Claim> claims)
    {
        SortedDictionary<(Currency Currency, CompanyId Company), long> nets = [];
        foreach (Claim claim in claims)
        {
            Add(claim.Debtor, -claim.Amount.Amount);
            Add(claim.Creditor, claim.Amount.Amount);

            void Add(CompanyId company, long amount)
            {
                var key = (claim.Amount.Currency, company);
                nets[key] = nets.GetValueOrDefault(key) + amount;
            }
        }

        ImmutableArray<Position> positions =
        [
            .. nets.Select(net =>
                new Position(net.Key.Company, new Money(net.Value, net.Key.Currency))),
        ];
        RequireZeroSum(positions);
        return positions;
    }

    /// <summary>
    /// The payments that bring every position to zero, numbered from 1 in the order of currencies:
    /// again and again the largest debtor pays the largest creditor what the smaller of the two has
    /// open; equals go by company. Each payment finishes at least one of the two and the last one
    /// finishes both, hence at most n − 1 of them.
    /// </summary>
    public static ImmutableArray<Payment> Payments(ImmutableArray<Position> positions)
    {
        RequireZeroSum(positions);
        ImmutableArray<Payment>.Builder payments = ImmutableArray.CreateBuilder<Payment>();
        foreach (var group in positions.GroupBy(x => x.Net.Currency).OrderBy(x => x.Key))
        {
            SortedSet<(long MinusOpen, CompanyId Company)> debtors =
                [.. group.Where(x => x.Net.Amount < 0).Select(x => (x.Net.Amount, x.Company))];
            SortedSet<(long MinusOpen, CompanyId Company)> creditors =
                [.. group.Where(x => x.Net.Amount > 0).Select(x => (-x.Net.Amount, x.Company))];
            while (debtors.Count > 0)
            {
                var debtor = debtors.Min;
                var creditor = creditors.Min;
                long amount = -Math.Max(debtor.MinusOpen, creditor.MinusOpen);
                payments.Add(new Payment(
                    payments.Count + 1,
                    debtor.Company,
                    creditor.Company,
                    new Money(amount, group.Key),
                    PaymentState.Instructed,
                    null));
                Pay(debtors, debtor, amount);
                Pay(creditors, creditor, amount);
            }
        }

        return payments.ToImmutable();
    }

    private static void Pay(
        SortedSet<(long MinusOpen, CompanyId Company)> side,
        (long MinusOpen, CompanyId Company) who,
        long amount)
    {
        side.Remove(who);
        if (who.MinusOpen + amount < 0)
        {
            side.Add((who.MinusOpen + amount, who.Company));
        }
    }

    private static void RequireZeroSum(ImmutableArray<Position> positions)
    {
        foreach (var group in positions.GroupBy(x => x.Net.Currency))
        {
            Invariant.Require(
                group.Sum(x => x.Net.Amount) == 0, "I2 net positions sum to zero per currency");
        }
    }
}
