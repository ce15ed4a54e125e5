using System.Collections.Immutable;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Charging;

public class MeterAndEndTests
{
    private static readonly EvseId s_b = LedgerWorld.Evse(LedgerWorld.B);

    private readonly LedgerWorld _world = LedgerWorld.WithStations();

    [Fact]
    public void Readings_move_the_session_forward()
    {
        Plug plug = Charging();

        Assert.True(plug.Report(1, plug.At(minutes: 5), 4_000).Outcome.IsApplied);
        Assert.True(plug.Report(2, plug.At(minutes: 9), 4_000).Outcome.IsApplied);

        Assert.Equal(
            (2, plug.At(minutes: 9), 4_000L),
            (plug.Session.LastSequence, plug.Session.LastAt, plug.Session.EnergyWh));
    }

    [Fact]
    public void An_ended_session_is_priced_in_its_block_and_frees_what_it_held()
    {
        Plug plug = Charging();

        TransactionEntry entry = plug.End(1, plug.At(minutes: 11), 20_000);

        Assert.Equal(Outcome.Applied, entry.Outcome);
        Assert.Equal(
            [typeof(CdrIssued), typeof(Posted), typeof(LegEnded), typeof(TripEnded)],
            entry.Effects.Select(effect => effect.GetType()));
        Assert.Equal(new Money(4_000, Currency.Brl), plug.Cdr.Total);
        Assert.Equal(CdrState.Issued, plug.Cdr.State);
        Assert.Equal(new TimeWindow(plug.Start.At, plug.At(minutes: 11)), plug.Cdr.Period);
        Assert.Equal(_world.State.Time, plug.Cdr.IssuedAt);
        Assert.Equal(SessionState.Completed, plug.Session.State);
        Assert.Equal(TripState.Completed, _world.State.Trips[plug.Id.Leg.Trip].State);
        Assert.Empty(_world.State.Holds);
        Assert.Empty(_world.State.Calendar);
        Assert.Equal((4_000, 0), Suspense(LedgerWorld.B));
        Assert.Equal((0, 4_000), Suspense(LedgerWorld.A));
    }

    [Fact]
    public void The_price_cap_binds_the_owner()
    {
        Plug plug = Charging(capAmount: 3_999);

        plug.End(1, plug.At(minutes: 11), 20_000);

        Assert.Equal(new Money(3_999, Currency.Brl), plug.Cdr.Total);
        Assert.Equal(40_000_000, Assert.Single(plug.Cdr.Lines).CostMicros);
        Assert.Equal((3_999, 0), Suspense(LedgerWorld.B));
    }

    [Fact]
    public void A_session_without_energy_costs_nothing_and_moves_nothing()
    {
        Plug plug = Charging();

        TransactionEntry entry = plug.End(1, plug.At(minutes: 11), 0);

        Assert.Equal(Money.Zero(Currency.Brl), plug.Cdr.Total);
        Assert.Empty(entry.Effects.OfType<Posted>());
        Assert.Empty(_world.State.Accounts);
    }

    [Fact]
    public void A_company_that_charges_at_its_own_EVSE_owes_nobody()
    {
        Plug plug = Plug.Charged(_world, LedgerWorld.B, s_b, 0);

        Assert.Equal(4_000, plug.Cdr.Total.Amount);
        Assert.Empty(_world.State.Accounts);
    }

    [Fact]
    public void A_session_may_end_at_its_last_reading_but_not_at_its_start()
    {
        Plug plug = Charging();

        Refused(OutcomeCode.NotMonotonic, plug.End(1, plug.Start.At, 0));
        plug.Report(1, plug.At(minutes: 5), 4_000);
        Assert.True(plug.End(2, plug.At(minutes: 5), 4_000).Outcome.IsApplied);
    }

    [Fact]
    public void Times_of_a_session_ascend()
    {
        Plug plug = Charging();
        plug.Report(1, plug.At(minutes: 5), 4_000);

        Refused(OutcomeCode.NotMonotonic, plug.Report(2, plug.At(minutes: 5), 5_000));
        Refused(OutcomeCode.NotMonotonic, plug.End(2, plug.At(minutes: 4), 5_000));
    }

