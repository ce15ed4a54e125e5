using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Routing.Tests;

/// <summary>What is offered instead of a stop that was lost.</summary>
public class AlternativeTests
{
    private static readonly GeoPoint s_here = new(-12_970_000, -38_500_000);
    private static readonly Timestamp s_noon = Timestamp.Parse("2026-11-23T12:00:00Z");

    private static readonly PlannerConnector s_plug =
        new(ConnectorStandard.Iec62196T2Combo, PowerType.Dc, 60_000);

    private static AlternativeQuery Query => new()
    {
        From = s_here,
        Plugs = [s_plug],
        Window = new TimeWindow(s_noon, s_noon.Plus(TimeSpan.FromMinutes(60))),
        Now = s_noon.Plus(TimeSpan.FromMinutes(-30)),
    };

    [Fact]
    public void The_soonest_charged_come_first_and_no_more_than_are_allowed()
    {
        ImmutableArray<Alternative> found = Find(
            Query, [Evse("far", 30), Evse("near", 2), Evse("next", 10), Evse("beyond", 40)]);
        Assert.Equal(RoutingLimits.AlternativesMax, found.Length);
        Assert.Equal(["near", "next", "far"], found.Select(each => each.Evse.Name));
        Assert.InRange(found[0].DistanceM, 1_900, 2_100);
        Assert.All(found, each =>
        {
            Assert.True(each.Window.From <= each.Charging.From);
            Assert.True(each.Charging.Until <= each.Window.Until);
            Assert.Equal(0, each.Window.From.UnixMs % (long)RoutingLimits.Grid.TotalMilliseconds);
        });
    }

    [Fact]
    public void One_beyond_sixty_kilometres_or_with_another_plug_is_not_offered()
    {
        AlternativeEvse chademo = Evse("other-plug", 2) with
        {
            Plugs = [s_plug with { Standard = ConnectorStandard.Chademo }],
        };
        AlternativeEvse alternating = Evse("other-power", 2) with
        {
            Plugs = [s_plug with { PowerType = PowerType.Ac3Phase }],
        };
        Assert.Empty(Find(Query, [Evse("too-far", 61), chademo, alternating]));
        Assert.Single(Find(Query, [Evse("just-near-enough", 59)]));
    }

    [Fact]
    public void A_weaker_plug_is_charged_at_for_longer_and_a_stronger_one_as_long()
    {
        TimeSpan same = Length(60_000);
        Assert.Equal(TimeSpan.FromMinutes(35), same);
        Assert.Equal(2 * same, Length(30_000));
        Assert.Equal(same, Length(120_000));

        static TimeSpan Length(int powerW) => Find(Query, [Evse("it", 2) with
        {
            Plugs = [s_plug with { PowerMaxW = powerW }],
        }])[0].Charging.Length;
    }

    [Fact]
    public void Taken_windows_are_waited_for_up_to_two_hours_and_the_next_stop_is_kept()
    {
        AlternativeEvse evse = Evse("busy", 2);
        TimeWindow taken = new(
            s_noon.Plus(TimeSpan.FromHours(-1)), s_noon.Plus(TimeSpan.FromMinutes(90)));
        Alternative later = Assert.Single(Find(Query, [evse], taken));
        Assert.True(later.Window.From >= taken.Until);

        TimeWindow long_ = taken with { Until = s_noon.Plus(TimeSpan.FromHours(3)) };
        Assert.Empty(Find(Query, [evse], long_));
        Assert.Empty(Find(Query with { Until = later.Window.Until.Plus(-RoutingLimits.Grid) },
            [evse], taken));
        Assert.Single(Find(Query with { Until = later.Window.Until }, [evse], taken));
    }

    [Fact]
    public void Nothing_begins_before_now()
    {
        Timestamp late = s_noon.Plus(TimeSpan.FromMinutes(50));
        Alternative found = Assert.Single(Find(Query with { Now = late }, [Evse("near", 2)]));
        Assert.True(found.Window.From >= late);
    }

    private static ImmutableArray<Alternative> Find(
        AlternativeQuery query, AlternativeEvse[] evses, params TimeWindow[] busy) =>
        AlternativeFinder.Find(query, evses, _ => busy);

    /// <summary>So many kilometres to the north.</summary>
    private static AlternativeEvse Evse(string name, int km) => new(
        EvseId.Parse($"br-aaa/{name}"),
        LocationId.Parse($"br-aaa/{name}"),
        s_here with { LatitudeMicrodegrees = s_here.LatitudeMicrodegrees + (km * 8_993) },
        [s_plug]);
}
