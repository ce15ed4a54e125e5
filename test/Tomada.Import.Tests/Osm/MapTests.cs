using Tomada.Cli.Import.Osm;
using Tomada.Routing;

namespace Tomada.Import.Tests.Osm;

/// <summary>What the tags of a map mean, on maps that a page can show.</summary>
public class MapTests
{
    //  4--3
    //  |  |     a square of four streets; 5 hangs
    //  1--2     at 3; a name for each, so that no corner is only a bend
    private static MapText Square(params string[] first) => new MapText()
        .Node(1, 0, 0).Node(2, 1, 0).Node(3, 1, 1).Node(4, 0, 1).Node(5, 2, 1)
        .Way(10, [1, 2], ["highway=residential", "name=Street 10", .. first])
        .Way(11, [2, 3], "highway=residential", "name=Street 11")
        .Way(12, [3, 4], "highway=residential", "name=Street 12")
        .Way(13, [4, 1], "highway=residential", "name=Street 13")
        .Way(14, [3, 5], "highway=residential", "name=Street 14");

    [Fact]
    public void A_street_is_driven_both_ways() =>
        Assert.Equal([2, 1], Edges(Square("maxspeed=30"), (1, 3), (2, 1)));

    [Theory]
    [InlineData("oneway=yes", 1, 3)]
    [InlineData("oneway=1", 1, 3)]
    [InlineData("junction=roundabout", 1, 3)]
    [InlineData("oneway=-1", 3, 1)]
    public void A_one_way_street_is_driven_one_way(string tag, int forward, int backward) =>
        Assert.Equal(
            [forward, backward], Edges(Square(tag, "maxspeed=30"), (1, 2), (2, 1)));

    [Theory]
    [InlineData("access=private")]
    [InlineData("motor_vehicle=no")]
    [InlineData("service=driveway")]
    [InlineData("oneway=reversible")]
    public void A_street_that_is_closed_is_not_driven(string tag)
    {
        MapText map = Square(tag);
        Assert.Equal([3], Hops(map.Import(), (1, 2)));
        Assert.Equal(1, map.Report.Refused);
        Assert.Equal(map.Report.Read, map.Report.Written + map.Report.Refused);
    }

    [Fact]
    public void The_more_special_access_decides() =>
        Assert.Equal(
            [1], Edges(Square("access=no", "motorcar=yes", "maxspeed=30"), (1, 2)));

    [Fact]
    public void A_turn_that_is_forbidden_is_not_taken()
    {
        // From 2 over 3 to 4 is forbidden: the way round by 1 stays.
        MapText map = Square("maxspeed=30")
            .Restriction(20, 11, 3, 12, "restriction=no_left_turn");
        RoadGraph graph = map.Import();
        Assert.Equal(
            ["osm-2", "osm-1", "osm-4"], Route(graph, 2, 4).Select(place => place.Split("-t")[0]));
        Assert.Equal(2, Route(graph, 5, 4).Length - 1);
    }

    [Fact]
    public void An_only_turn_forbids_all_others()
    {
        RoadGraph graph = Square("maxspeed=30")
            .Restriction(20, 11, 3, 14, "restriction=only_right_turn").Import();
        Assert.Equal("osm-1", Route(graph, 2, 4)[1]);
        Assert.Equal(2, Route(graph, 2, 5).Length - 1);
    }

    [Theory]
    [InlineData("restriction=no_left_turn", "except=motorcar")]
    [InlineData("restriction:hgv=no_left_turn", "a=b")]
    [InlineData("restriction:conditional=no_left_turn @ (Mo-Fr)", "a=b")]
    public void A_restriction_for_others_or_by_the_hour_is_counted_and_not_applied(
        string kind, string more)
    {
        MapText map = Square("maxspeed=30").Restriction(20, 11, 3, 12, kind, more);
        Assert.Equal(2, Route(map.Import(), 2, 4).Length - 1);
        Assert.Contains(map.Report.Corrections, each => each.Key.Contains("not applied"));
    }

    [Fact]
    public void A_junction_with_restrictions_is_passed_and_no_place_to_stop()
    {
        RoadGraph graph = Square("maxspeed=30")
            .Restriction(20, 11, 3, 12, "restriction=no_left_turn").Import();
        Assert.DoesNotContain(graph.StopPlaces, place => place.Id.Value.StartsWith("osm-3"));
        Assert.NotEqual("osm-3", graph.Nearest(new GeoPoint(1_000, 1_000)).Id.Value);
    }

    [Fact]
    public void Nodes_that_only_bend_a_road_are_gone_and_their_metres_stay()
    {
        RoadGraph graph = new MapText()
            .Node(1, 0, 0).Node(2, 1, 0).Node(3, 2, 0).Node(4, 3, 0).Node(5, 4, 0)
            .Way(10, [1, 2, 3], "highway=primary", "ref=BR-1")
            .Way(11, [5, 4, 3], "highway=primary", "ref=BR-1").Import();
        Assert.Equal(["osm-1", "osm-5"], graph.Places.Select(place => place.Id.Value));
        RouteEdge edge = Assert.Single(graph.FastestPath(MapText.Id(1), MapText.Id(5))!.Edges);
        Assert.Equal(445, edge.LengthM);
        Assert.Equal("BR-1", edge.Highway);
    }