    [Fact]
    public void A_meter_never_falls()
    {
        Plug plug = Charging();
        plug.Report(1, plug.At(minutes: 5), 4_000);

        Refused(OutcomeCode.NotMonotonic, plug.Report(2, plug.At(minutes: 6), 3_999));
        Refused(OutcomeCode.NotMonotonic, plug.End(2, plug.At(minutes: 6), 3_999));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Readings_come_without_gap_or_repetition(int sequence)
    {
        Plug plug = Charging();
        plug.Report(1, plug.At(minutes: 5), 4_000);

        Refused(OutcomeCode.NotMonotonic, plug.Report(sequence, plug.At(minutes: 6), 5_000));
        Refused(OutcomeCode.NotMonotonic, plug.End(sequence, plug.At(minutes: 6), 5_000));
    }

    [Fact]
    public void Nothing_comes_from_the_future()
    {
        Plug plug = Charging();
        Timestamp ahead = _world.State.Time.Plus(TimeSpan.FromMinutes(1));

        Refused(OutcomeCode.OutOfRules, plug.Report(1, ahead, 5_000));
        Refused(OutcomeCode.OutOfRules, plug.End(1, ahead, 5_000));
    }

    [Fact]
    public void No_session_delivers_more_than_a_megawatt_hour()
    {
        Plug plug = Charging();
        long tooMuch = LedgerLimits.EnergyWhMax + 1;

        Refused(OutcomeCode.OutOfRules, plug.Report(1, plug.At(minutes: 5), tooMuch));
        Refused(OutcomeCode.OutOfRules, plug.End(1, plug.At(minutes: 5), tooMuch));
        Assert.True(plug.End(1, plug.At(minutes: 5), tooMuch - 1).Outcome.IsApplied);
    }

    [Fact]
    public void Only_the_owner_with_the_station_key_reports()
    {
        Plug plug = Charging();
        Timestamp at = plug.At(minutes: 5);
        PublicKey other = LedgerWorld.StationKey(LedgerWorld.Evse(LedgerWorld.B, 2));

        Refused(OutcomeCode.NotAllowed, plug.Report(1, at, 5_000, sender: LedgerWorld.A));
        Refused(OutcomeCode.NotAllowed, plug.End(1, at, 5_000, sender: LedgerWorld.C));
        Refused(OutcomeCode.WrongStationSignature, plug.Report(1, at, 5_000, key: other));
        Refused(OutcomeCode.WrongStationSignature, plug.End(1, at, 5_000, key: other));
    }

    [Fact]
    public void What_never_started_or_has_ended_takes_no_reading()
    {
        Plug plug = Plug.Confirmed(_world, LedgerWorld.A, s_b, 0);
        Timestamp at = plug.At(minutes: 2);
        Refused(OutcomeCode.NotFound, plug.Report(1, at, 100));
        Refused(OutcomeCode.NotFound, plug.End(1, at, 100));
        plug.Begin();
        plug.End(1, at, 100);

        Refused(OutcomeCode.WrongState, plug.Report(2, _world.State.Time, 200));
        Refused(OutcomeCode.WrongState, plug.End(2, _world.State.Time, 200));
    }

    [Fact]
    public void A_session_that_nobody_ends_is_ended_by_its_last_reading()
    {
        Plug plug = Charging();
        plug.Report(1, plug.At(minutes: 11), 10_000);

        RuleEntry entry = Assert.IsType<RuleEntry>(Assert.Single(AppendAtGraceEnd(plug).Entries));

        Assert.Contains(entry.Effects, effect => effect is CdrIssued);
        Assert.Equal(new Money(2_000, Currency.Brl), plug.Cdr.Total);
        Assert.Equal(plug.At(minutes: 11), plug.Cdr.Period.Until);
        Assert.Equal(TripState.Completed, _world.State.Trips[plug.Id.Leg.Trip].State);
        Refused(OutcomeCode.WrongState, plug.End(2, plug.At(minutes: 12), 11_000));
    }

    [Fact]
    public void A_session_without_a_reading_ends_in_silence_at_no_cost()
    {
        Plug plug = Charging();

        ImmutableArray<Entry> entries = AppendAtGraceEnd(plug).Entries;

        RuleEntry entry = Assert.IsType<RuleEntry>(Assert.Single(entries));
        Assert.Equal(
            [typeof(LegEnded), typeof(TripEnded)],
            entry.Effects.Select(effect => effect.GetType()));
        Assert.Equal(SessionState.Completed, plug.Session.State);
        Assert.Empty(_world.State.Cdrs);
        Assert.Empty(_world.State.Holds);
    }

    private AppliedBlock AppendAtGraceEnd(Plug plug)
    {
        Timestamp graceEnd = new(plug.Window.Until.UnixMs + Rules.Default.SessionGraceMs);
        Assert.Equal(graceEnd, _world.State.NextDeadline);
        return _world.AppendAt(graceEnd);
    }

    private Plug Charging(long capAmount = 5_000)
    {
        Plug plug = Plug.Confirmed(_world, LedgerWorld.A, s_b, 0, capAmount);
        plug.Begin();
        _world.AppendAt(plug.At(minutes: 12));
        return plug;
    }

    private (long Debits, long Credits) Suspense(CompanyId company)
    {
        Account account =
            _world.State.Accounts[new AccountId(company, AccountKind.Suspense, Currency.Brl)];
        return (account.Debits, account.Credits);
    }

    private static void Refused(OutcomeCode code, TransactionEntry entry)
    {
        Assert.Equal(code, entry.Outcome.Code);
        Assert.Empty(entry.Effects);
    }
}
