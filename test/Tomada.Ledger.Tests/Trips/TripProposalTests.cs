using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Trips;

public class TripProposalTests
{
    private static readonly EvseId s_b = LedgerWorld.Evse(LedgerWorld.B);
    private static readonly EvseId s_c = LedgerWorld.Evse(LedgerWorld.C);

    private readonly LedgerWorld _world = LedgerWorld.WithStations();

    [Fact]
    public void Every_leg_is_held_with_its_window_and_its_money()
    {
        TripId id = _world.Hold(
            LedgerWorld.A,
            LedgerWorld.Leg(LedgerWorld.Evse(LedgerWorld.A), 0),
            LedgerWorld.Leg(s_b, 2),
            LedgerWorld.Leg(s_c, 4));

        Trip trip = _world.State.Trips[id];
        Assert.Equal(TripState.Held, trip.State);
        Assert.All(trip.Legs, leg => Assert.Equal(LegState.Held, leg.State));
        Assert.Equal(_world.State.Time.Plus(TimeSpan.FromSeconds(30)), trip.DecideBy);
        Assert.Equal(trip.DecideBy, _world.State.NextDeadline);
        Assert.Equal(3, _world.State.Calendar.Count);
        Assert.Equal(3, _world.State.Holds.Count);
    }

    [Fact]
    public void Holds_that_passed_in_great_number_are_swept_before_their_time_is_given_away()
    {
        // All expire at once, more than a block sweeps and an entry could tell.
        int count = LedgerLimits.SweepMax + LedgerLimits.EffectsMax + 1;
        Timestamp first = LedgerWorld.Slot(0).From;
        TimeSpan grid = TimeSpan.FromMilliseconds(Rules.Default.GridMs);
        LegRequest leg = LedgerWorld.Leg(s_b, 0, capAmount: 0);
        _world.Append([.. Enumerable.Range(0, count).Select(i => _world.Transaction(
            LedgerWorld.A,
            LedgerWorld.Trip(leg with
            {
                Window = new TimeWindow(first.Plus(grid * i), first.Plus(grid * (i + 1))),
            }),
            lane: 1 + (i % 4),
            number: 1 + (i / 4)))]);
        Assert.Equal(count, _world.State.Calendar[s_b].Length);
        ProposeTrip all = LedgerWorld.Trip(
            leg with { Window = new TimeWindow(first, first.Plus(grid * count)) });

        AppliedBlock busy = _world.AppendAt(
            _world.State.Time.Plus(TimeSpan.FromSeconds(30)), _world.Transaction(
                LedgerWorld.C, all));
        Assert.Equal(
            OutcomeCode.WindowTaken,
            Assert.Single(busy.Entries.OfType<TransactionEntry>()).Outcome.Code);
        Assert.Equal(Outcome.Applied, _world.Submit(LedgerWorld.C, all).Outcome);
    }

    [Fact]
    public void A_taken_window_refuses_the_whole_trip_and_says_which_leg()
    {
        _world.Hold(LedgerWorld.C, LedgerWorld.Leg(s_b, 2));
        TransactionEntry entry = Refused(
            OutcomeCode.WindowTaken, LedgerWorld.Leg(s_c, 0), LedgerWorld.Leg(s_b, 2));

        Assert.StartsWith(
            "leg 2: br-bbb/evse-1 is taken", entry.Outcome.Detail, StringComparison.Ordinal);
        Assert.False(_world.State.Calendar.ContainsKey(s_c));
        Assert.Single(_world.State.Holds);
    }

    [Fact]
    public void Windows_that_only_touch_do_not_take_each_other()
    {
        _world.Hold(LedgerWorld.C, LedgerWorld.Leg(s_b, 1));
        _world.Hold(LedgerWorld.C, LedgerWorld.Leg(s_b, 3));
        _world.Hold(LedgerWorld.A, LedgerWorld.Leg(s_b, 2));
        Assert.Equal(3, _world.State.Calendar[s_b].Length);
    }

    [Fact]
    public void A_window_lies_on_the_grid()
    {
        LegRequest leg = LedgerWorld.Leg(s_b, 2);
        TimeWindow window = leg.Window;
        TimeSpan minute = TimeSpan.FromMinutes(1);
        TimeWindow late = window with { From = window.From.Plus(minute) };
        TimeWindow longer = window with { Until = window.Until.Plus(minute) };
        Refused(OutcomeCode.OutOfRules, leg with { Window = late });
        Refused(OutcomeCode.OutOfRules, leg with { Window = longer });
    }

    [Fact]
    public void A_window_begins_in_the_future()
    {
        LegRequest leg = LedgerWorld.Leg(s_b, 0);
        _world.AppendAt(leg.Window.From.Plus(TimeSpan.FromSeconds(-1)));
        Refused(OutcomeCode.OutOfRules, leg);
        Assert.Equal(leg.Window.From, _world.State.Time);
    }

    [Fact]
    public void A_window_ends_within_the_horizon()
    {
        // Slot 1,437 ends 30 days after the start, a few seconds of which have passed.
        Refused(OutcomeCode.OutOfRules, LedgerWorld.Leg(s_b, 1_438));
        _world.Hold(LedgerWorld.A, LedgerWorld.Leg(s_b, 1_437));
    }