    [Fact]
    public void A_bollard_cuts_a_road()
    {
        MapText map = Square().Node(6, 0, 2, "barrier=bollard").Node(7, 0, 3)
            .Way(15, [4, 6, 7], "highway=residential");
        Assert.Null(map.Import().Find(MapText.Id(7)));
        Assert.Contains(map.Report.Corrections, each => each.Key.Contains("bollard"));
    }

    [Fact]
    public void A_toll_is_kept_from_the_road_and_from_its_booth()
    {
        RoadGraph graph = new MapText()
            .Node(1, 0, 0).Node(2, 1, 0, "barrier=toll_booth").Node(3, 2, 0).Node(4, 3, 0)
            .Way(10, [1, 2, 3], "highway=trunk").Way(11, [3, 4], "highway=trunk", "toll=yes")
            .Import();
        Assert.All(
            graph.FastestPath(MapText.Id(1), MapText.Id(4))!.Edges,
            edge => Assert.Equal(RoadTraits.Toll, edge.Traits));
    }

    [Theory]
    [InlineData("duration=00:20", 10)]
    [InlineData("duration=20", 10)]
    [InlineData("duration=PT20M", 10)]
    [InlineData("a=b", 20)]
    public void A_ferry_runs_by_its_duration(string tag, int kmh)
    {
        RoadGraph graph = new MapText().Node(1, 0, 0).Node(2, 30, 0)
            .Way(10, [1, 2], "route=ferry", tag).Import();
        RouteEdge edge = Assert.Single(graph.FastestPath(MapText.Id(1), MapText.Id(2))!.Edges);
        Assert.Equal((kmh, RoadTraits.Ferry), (edge.SpeedKmh, edge.Traits));
    }

    [Theory]
    [InlineData("50", 50.0)]
    [InlineData("30 mph", 48.28032)]
    [InlineData("10 knots", 18.52)]
    [InlineData("80;60", 60.0)]
    [InlineData("none", 130.0)]
    [InlineData("walk", 7.0)]
    [InlineData("BR:urban", 60.0)]
    [InlineData("DE:rural", 100.0)]
    [InlineData("DE:zone30", 30.0)]
    [InlineData("DE:zone:30", 30.0)]
    [InlineData("signals", null)]
    public void A_limit_is_read(string text, double? kmh)
    {
        Assert.Equal(kmh, SpeedLimits.Parse(text, out bool isUnderstood));
        Assert.True(isUnderstood);
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("0")]
    [InlineData("900")]
    [InlineData("-50")]
    [InlineData("BR:moon")]
    [InlineData("5e1")]
    public void A_limit_that_makes_no_sense_is_not_understood(string text)
    {
        Assert.Null(SpeedLimits.Parse(text, out bool isUnderstood));
        Assert.False(isUnderstood);
    }

    [Theory]
    [InlineData("maxspeed=100", "a=b", 90, 90)]
    [InlineData("maxspeed:forward=100", "maxspeed:backward=60", 90, 54)]
    [InlineData("a=b", "surface=gravel", 42, 42)]
    [InlineData("a=b", "c=d", 90, 90)]
    public void Typical_speeds_follow_the_limit_the_class_and_the_surface(
        string one, string other, int forwardKmh, int backwardKmh)
    {
        RoadGraph graph = new MapText().Node(1, 0, 0).Node(2, 30, 0)
            .Way(10, [1, 2], "highway=trunk", one, other).Import();
        Assert.Equal(
            [forwardKmh, backwardKmh],
            [
                graph.FastestPath(MapText.Id(1), MapText.Id(2))!.Edges[0].SpeedKmh,
                graph.FastestPath(MapText.Id(2), MapText.Id(1))!.Edges[0].SpeedKmh,
            ]);
    }

    [Fact]
    public void A_road_that_leads_nowhere_back_is_left_out() =>
        Assert.Null(Square("maxspeed=30").Node(6, 3, 3)
            .Way(15, [4, 6], "highway=residential", "oneway=yes").Import().Find(MapText.Id(6)));

    private static int[] Edges(MapText map, params (int From, int To)[] pairs) =>
        Hops(map.Import(), pairs);

    private static int[] Hops(RoadGraph graph, params (int From, int To)[] pairs) =>
    [
        .. pairs.Select(pair => graph.FastestPath(
            MapText.Id(pair.From), MapText.Id(pair.To))!.Edges.Length),
    ];

    private static string[] Route(RoadGraph graph, long from, long to) =>
        [.. graph.FastestPath(MapText.Id(from), MapText.Id(to))!.Places.Select(at => at.Value)];
}
