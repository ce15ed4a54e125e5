using System.Collections.Immutable;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Stations;

public class StationRulesTests
{
    private static readonly CompanyId s_a = LedgerWorld.A;
    private static readonly EvseId s_evse = LedgerWorld.Evse(LedgerWorld.A);

    private readonly LedgerWorld _world = LedgerWorld.WithStations();

    [Fact]
    public void A_company_publishes_under_its_own_name_only()
    {
        Assert.Equal(OutcomeCode.NotAllowed, Code(LedgerWorld.B, LedgerWorld.Site(s_a)));
        Assert.Equal(OutcomeCode.NotAllowed, Code(LedgerWorld.B, LedgerWorld.Plug(s_evse)));
        Assert.Equal(
            OutcomeCode.NotAllowed,
            Code(LedgerWorld.B, new PutTariff(LedgerWorld.TariffOf(s_a), LedgerWorld.Price)));
        Assert.Equal(
            OutcomeCode.NotAllowed,
            Code(LedgerWorld.B, Offer(_world.State.Time.Plus(TimeSpan.FromDays(1)))));
    }

    [Fact]
    public void An_evse_stands_at_a_known_site_of_its_company_and_has_a_known_tariff_of_it()
    {
        EvseId fresh = EvseId.Parse($"{s_a}/evse-9");
        PutEvse plug = LedgerWorld.Plug(fresh);
        Assert.Equal(
            OutcomeCode.NotFound, Code(s_a, plug with { Location = LocationId.Parse("br-aaa/x") }));
        Assert.Equal(
            OutcomeCode.NotFound, Code(s_a, plug with { Tariff = TariffId.Parse("br-aaa/x") }));
        Assert.Equal(
            OutcomeCode.NotAllowed,
            Code(s_a, plug with { Location = LedgerWorld.Location(LedgerWorld.B) }));
        Assert.Equal(
            OutcomeCode.NotAllowed,
            Code(s_a, plug with { Tariff = LedgerWorld.TariffOf(LedgerWorld.B) }));
        Assert.Equal(OutcomeCode.Applied, Code(s_a, plug));
        Assert.False(_world.State.Evses[fresh].IsOffered(_world.State.Time));
    }

    [Fact]
    public void Connector_numbers_ascend()
    {
        Connector plug = LedgerWorld.Plug(s_evse).Connectors[0];
        PutEvse twice = LedgerWorld.Plug(s_evse) with { Connectors = [plug, plug] };
        Assert.Equal(OutcomeCode.OutOfRules, Code(s_a, twice));
    }

    [Fact]
    public void An_evse_cannot_move()
    {
        LocationId other = LocationId.Parse("br-aaa/other");
        Assert.Equal(
            OutcomeCode.Applied, Code(s_a, LedgerWorld.Site(s_a) with { Location = other }));
        Assert.Equal(
            OutcomeCode.AlreadyExists,
            Code(s_a, LedgerWorld.Plug(s_evse) with { Location = other }));
    }

    [Fact]
    public void A_changed_evse_keeps_its_offer()
    {
        ImmutableArray<Connector> two =
        [
            new(1, ConnectorStandard.Iec62196T2Combo, PowerType.Dc, 60_000),
            new(2, ConnectorStandard.Iec62196T2, PowerType.Ac3Phase, 22_000),
        ];
        Assert.Equal(
            OutcomeCode.Applied, Code(s_a, LedgerWorld.Plug(s_evse) with { Connectors = two }));
        Assert.True(_world.State.Evses[s_evse].IsOffered(_world.State.Time));
        Assert.Equal(2, _world.State.Evses[s_evse].Published.Connectors.Length);
    }

    [Fact]
    public void Publishing_the_same_again_is_applied_and_changes_nothing()
    {
        LedgerState before = _world.State;
        Timestamp until = before.Evses[s_evse].AvailableUntil;
        Assert.Equal(OutcomeCode.Applied, Code(s_a, LedgerWorld.Site(s_a)));
        Assert.Equal(OutcomeCode.Applied, Code(s_a, LedgerWorld.Plug(s_evse)));
        Assert.Equal(
            OutcomeCode.Applied,
            Code(s_a, new PutTariff(LedgerWorld.TariffOf(s_a), LedgerWorld.Price)));
        Assert.Equal(OutcomeCode.Applied, Code(s_a, Offer(until)));

        Assert.Same(before.Locations, _world.State.Locations);
        Assert.Same(before.Evses, _world.State.Evses);
        Assert.Same(before.Tariffs, _world.State.Tariffs);
        Assert.Same(before.TariffHashes, _world.State.TariffHashes);
    }

    [Fact]
    public void An_old_price_stays_for_legs_that_pinned_it()
    {
        Tariff dearer = LedgerWorld.Price with
        {
            Elements =
            [
                new TariffElement([new PriceComponent(TariffDimension.Energy, 3_000_000, 1)]),
            ],
        };
        Assert.Equal(
            OutcomeCode.Applied, Code(s_a, new PutTariff(LedgerWorld.TariffOf(s_a), dearer)));
        Assert.Equal(dearer.Hash(), _world.State.TariffHashes[LedgerWorld.TariffOf(s_a)]);
        Assert.Equal(
            LedgerWorld.Price.Hash(), _world.State.Tariffs[LedgerWorld.Price.Hash()].Hash());
    }

    [Fact]
    public void An_offer_ends_within_thirty_days()
    {
        // The block comes a second after the newest one.
        Timestamp time = _world.State.Time.Plus(TimeSpan.FromSeconds(1));
        Assert.Equal(OutcomeCode.OutOfRules, Code(s_a, Offer(time)));
        time = _world.State.Time.Plus(TimeSpan.FromSeconds(1));
        Assert.Equal(
            OutcomeCode.OutOfRules,
            Code(s_a, Offer(new Timestamp(time.UnixMs + LedgerLimits.AvailabilityMaxMs + 1))));
        time = _world.State.Time.Plus(TimeSpan.FromSeconds(1));
        Assert.Equal(
            OutcomeCode.Applied,
            Code(s_a, Offer(new Timestamp(time.UnixMs + LedgerLimits.AvailabilityMaxMs))));
    }

    [Fact]
    public void Nobody_offers_what_is_not_published() => Assert.Equal(
        OutcomeCode.NotFound,
        Code(s_a, Offer(_world.State.Time.Plus(TimeSpan.FromDays(1))) with
        {
            Evse = EvseId.Parse("br-aaa/x"),
        }));

    private static SetEvseAvailability Offer(Timestamp until) =>
        new(s_evse, Availability.Available, until);

    private OutcomeCode Code(CompanyId sender, Body body) =>
        _world.Submit(sender, body).Outcome.Code;
}
