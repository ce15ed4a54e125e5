using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;
using static Tomada.Audit.Tests.Replay.ForgedLog;

namespace Tomada.Audit.Tests.Replay;

/// <summary>Holds, credits and suspense in a log that a quorum of liars certified.</summary>
public class MoneyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_hold_that_is_resolved_twice_breaks_I3(bool inOneEntry)
    {
        (long height, int at) = Find(entry => EffectsOf(entry).Any(each => each is LegEnded));
        LegEnded ended = EffectAt<LegEnded>(height, at);
        Finding finding = FindingOf(height - 1, block => inOneEntry
            ? Replace(block, at, entry => WithEffects(entry, effects => [.. effects, ended]))
            : Insert(block, at + 1, ended));
        Is("I3", height, FirstIndexOf(height) + at + (inOneEntry ? 0 : 1), finding);
    }

    [Fact]
    public void A_hold_below_zero_breaks_I3()
    {
        (long height, int at) = Find(entry => EffectsOf(entry).Any(each => each is TripHeld));
        Forger forger = Forger.After(Chains.Trip, height - 1);
        SignedTransaction sound = TransactionAt(height, at);
        ProposeTrip trip = (ProposeTrip)sound.Content.Body;
        SignedTransaction below = forger.Sign(sound.Content.Company, trip with
        {
            Legs =
            [
                .. trip.Legs.Select(leg =>
                    leg with { PriceCap = leg.PriceCap with { Amount = -1 } }),
            ],
        });
        Block refused = forger.Sound(1_000, below);
        int place = PlaceOf(refused, below);
        TripId id = new(below.Id.Digest);
        Finding finding = FindingIn(forger, Replace(refused, place, _ => new TransactionEntry(
            below.Bytes.ToArray(),
            Outcome.Applied,
            [new TripHeld(id, new Timestamp(forger.State.Time.UnixMs + 31_000))])));
        Is("I3", height, forger.State.Size + place, finding);
    }

    [Fact]
    public void A_trip_that_is_confirmed_after_its_deadline_breaks_I4()
    {
        (long height, int at) = Find(
            entry => EffectsOf(entry).Any(each => each is TripConfirmed));
        Forger forger = Forger.After(Chains.Trip, height - 1);
        Trip trip = forger.State.Trips[EffectAt<TripConfirmed>(height, at).Trip];
        AnswerLeg answer = (AnswerLeg)TransactionAt(height, at).Content.Body;
        SignedTransaction late = forger.Sign(TransactionAt(height, at).Content.Company, answer);
        Block refused = forger.Sound(
            trip.DecideBy.UnixMs - forger.State.Time.UnixMs + 1, late);
        int place = PlaceOf(refused, late);
        Assert.Contains(
            refused.Entries.Take(place).SelectMany(each => EffectsOf(Entry.Codec.Decode(each))),
            each => each is TripExpired expired && expired.Trip == trip.Id);

        // The liars leave out the expiry and confirm.
        Block confirmed = Replace(refused, place, _ => new TransactionEntry(
            late.Bytes.ToArray(), Outcome.Applied, [new TripConfirmed(trip.Id)]));
        Finding finding = FindingIn(
            forger, Forger.Reseal(new Block(confirmed.Entries.RemoveRange(0, place))));
        Is("I4", height, forger.State.Size, finding);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_credit_that_nothing_asks_for_or_that_comes_twice_breaks_I8(int times)
    {
        Forger forger = AfterCdr(out Cdr cdr);
        Posted credit = new([new Posting(
            new AccountId(cdr.Home, AccountKind.Suspense, cdr.Total.Currency),
            new AccountId(cdr.Owner, AccountKind.Suspense, cdr.Total.Currency),
            cdr.Total)]);
        Block sound = forger.Sound(1_000);
        Block block = Insert(sound, 0, [.. Enumerable.Repeat<Effect>(credit, times)]);
        Is("I8", forger.State.Height + 1, forger.State.Size, FindingIn(forger, block));
    }

    [Fact]
    public void Suspense_that_leaves_without_an_acceptance_breaks_I9()
    {
        Forger forger = AfterCdr(out Cdr cdr);
        Posted moved = new([new Posting(
            new AccountId(cdr.Owner, AccountKind.Clearing, cdr.Total.Currency),
            new AccountId(cdr.Owner, AccountKind.Suspense, cdr.Total.Currency),
            cdr.Total)]);
        Block block = Insert(forger.Sound(1_000), 0, moved);
        Is("I9", forger.State.Height + 1, forger.State.Size, FindingIn(forger, block));
    }

    [Fact]
    public void An_acceptance_that_nobody_gave_breaks_I9()
    {
        Forger forger = AfterCdr(out Cdr cdr);
        Block block = Insert(forger.Sound(1_000), 0, new CdrAccepted(cdr.Session));
        Is("I9", forger.State.Height + 1, forger.State.Size, FindingIn(forger, block));
    }

    [Fact]
    public void A_period_that_nets_what_is_in_suspense_breaks_I9()
    {
        Forger forger = AfterCdr(out Cdr cdr);
        SignedTransaction close = forger.Sign(
            forger.Members.Members[0].Company,
            new ClosePeriod(forger.State.Periods.Keys.Max()));
        Block sound = forger.Sound(1_000, close);
        int at = PlaceOf(sound, close);
        Block block = Replace(sound, at, entry => WithEffects(entry, effects => [.. effects.Select(
            each => each is PeriodClosed closed ? Netted(closed.Period, cdr) : each)]));
        Is("I9", forger.State.Height + 1, forger.State.Size + at, FindingIn(forger, block));
    }

    [Fact]
    public void A_period_that_nets_what_nobody_owes_breaks_I5_and_not_I9()
    {
        Forger forger = AfterCdr(out Cdr cdr);
        SignedTransaction close = forger.Sign(
            forger.Members.Members[0].Company,
            new ClosePeriod(forger.State.Periods.Keys.Max()));
        Block sound = forger.Sound(1_000, close);
        int at = PlaceOf(sound, close);
        Cdr other = cdr with { Total = cdr.Total with { Amount = cdr.Total.Amount + 1 } };
        Block block = Replace(sound, at, entry => WithEffects(entry, effects => [.. effects.Select(
            each => each is PeriodClosed closed ? Netted(closed.Period, other) : each)]));
        Is("I5", forger.State.Height + 1, forger.State.Size + at, FindingIn(forger, block));
    }

    private static PeriodClosed Netted(Period period, Cdr cdr)
    {
        ImmutableArray<Position> positions =
            Netting.Positions([new Claim(cdr.Home, cdr.Owner, cdr.Total)]);
        return new PeriodClosed(period with
        {
            State = PeriodState.Closed,
            Positions = positions,
            Payments = Netting.Payments(positions),
        });
    }

    /// <summary>Stands where a CDR between two companies waits in suspense.</summary>
    private static Forger AfterCdr(out Cdr cdr)
    {
        (long height, int at) = Find(entry => EffectsOf(entry).Any(each =>
            each is CdrIssued issued && issued.Cdr.Home != issued.Cdr.Owner
            && issued.Cdr.Total.Amount > 0));
        Forger forger = Forger.After(Chains.Trip, height);
        cdr = forger.State.Cdrs[EffectAt<CdrIssued>(height, at).Cdr.Session];
        Assert.Equal(CdrState.Issued, cdr.State);
        return forger;
    }

    private static void Is(string invariant, long height, long index, Finding finding) =>
        Assert.Equal(
            (FindingClass.Rules, invariant, height, index),
            (finding.Class, finding.Invariant, finding.Height!.Value, finding.Index!.Value));

    private static Entry EntryAt(long height, int at) => Entry.Codec.Decode(
        Block.Codec.Decode(Chains.Trip.Blocks[(int)height - 1].Value).Entries[at]);

    private static T EffectAt<T>(long height, int at)
        where T : Effect => EffectsOf(EntryAt(height, at)).OfType<T>().First();

    private static SignedTransaction TransactionAt(long height, int at)
    {
        Assert.True(SignedTransaction.TryDecode(
            ((TransactionEntry)EntryAt(height, at)).Transaction, out var transaction, out _));
        return transaction!;
    }

    private static int PlaceOf(Block block, SignedTransaction transaction) =>
        block.Entries.Select(each => Entry.Codec.Decode(each)).ToList().FindIndex(each =>
            each is TransactionEntry one
            && one.Transaction.AsSpan().SequenceEqual(transaction.Bytes.Span));
}
