using System.Net;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>
/// Bad input at every border of running nodes: told, counted, and nothing changed.
/// </summary>
public sealed class BorderTests(OutsideNetwork network)
{
    private const string Submit = "/control/v1/transactions";
    private const string Devices = "/control/v1/devices";

    [Fact(Timeout = Waiting.TestMs)]
    public Task The_control_API_names_the_field_and_needs_its_token() => UnchangedAsync(
        "tomada.refused_inputs border=control",
        async (company, stop) =>
        {
            (HttpMethod Method, string Path, string? Json, string Token)[] strangers =
            [
                (HttpMethod.Get, "/control/v1/status", null, ""),
                (HttpMethod.Get, "/control/v1/stations", null, new string('0', 64)),
                (HttpMethod.Post, Submit, "{}", company.Token + "0"),
                (HttpMethod.Post, Devices, """{"kind":"car","id":"thief"}""", company.Token[..^1]),
            ];
            foreach ((HttpMethod method, string path, string? json, string token) in strangers)
            {
                Answer answer = await company.SendAsync(method, "control", path, json, token, stop);
                Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            }

            (string Path, string Json, string Named)[] wrong =
            [
                (Submit, "not JSON", "JSON"),
                (Submit, "[]", "kind"),
                (Submit, """{"kind":"Nothing","body":{}}""", "Nothing"),
                (Submit, Location("name", "\"\""), "name"),
                (Submit, Location("latitudeE6", "90000001"), "latitudeE6"),
                (Submit, Location("speed", "1"), "speed"),
                (Submit, Location("latitudeE6", "1.5"), "latitudeE6"),
                (Submit, """{"kind":"PutLocation","kind":"PutLocation","body":{}}""", "kind"),
                (Submit, new string('[', 200), "JSON"),
                (Devices, """{"kind":"boat","id":"one"}""", "kind"),
                (Devices, """{"kind":"car","id":"Ünë"}""", "id"),
                (Devices, """{"kind":"car"}""", "id"),
            ];
            foreach ((string path, string json, string named) in wrong)
            {
                Answer answer = await company.ControlAsync(path, json, stop);
                Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{json}: {answer}");
                string detail = answer.Json["detail"]!.GetValue<string>();
                Assert.Contains(named, detail, StringComparison.Ordinal);
            }
        },
        TestContext.Current.CancellationToken);