    [Fact]
    public void Windows_of_one_trip_ascend_without_overlap()
    {
        Refused(OutcomeCode.OutOfRules, LedgerWorld.Leg(s_c, 3), LedgerWorld.Leg(s_b, 2));
        Refused(OutcomeCode.OutOfRules, LedgerWorld.Leg(s_b, 2), LedgerWorld.Leg(s_b, 2));
        _world.Hold(LedgerWorld.A, LedgerWorld.Leg(s_b, 2), LedgerWorld.Leg(s_b, 3));
    }

    [Fact]
    public void An_unknown_evse_is_not_found() => Refused(
        OutcomeCode.NotFound, LedgerWorld.Leg(EvseId.Parse("br-bbb/unknown"), 2));

    [Fact]
    public void An_evse_that_is_not_offered_is_not_held()
    {
        Timestamp until = _world.State.Time.Plus(TimeSpan.FromSeconds(2));
        _world.Submit(
            LedgerWorld.B, new SetEvseAvailability(s_b, Availability.Available, until));
        Assert.Equal(until, _world.State.Time.Plus(TimeSpan.FromSeconds(1)));
        Refused(OutcomeCode.NotAvailable, LedgerWorld.Leg(s_b, 2));

        Timestamp later = until.Plus(TimeSpan.FromDays(1));
        _world.Submit(
            LedgerWorld.B, new SetEvseAvailability(s_b, Availability.OutOfOrder, later));
        Refused(OutcomeCode.NotAvailable, LedgerWorld.Leg(s_b, 2));
    }

    [Fact]
    public void A_leg_pins_the_evse_s_present_tariff() => Refused(
        OutcomeCode.TariffChanged, LedgerWorld.Leg(s_b, 2) with { Tariff = Digest.Zero });

    [Fact]
    public void A_price_cap_is_zero_or_more_in_the_tariff_s_currency()
    {
        LegRequest leg = LedgerWorld.Leg(s_b, 2);
        Refused(OutcomeCode.OutOfRules, leg with { PriceCap = new Money(5_000, Currency.Eur) });
        Refused(OutcomeCode.OutOfRules, leg with { PriceCap = new Money(-1, Currency.Brl) });
        _world.Hold(LedgerWorld.A, leg with { PriceCap = Money.Zero(Currency.Brl) });
    }

    [Fact]
    public void Owners_have_no_longer_to_decide_than_the_rules_allow()
    {
        ProposeTrip slow = LedgerWorld.Trip(LedgerWorld.Leg(s_b, 2)) with
        {
            DecideWithinMs = 60_001,
        };
        Assert.Equal(OutcomeCode.OutOfRules, _world.Submit(LedgerWorld.A, slow).Outcome.Code);
        Assert.Equal(
            OutcomeCode.Applied,
            _world.Submit(LedgerWorld.A, slow with { DecideWithinMs = 60_000 }).Outcome.Code);
    }

    [Fact]
    public void Holds_of_a_company_stay_within_its_credit_limit()
    {
        LedgerWorld world = LedgerWorld.WithStations(Rules.Default with { CreditLimit = 10_000 });
        world.Hold(LedgerWorld.A, LedgerWorld.Leg(s_b, 2, 6_000));
        Assert.Equal(
            OutcomeCode.LimitExceeded,
            world.Submit(
                LedgerWorld.A, LedgerWorld.Trip(LedgerWorld.Leg(s_c, 2, 4_001))).Outcome.Code);
        world.Hold(LedgerWorld.A, LedgerWorld.Leg(s_c, 2, 4_000));
        world.Hold(LedgerWorld.B, LedgerWorld.Leg(s_c, 4, 10_000));
    }

    [Fact]
    public void The_first_in_the_block_s_order_gets_the_window()
    {
        ProposeTrip normal = LedgerWorld.Trip(LedgerWorld.Leg(s_b, 2));
        ProposeTrip flexible = normal with { Priority = PriorityClass.Flexible };
        ProposeTrip emergency = normal with { Priority = PriorityClass.Emergency };
        AppliedBlock block = _world.Append(
            _world.Transaction(LedgerWorld.A, flexible),
            _world.Transaction(LedgerWorld.A, normal),
            _world.Transaction(LedgerWorld.C, emergency));

        Assert.Equal(
            [OutcomeCode.Applied, OutcomeCode.WindowTaken, OutcomeCode.WindowTaken],
            block.Entries.Cast<TransactionEntry>().Select(entry => entry.Outcome.Code));
        Assert.Equal(LedgerWorld.C, Assert.Single(_world.State.Trips.Values).Home);
    }

    [Fact]
    public void The_proposer_s_own_request_comes_after_the_others()
    {
        CompanyId proposer = LedgerWorld.Companies[(int)(_world.State.Height % 3)];
        CompanyId other = LedgerWorld.Companies[(int)((_world.State.Height + 1) % 3)];
        ProposeTrip trip = LedgerWorld.Trip(LedgerWorld.Leg(s_b, 2));
        AppliedBlock block = _world.Append(
            _world.Transaction(proposer, trip),
            _world.Transaction(proposer, trip with { Driver = Digest.Zero }),
            _world.Transaction(other, trip));

        Assert.Equal(proposer, block.Seal.Proposer);
        Assert.Equal(other, Assert.Single(_world.State.Trips.Values).Home);
    }

    private TransactionEntry Refused(OutcomeCode code, params LegRequest[] legs)
    {
        TransactionEntry entry = _world.Submit(LedgerWorld.A, LedgerWorld.Trip(legs));
        Assert.Equal(code, entry.Outcome.Code);
        Assert.Empty(entry.Effects);
        return entry;
    }
}
