namespace Tomada.Devices.Tests;

public class TroublePlanTests
{
    [Theory]
    [InlineData("fault=2", TroubleKind.Fault, 2, 10)]
    [InlineData("offline=6:20", TroubleKind.Offline, 6, 20)]
    [InlineData("reboot=0.5:0", TroubleKind.Reboot, 0.5, 0)]
    [InlineData("power-cut=3600:3600", TroubleKind.PowerCut, 3_600, 3_600)]
    [InlineData("suspend=1:1.5", TroubleKind.Suspend, 1, 1.5)]
    public void A_rate_is_read(string text, TroubleKind kind, double perHour, double seconds) =>
        Assert.Equal(
            new TroubleRate(kind, perHour, TimeSpan.FromSeconds(seconds)), TroubleRate.Parse(text));

    [Theory]
    [InlineData("fault")]
    [InlineData("fault=0")]
    [InlineData("fault=-1")]
    [InlineData("fault=3601")]
    [InlineData("fault=2:3601")]
    [InlineData("fault=2:3:4")]
    [InlineData("thunder=2")]
    [InlineData("")]
    public void What_is_no_rate_is_told_what_a_rate_is(string text) => Assert.Contains(
        "KIND=PER_HOUR",
        Assert.Throws<FormatException>(() => TroubleRate.Parse(text)).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("30 power-cut")]
    [InlineData("soon power-cut posto-1")]
    [InlineData("30 thunder posto-1 5")]
    [InlineData("30 fault posto-1 5 6")]
    public void What_is_no_line_of_a_script_is_told_what_one_is(string line) => Assert.Contains(
        "SECONDS KIND STATION",
        Assert.Throws<FormatException>(() => ScriptedTrouble.ParseAll(["# a", line])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_script_happens_at_its_times_and_nothing_else_does()
    {
        TroublePlan plan = new(
            1,
            [new TroubleRate(TroubleKind.Fault, 3_600, TimeSpan.Zero)],
            ScriptedTrouble.ParseAll(
                ["# times since the start", "", "30 reboot one 5", "10 offline one 8",
                    "12 fault one 1", "1 fault two"]));
        Assert.Equal(
            [
                new Trouble(Seconds(10), TroubleKind.Offline, Seconds(8)),
                // It was due during the one before: it follows at once.
                new Trouble(Seconds(0), TroubleKind.Fault, Seconds(1)),
                new Trouble(Seconds(11), TroubleKind.Reboot, Seconds(5)),
            ],
            plan.Of("one"));
        Assert.Equal(TroubleKind.Fault, plan.Of("three").First().Kind);
    }

    [Fact]
    public void The_same_seed_gives_a_station_the_same_troubles_and_others_others()
    {
        TroublePlan plan = Mixed(seed: 7);
        Assert.Equal(plan.Of("one").Take(100), Mixed(seed: 7).Of("one").Take(100));
        Assert.NotEqual(plan.Of("one").Take(100), plan.Of("two").Take(100));
        Assert.NotEqual(plan.Of("one").Take(100), Mixed(seed: 8).Of("one").Take(100));
    }

    [Fact]
    public void Troubles_come_as_often_as_their_rates_say()
    {
        Trouble[] drawn = [.. Mixed(seed: 1).Of("one").Take(10_000)];
        Assert.InRange(drawn.Count(each => each.Kind == TroubleKind.Reboot), 7_300, 7_700);
        Assert.InRange(drawn.Average(each => each.After.TotalHours), 0.24, 0.26);
    }

    [Fact]
    public void Without_rates_and_script_nothing_goes_wrong() =>
        Assert.Empty(TroublePlan.None.Of("one"));

    private static TroublePlan Mixed(long seed) => new(
        seed,
        [
            new TroubleRate(TroubleKind.Reboot, 3, TimeSpan.Zero),
            new TroubleRate(TroubleKind.Offline, 1, Seconds(5)),
        ],
        []);

    private static TimeSpan Seconds(int count) => TimeSpan.FromSeconds(count);
}