    [Fact(Timeout = Waiting.TestMs)]
    public async Task What_the_rules_refuse_is_a_conflict_with_the_reason_and_stands_on_the_ledger()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await network.UpAsync();
        string foreign = Location("location", "\"br-aaa/not-yours\"");
        Answer answer = await network.B.ControlAsync(Submit, foreign, stop);
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        string explanation = answer.Json["explanation"]!.GetValue<string>();
        Assert.StartsWith("refused: ", explanation, StringComparison.Ordinal);
        string id = answer.Json["id"]!.GetValue<string>();
        await network.OneRootAsync(stop);
        JsonNode entry = (await network.C.GetAsync($"/v1/transactions/{id}", stop)).Json;
        Assert.NotEqual("APPLIED", entry["outcome"]!["code"]!.GetValue<string>());
        Assert.Empty(entry["effects"]!.AsArray());
    }

    [Fact(Timeout = Waiting.TestMs)]
    public Task The_public_API_names_the_field_and_changes_nothing() => UnchangedAsync(
        "tomada.refused_inputs border=http",
        async (company, stop) =>
        {
            (string Path, string Named)[] wrong =
            [
                ("/v1/blocks?limit=0", "limit"),
                ("/v1/blocks?limit=many", "limit"),
                ("/v1/transactions?before=yesterday", "before"),
                ("/v1/transactions?outcome=MAYBE", "outcome"),
                ("/v1/transactions?kind=Nothing", "kind"),
                ("/v1/transactions?company=Acme", "company"),
                ("/v1/transactions?colour=blue", "colour"),
                ("/v1/transactions/abc", "id"),
                ("/v1/trips/%20", "id"),
                ("/v1/blocks/-1", "height"),
                ("/v1/settlements/last", "period"),
                ("/v1/events?from=-5", "from"),
            ];
            foreach ((string path, string named) in wrong)
            {
                Answer answer = await company.GetAsync(path, stop);
                Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{path}: {answer}");
                Assert.Equal(named, answer.Json["field"]!.GetValue<string>());
                Assert.NotEmpty(answer.Json["allowed"]!.GetValue<string>());
            }

            string unknownTrip = $"/v1/trips/{new string('0', 64)}";
            foreach (string missing in (string[])[unknownTrip, "/v1/nothing"])
            {
                Answer answer = await company.GetAsync(missing, stop);
                Assert.Equal(HttpStatusCode.NotFound, answer.Status);
            }

            Answer posted = await company.SendAsync(
                HttpMethod.Post, "http", "/v1/transactions", "{}", company.Token, stop);
            Assert.True((int)posted.Status is >= 400 and < 500, posted.ToString());
        },
        TestContext.Current.CancellationToken);

    [Fact(Timeout = Waiting.TestMs)]
    public Task The_broker_refuses_what_is_malformed_foreign_or_unproven() => UnchangedAsync(
        "tomada.mqtt.refused",
        async (company, stop) =>
        {
            Assert.SkipUnless(MosquittoCar.CanRun, MosquittoCar.Missing);
            await using MosquittoCar car = await MosquittoCar.EnrolAsync(company, "rude", stop);
            string good = car.Envelope(
                """{"socPermille":500,"rangeM":1000}""", MosquittoCar.NewId());
            string foreign = car.Topic("up/position")
                .Replace("/rude/", "/other/", StringComparison.Ordinal);
            (string Topic, string Payload)[] wrong =
            [
                (car.Topic("up/position"), "not JSON"),
                (car.Topic("up/position"), """{"v":1}"""),
                (car.Topic("up/position"), good.Replace("500", "1001", StringComparison.Ordinal)),
                (car.Topic("up/position"), new string(' ', 70_000)),
                (car.Topic("up/nothing"), good),
                (car.Topic("dn/node"), good),
                (foreign, good),
                ("$SYS/broker", good),
            ];
            foreach ((string topic, string payload) in wrong)
            {
                long before = await company.CountAsync("tomada.mqtt.refused", stop);
                Ended ended = await car.PublishAsync(topic, payload, stop, version: "mqttv5");
                Assert.Contains("failed", ended.Errors, StringComparison.OrdinalIgnoreCase);
                Assert.Equal(before + 1, await company.CountAsync("tomada.mqtt.refused", stop));
            }

            // Larger than any packet may be: the connection ends, and nothing else does.
            await car.PublishAsync(car.Topic("up/position"), new string(' ', 300_000), stop);
            Ended unproven = await car.PublishAsync(
                car.Topic("up/position"), good, stop, password: new string('0', 64));
            Assert.NotEqual(0, unproven.ExitCode);
            JsonNode invalid = await car.AskAsync("reserve", """{"legs":[]}""", stop);
            Assert.Equal("INVALID", invalid["code"]!.GetValue<string>());
            Assert.Contains("legs", invalid["why"]!.GetValue<string>(), StringComparison.Ordinal);
        },
        TestContext.Current.CancellationToken);

    /// <summary>
    /// Does it to B, which then counts more, lives on, and has the state that it had.
    /// </summary>
    private async Task UnchangedAsync(
        string counter, Func<Company, CancellationToken, Task> abuse, CancellationToken stop)
    {
        await network.UpAsync();
        string root = await network.OneRootAsync(stop);
        long counted = await network.B.CountAsync(counter, stop);
        await abuse(network.B, stop);
        Assert.True(
            await network.B.CountAsync(counter, stop) > counted, $"{counter} has not moved");
        Assert.Equal(root, await network.OneRootAsync(stop));
        Assert.False(network.B.Node.HasExited);
    }

    /// <summary>A submission of a location with one field changed or added.</summary>
    private static string Location(string field, string value) => new JsonObject
    {
        ["kind"] = "PutLocation",
        ["body"] = new JsonObject
        {
            ["location"] = "br-bbb/abuse",
            ["name"] = "Abuse",
            ["address"] = "BR-101",
            ["city"] = "Recife",
            ["latitudeE6"] = -8_000_000,
            ["longitudeE6"] = -34_900_000,
            ["timeZone"] = "America/Recife",
            [field] = JsonNode.Parse(value),
        },
    }.ToJsonString();
}
