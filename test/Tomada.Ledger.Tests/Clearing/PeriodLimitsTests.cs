using System.Collections.Immutable;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Clearing;

public class PeriodLimitsTests
{
    [Fact]
    public void A_period_takes_a_bounded_number_of_CDRs_in_the_order_of_their_ids()
    {
        Cdr[] accepted = [.. Enumerable.Repeat(Owed(1), LedgerLimits.PeriodCdrsMax + 1)];

        Assert.Equal(accepted.SkipLast(1), Take(accepted));
    }

    [Fact]
    public void What_would_leave_the_range_of_money_waits_and_smaller_ones_go_on()
    {
        Cdr most = Owed(Money.AmountMax - 5);
        Cdr tooMuch = Owed(6);
        Cdr rest = Owed(5);

        Assert.Equal([most, rest], Take([most, tooMuch, rest]));
    }

    [Fact]
    public void A_currency_whose_positions_do_not_fit_waits()
    {
        Cdr[] accepted = [.. Enumerable.Range(0, 201).Select(i => Owed(1, CurrencyOf(i)))];
        Cdr known = Owed(1, CurrencyOf(7));

        ImmutableArray<Cdr> taken = Take([.. accepted, known]);

        Assert.Equal([.. accepted.SkipLast(1), known], taken);
        Assert.Equal(
            LedgerLimits.PeriodPositionsMax,
            Netting.Positions(taken.Select(PeriodRules.ClaimOf)).Length);
    }

    [Fact]
    public void The_largest_closing_fits_into_one_entry()
    {
        ImmutableArray<Position> positions = [.. Enumerable.Range(0, 4).SelectMany(currency =>
            Enumerable.Range(0, LedgerLimits.MembersMax).Select(company => new Position(
                CompanyId.Parse($"br-{company:000}"),
                new Money(
                    (company == 0 ? 99 : -1) * (Money.AmountMax / 100), CurrencyOf(currency)))))];
        Assert.Equal(LedgerLimits.PeriodPositionsMax, positions.Length);
        Period period = new(
            LedgerLimits.PeriodMax,
            PeriodState.Closed,
            LedgerWorld.Start,
            LedgerWorld.Start,
            positions,
            Netting.Payments(positions));
        ImmutableArray<Posting> postings = [.. positions.Select(position => new Posting(
            Books.Of(position.Company, AccountKind.Clearing, position.Net),
            Books.Of(position.Company, AccountKind.Settlement, position.Net),
            position.Net))];
        TransactionEntry entry = new(
            new byte[1_000], Outcome.Applied, [new PeriodClosed(period), new Posted(postings)]);

        Assert.InRange(Entry.Codec.Encode(entry).Length, 1, LedgerLimits.EntryBytesMax);
    }

    [Fact]
    public void Penalties_take_the_room_that_CDRs_leave()
    {
        PeriodRoom room = new();
        Cdr[] accepted = [.. Enumerable.Repeat(Owed(1), LedgerLimits.PeriodCdrsMax - 1)];
        Assert.Equal(accepted, room.Take(accepted, PeriodRules.ClaimOf));

        Cdr[] more = [Owed(Money.AmountMax), Owed(2), Owed(3)];
        Assert.Equal([more[1]], room.Take(more, PeriodRules.ClaimOf));
    }

    private static ImmutableArray<Cdr> Take(IEnumerable<Cdr> accepted) =>
        new PeriodRoom().Take(accepted, PeriodRules.ClaimOf);

    private static Currency CurrencyOf(int number) =>
        Currency.Parse($"{(char)('A' + (number / 26))}{(char)('A' + (number % 26))}X");

    private static Cdr Owed(long amount, Currency? currency = null) => new(
        default,
        LedgerWorld.A,
        LedgerWorld.Evse(LedgerWorld.B),
        Digest.Zero,
        LedgerWorld.Slot(0),
        0,
        [],
        new Money(amount, currency ?? Currency.Brl),
        CdrState.Accepted,
        LedgerWorld.Start,
        LedgerWorld.Start,
        null);
}
