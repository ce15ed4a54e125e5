using System.Runtime.CompilerServices;
using Tomada.Primitives;

namespace Tomada.DeviceApi.Tests;

public class TopicTests
{
    private static readonly CompanyId s_company = CompanyId.Parse("br-abc");
    private static readonly string s_trip = new('a', 64);

    public static TheoryData<string> UpPaths() =>
    [
        "state",
        "evse/dc-1/state",
        "meter/dc-1",
        $"session/{s_trip}-2-1",
        "heartbeat",
        "request/boot",
        "request/plan",
        "request/reserve",
        "request/history",
        "request/receipt",
        "request/enroll",
        "request/start",
        "ack/hold",
        "ack/reserve",
        "ack/release",
        "ack/resend", "position",
    ];

    public static TheoryData<string> DownPaths() =>
    [
        "reply/boot",
        "reply/plan",
        "reply/reserve",
        "reply/history",
        "reply/receipt",
        "reply/enroll",
        "reply/start",
        "command/hold",
        "command/reserve",
        "command/release", "command/resend", "event/reservation", "event/receipt",
        "event/leg-broken", "node",
    ];

    [Theory]
    [MemberData(nameof(UpPaths))]
    public void An_up_topic_is_written_as_it_is_read(string path)
    {
        Assert.True(UpTopic.TryParse(path, out UpTopic? topic));
        Assert.Equal(path, topic!.Path);
    }

    [Theory]
    [MemberData(nameof(DownPaths))]
    public void A_down_topic_is_written_as_it_is_read(string path)
    {
        Assert.True(DownTopic.TryParse(path, out DownTopic? topic));
        Assert.Equal(path, topic!.Path);
    }

    [Fact]
    public void Every_kind_of_topic_is_in_the_samples()
    {
        Assert.Equal(
            UpTopic.Kinds.Order(Comparer<Type>.Create(ByName)),
            UpPaths().Select(row => Up(row.Data)).Distinct().Order(Comparer<Type>.Create(ByName)));
        Assert.Equal(
            DownTopic.Kinds.Order(Comparer<Type>.Create(ByName)),
            DownPaths().Select(row => Down(row.Data)).Distinct().Order(
                Comparer<Type>.Create(ByName)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("State")]
    [InlineData("evse//state")]
    [InlineData("evse/DC/state")]
    [InlineData("session/x-1-1")]
    [InlineData("request/fly")]
    [InlineData("ack/boot")]
    [InlineData("state/x")]
    [InlineData("meter/#")]
    public void Other_up_topics_are_refused(string path) =>
        Assert.False(UpTopic.TryParse(path, out _));

    [Fact]
    public void Loss_is_allowed_for_samples_only()
    {
        Assert.Equal(0, new UpTopic.Heartbeat().Qos);
        Assert.Equal(0, new UpTopic.Meter("a").Qos);
        Assert.Equal(1, new UpTopic.State().Qos);
        Assert.True(new UpTopic.State().Retained);
        Assert.True(new UpTopic.EvseState("a").Retained);
        Assert.False(new UpTopic.Heartbeat().Retained);
    }

    [Fact]
    public void A_device_owns_its_branch_and_its_client_ids()
    {
        DeviceAddress car = new(s_company, DeviceKind.Car, "one");
        Assert.Equal("tomada/1/br-abc/car/one/up/", car.UpPrefix);
        Assert.Equal("tomada/1/br-abc/car/one/dn/", car.DownPrefix);
        Assert.True(car.OwnsClientId("car/one"));
        Assert.True(car.OwnsClientId("car/one/display"));
        Assert.False(car.OwnsClientId("car/one/"));
        Assert.False(car.OwnsClientId("car/one2"));
        Assert.False(car.OwnsClientId("station/one"));
    }

    [Theory]
    [InlineData("car")]
    [InlineData("car/")]
    [InlineData("bus/one")]
    [InlineData("car/One")]
    [InlineData("car/one/x")]
    [InlineData("car/+")]
    [InlineData(null)]
    public void Other_user_names_are_refused(string? user) =>
        Assert.False(DeviceAddress.TryParseUser(s_company, user, out _));

    [Fact]
    public void Every_operation_has_one_spelling()
    {
        Assert.All(
            Enum.GetValues<RequestOp>(), op => Assert.Equal(op, OpNames.Request(OpNames.Of(op))));
        Assert.All(
            Enum.GetValues<CommandOp>(), op => Assert.Equal(op, OpNames.Command(OpNames.Of(op))));
    }

    [Fact]
    public void Every_kind_of_topic_has_a_path() => Assert.All(
        UpTopic.Kinds.Where(kind => kind != typeof(UpTopic.Session)).Append(typeof(DownTopic.Node)),
        kind => Assert.NotEmpty(kind.GetProperty("Path")!.GetValue(Sample(kind))!.ToString()!));

    private static object Sample(Type kind)
    {
        object topic = RuntimeHelpers.GetUninitializedObject(kind);
        foreach (System.Reflection.PropertyInfo op in
            kind.GetProperties().Where(p => p.PropertyType.IsEnum))
        {
            op.SetValue(topic, Enum.GetValues(op.PropertyType).GetValue(0));
        }

        return topic;
    }

    private static int ByName(Type a, Type b) => string.CompareOrdinal(a.Name, b.Name);

    private static Type Up(string path) =>
        UpTopic.TryParse(path, out UpTopic? topic) ? topic!.GetType() : typeof(void);

    private static Type Down(string path) =>
        DownTopic.TryParse(path, out DownTopic? topic) ? topic!.GetType() : typeof(void);
}
