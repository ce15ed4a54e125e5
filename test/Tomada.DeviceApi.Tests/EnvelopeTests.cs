using System.Text;

namespace Tomada.DeviceApi.Tests;

public class EnvelopeTests
{
    private const string Early = "2026-11-23T14:00:00.000Z";
    private const string Late = "2026-11-23T15:00:00.000Z";

    private const string Header =
        $$"""{"v":1,"id":"0198c2d4-1111-7abc-8def-000000000001","ts":"{{Early}}","bs":1,"seq":2,""";

    [Fact]
    public void Every_body_is_written_as_its_golden_sample_and_read_back()
    {
        SortedSet<string> seen = new(StringComparer.Ordinal);
        Samples.Check((body, _) => seen.Add(body.GetType().Name));
        Assert.Equal(
            typeof(Envelope).Assembly.GetExportedTypes()
                .Where(type => type.GetInterfaces().Any(each => each.Name == "IDeviceBody`1"))
                .Select(type => type.Name).Order(StringComparer.Ordinal),
            seen);
    }

    [Fact]
    public void A_payload_has_the_fields_of_the_interface_and_no_other() => Assert.Equal(
        Header + "\"body\":{},\"exp\":\"2026-11-23T14:00:00.000Z\"}",
        Encoding.UTF8.GetString(Envelope.Encode(
            Samples.Id, Samples.Time, 1, 2, new HeartbeatBody(), Samples.Time)));

    [Theory]
    [InlineData("", "payload")]
    [InlineData("null", "payload")]
    [InlineData("[]", "payload")]
    [InlineData("{", "payload")]
    [InlineData("{}", "id")]
    [InlineData(
        """{"v":0,"id":"0198c2d4-1111-7abc-8def-000000000001","ts":"2026-11-23T14:00:00Z","bs":1"""
        + ""","seq":2,"body":{}}""",
        "v:")]
    [InlineData(
        """{"v":1,"id":"one","ts":"2026-11-23T14:00:00Z","bs":1,"seq":2,"body":{}}""",
        "payload.id")]
    [InlineData(
        """{"v":1,"id":"0198c2d4-1111-4abc-8def-000000000001","ts":"2026-11-23T14:00:00Z","bs":1"""
        + ""","seq":2,"body":{}}""",
        "version 7")]
    [InlineData(
        """{"v":1,"id":"0198c2d4-1111-7abc-8def-000000000001","ts":"noon","bs":1"""
        + ""","seq":2,"body":{}}""",
        "payload.ts")]
    [InlineData(Header + "\"body\":7}", "body")]
    [InlineData(Header + "\"bs\":1,\"body\":{}}", "bs")]
    [InlineData(
        """{"v":1,"id":"0198c2d4-1111-7abc-8def-000000000001","ts":"2026-11-23T14:00:00Z","bs":-1"""
        + ""","seq":2,"body":{}}""",
        "bs: -1; allowed is 0 to")]
    public void A_malformed_envelope_is_refused_with_the_field(string payload, string named)
    {
        Assert.False(Envelope.TryDecode(Encoding.UTF8.GetBytes(payload), out _, out string? why));
        Assert.Contains(named, why, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_UTF_8_or_too_long_or_too_deep_is_refused()
    {
        Assert.False(Envelope.TryDecode(new byte[] { 0x7b, 0xff, 0x7d }, out _, out string? why));
        Assert.Contains("UTF-8", why, StringComparison.Ordinal);
        Assert.False(
            Envelope.TryDecode(new byte[DeviceLimits.PayloadBytesMax + 1], out _, out why));
        Assert.Contains("65536", why, StringComparison.Ordinal);
        string deep =
            Header + "\"body\":{\"x\":" + new string('[', 64) + new string(']', 64) + "}}";
        Assert.False(Envelope.TryDecode(Encoding.UTF8.GetBytes(deep), out _, out _));
    }

    [Fact]
    public void Unknown_fields_are_ignored_and_unknown_enum_values_become_Unknown()
    {
        StateBody state = Read<StateBody>("""{"online":true,"firmware":"2","colour":"red"}""");
        Assert.True(state.Online);
        Assert.Equal(
            EvseStatus.Unknown,
            Read<EvseStateBody>(
                "{\"status\":\"REMOVED\",\"phase\":\"IDLE\","
                + "\"since\":\"2026-11-23T14:00:00Z\","
                + "\"validUntil\":\"2026-11-23T14:00:00Z\"}").Status);
    }

    [Theory]
    [InlineData("{}", "from")]
    [InlineData(
        """{"from":"a","to":"b","startSocPermille":1001,"vehicle":{}}""",
        "startSocPermille: 1001; allowed is 0 to 1000")]
    [InlineData(
        """{"from":"a","to":"b","startSocPermille":"full","vehicle":{}}""",
        "body.startSocPermille")]
    [InlineData("""{"from":null,"to":"b","startSocPermille":1,"vehicle":{}}""", "from")]
    [InlineData(
        """{"from":"a","to":"b","startSocPermille":1,"vehicle":{},"objective":"SCENIC"}""",
        "FASTEST, CHEAPEST")]
    public void A_bad_plan_request_is_refused_with_the_field_and_what_is_allowed(
        string body, string named) =>
        Assert.Contains(named, WhyNot<PlanRequest>(body), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"legs":[]}""", "legs: 0 of them; allowed are 1 to 16")]
    [InlineData(
        $$"""{"legs":[{"evse":"x","window":{"from":"{{Early}}","until":"{{Late}}"}"""
        + ""","energyWh":1}]}""",
        "body.legs[0].evse")]
    [InlineData(
        $$"""{"legs":[{"evse":"br-bbb/x","window":{"from":"{{Late}}","until":"{{Early}}"}"""
        + ""","energyWh":1}]}""",
        "body.legs[0].window")]
    [InlineData(
        $$"""{"legs":[{"evse":"br-bbb/x","window":{"from":"{{Early}}","until":"{{Late}}"}"""
        + ""","energyWh":0}]}""",
        "legs[0].energyWh: 0")]
    public void A_bad_reserve_request_is_refused_with_the_field_and_what_is_allowed(
        string body, string named) =>
        Assert.Contains(named, WhyNot<ReserveRequest>(body), StringComparison.Ordinal);

    private static T Read<T>(string body)
        where T : class, IDeviceBody<T>
    {
        Assert.True(Decode(body).TryRead(out T? read, out string? why), why);
        return read;
    }

    private static string WhyNot<T>(string body)
        where T : class, IDeviceBody<T>
    {
        Assert.False(Decode(body).TryRead(out T? _, out string? why));
        return why;
    }

    private static Envelope Decode(string body)
    {
        byte[] payload = Encoding.UTF8.GetBytes(Header + "\"body\":" + body + "}");
        Assert.True(Envelope.TryDecode(payload, out Envelope? envelope, out string? why), why);
        return envelope;
    }
}
