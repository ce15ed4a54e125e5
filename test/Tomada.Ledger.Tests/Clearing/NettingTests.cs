using System.Collections.Immutable;
using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Clearing;

public sealed class NettingTests
{
    private static readonly ImmutableArray<CompanyId> s_companies =
        [.. Enumerable.Range(0, 12).Select(i => CompanyId.Parse($"br-{(char)('a' + i)}00"))];

    private static readonly Gen<Claim[]> s_claims = Gen.Select(
        Gen.Int[0, 11],
        Gen.Int[0, 11],
        Gen.OneOf(Gen.Long[0, 20], Gen.Long[0, 1_000_000_000]),
        Gen.OneOf(Currency.Brl, Currency.Eur),
        (from, to, amount, currency) =>
            new Claim(s_companies[from], s_companies[to], new Money(amount, currency)))
        .Array[0, 60];

    [Fact]
    public void Three_companies_in_a_circle_pay_nothing_when_all_owe_the_same()
    {
        ImmutableArray<Position> positions = Netting.Positions(
            [Owes(0, 1, 700), Owes(1, 2, 700), Owes(2, 0, 700)]);

        Assert.Equal([0, 0, 0], positions.Select(x => x.Net.Amount));
        Assert.Empty(Netting.Payments(positions));
    }

    [Fact]
    public void The_largest_debtor_pays_the_largest_creditor_first()
    {
        ImmutableArray<Payment> payments = Netting.Payments(Netting.Positions(
            [Owes(0, 1, 100), Owes(2, 3, 300), Owes(2, 1, 50)]));

        Assert.Equal(
            [(1, 2, 3, 300), (2, 0, 1, 100), (3, 2, 1, 50)],
            payments.Select(x => (x.Number, Index(x.From), Index(x.To), (int)x.Amount.Amount)));
    }

    [Fact]
    public void Equals_are_paid_in_the_order_of_their_ids()
    {
        ImmutableArray<Payment> payments = Netting.Payments(Netting.Positions(
            [Owes(3, 1, 10), Owes(2, 0, 10)]));

        Assert.Equal([(2, 0), (3, 1)], payments.Select(x => (Index(x.From), Index(x.To))));
    }

    [Fact]
    public void Currencies_are_netted_apart_and_numbered_on()
    {
        ImmutableArray<Payment> payments = Netting.Payments(Netting.Positions(
            [Owes(0, 1, 10) with { Amount = new Money(10, Currency.Eur) }, Owes(1, 0, 10)]));

        Assert.Equal(
            [(1, Currency.Brl), (2, Currency.Eur)],
            payments.Select(x => (x.Number, x.Amount.Currency)));
    }

    [Fact]
    public void Positions_sum_to_zero_and_say_what_each_company_is_owed() =>
        s_claims.Sample(claims =>
        {
            ImmutableArray<Position> positions = Netting.Positions(claims);
            return positions.GroupBy(x => x.Net.Currency).All(x => x.Sum(y => y.Net.Amount) == 0)
                && positions.All(position => position.Net.Amount == claims
                    .Where(claim => claim.Amount.Currency == position.Net.Currency)
                    .Sum(claim => (claim.Creditor == position.Company ? claim.Amount.Amount : 0)
                        - (claim.Debtor == position.Company ? claim.Amount.Amount : 0)));
        });

    [Fact]
    public void Paying_the_payments_leaves_everyone_at_zero_with_at_most_n_minus_1_of_them() =>
        s_claims.Sample(claims =>
        {
            ImmutableArray<Position> positions = Netting.Positions(claims);
            ImmutableArray<Payment> payments = Netting.Payments(positions);
            var open = positions.ToDictionary(x => (x.Company, x.Net.Currency), x => x.Net.Amount);
            foreach (Payment payment in payments)
            {
                open[(payment.From, payment.Amount.Currency)] += payment.Amount.Amount;
                open[(payment.To, payment.Amount.Currency)] -= payment.Amount.Amount;
            }

            return open.Values.All(x => x == 0)
                && payments.All(x => x.Amount.Amount > 0 && x.From != x.To)
                && payments.Select((x, i) => x.Number == i + 1).All(x => x)
                && positions.GroupBy(x => x.Net.Currency).All(group =>
                    payments.Count(x => x.Amount.Currency == group.Key)
                        <= Math.Max(0, group.Count(x => x.Net.Amount != 0) - 1));
        });

    [Fact]
    public void The_order_of_the_claims_does_not_matter() =>
        s_claims.Sample(claims =>
        {
            Claim[] reversed = [.. claims.Reverse()];
            return Netting.Positions(claims).SequenceEqual(Netting.Positions(reversed))
                && Netting.Payments(Netting.Positions(claims))
                    .SequenceEqual(Netting.Payments(Netting.Positions(reversed)));
        });

    private static Claim Owes(int debtor, int creditor, long amount) =>
        new(s_companies[debtor], s_companies[creditor], new Money(amount, Currency.Brl));

    private static int Index(CompanyId company) => s_companies.IndexOf(company);
}
