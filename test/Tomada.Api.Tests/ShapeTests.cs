using System.Net;
using System.Text.Json;
using Tomada.Primitives;

namespace Tomada.Api.Tests;

/// <summary>Each resource has the fields that docs/http-api.md promises.</summary>
public sealed class ShapeTests(OneCompany company)
{
    private const string Immutable = "public, max-age=31536000, immutable";

    private ApiClient Client => company.Client;

    [Fact]
    public async Task The_network_says_who_it_is_and_what_it_withstands()
    {
        JsonElement network = await Client.ReadAsync("/v1/network");
        Has(
            network, "id", "name", "protocolVersion", "height", "treeSize", "members", "n", "f",
            "q", "crashesSurvived", "liarsToFork", "clock", "self");
        Assert.Equal("Test <network>", Text(network, "name"));
        Assert.Equal(company.Desk.State.Network.ToString(), Text(network, "id"));
        Assert.Equal(1, network.GetProperty("q").GetInt32());
        Has(network.GetProperty("clock"), "now", "factor", "simulated");
    }

    [Fact]
    public async Task A_company_shows_its_keys_and_how_it_answered()
    {
        JsonElement item = Assert.Single((await Client.ReadAsync("/v1/companies"))
            .GetProperty("items").EnumerateArray().ToArray());
        Has(
            item, "id", "name", "identityKey", "votingKey", "tlsKeyHash", "locations", "evses",
            "member");
        Assert.Equal(1, item.GetProperty("legsAccepted").GetInt32());
        Assert.Equal(1, item.GetProperty("legsRefused").GetInt32());
        Assert.Equal(
            item.GetRawText(), (await Client.ReadAsync("/v1/companies/br-abc")).GetRawText());
    }

    [Fact]
    public async Task Nothing_is_about_to_change_among_the_members()
    {
        Assert.Equal(0, (await Client.ReadAsync("/v1/governance/proposals"))
            .GetProperty("items").GetArrayLength());
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Client.GetAsync($"/v1/governance/proposals/{Digest.Zero}")).Status);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await Client.GetAsync("/v1/governance/proposals/nonsense")).Status);
    }

    [Fact]
    public async Task Nobody_is_guilty_and_an_id_that_is_none_is_refused()
    {
        Assert.Equal(0, (await Client.ReadAsync("/v1/evidence"))
            .GetProperty("items").GetArrayLength());
        Assert.Equal(
            HttpStatusCode.NotFound, (await Client.GetAsync("/v1/evidence/br-abc.1.1.0")).Status);
        Assert.Equal(
            HttpStatusCode.BadRequest, (await Client.GetAsync("/v1/evidence/nonsense")).Status);
    }

    [Fact]
    public async Task A_location_has_its_evses_and_connectors_as_ocpi_names_them()
    {
        JsonElement location = (await Client.ReadAsync("/v1/locations")).GetProperty("items")[0];
        Assert.Equal("br-abc/salvador", Text(location, "id"));
        Assert.Equal("-12.971111", Text(location.GetProperty("coordinates"), "latitude"));
        JsonElement evse = location.GetProperty("evses")[0];
        Assert.Equal("AVAILABLE", Text(evse, "status"));
        Assert.Equal("OWNER", Text(evse, "statusSource"));
        Assert.True(
            Timestamp.Parse(Text(evse, "statusValidUntil"))
            > Timestamp.Parse("2000-01-01T00:00:00Z"));
        JsonElement connector = evse.GetProperty("connectors")[0];
        Assert.Equal("IEC_62196_T2_COMBO", Text(connector, "standard"));
        Assert.Equal("DC", Text(connector, "powerType"));
        Assert.Equal(150_000, connector.GetProperty("maxPowerW").GetInt32());
        Assert.Equal("br-abc/dc", Text(connector, "tariff"));
    }

    [Fact]
    public async Task A_tariff_has_its_components()
    {
        JsonElement tariff = (await Client.ReadAsync("/v1/tariffs")).GetProperty("items")[0];
        JsonElement component = tariff.GetProperty("elements")[0].GetProperty("priceComponents")[0];
        Assert.Equal("ENERGY", Text(component, "type"));
        Assert.Equal(1.95m, component.GetProperty("price").GetDecimal());
    }

    [Fact]
    public async Task A_block_has_its_log_and_is_cached_for_ever()
    {
        ApiAnswer answer = await Client.GetAsync("/v1/blocks/1");
        Assert.Equal(Immutable, answer.Header("Cache-Control"));
        JsonElement block = answer.Body;
        Has(
            block, "height", "digest", "time", "proposer", "ballot", "entries", "transactions",
            "refused", "stateRoot", "transactionRoot", "previous", "signers", "firstIndex", "log",
            "seal");
        Assert.Equal(company.Desk.State.Network.ToString(), Text(block, "previous"));
        Assert.Equal("br-abc", block.GetProperty("signers")[0].GetString());
        JsonElement[] log = [.. block.GetProperty("log").EnumerateArray()];
        Assert.Equal(block.GetProperty("entries").GetInt32(), log.Length);
        Assert.Equal("TRANSACTION", Text(log[0], "type"));
        Assert.Equal("SEAL", Text(log[^1], "type"));
        JsonElement summary = (await Client.WalkAsync("/v1/blocks"))[^1];
        Assert.Equal(Text(block, "digest"), Text(summary, "digest"));
    }

    [Fact]
    public async Task A_certificate_names_the_digest_that_was_decided()
    {
        JsonElement proof = await Client.ReadAsync("/v1/blocks/1/certificate");
        JsonElement block = await Client.ReadAsync("/v1/blocks/1");
        Assert.Equal(Text(block, "digest"), Text(proof.GetProperty("certificate"), "digest"));
    }

    [Fact]
    public async Task A_transaction_has_its_body_and_effects_and_is_cached_for_ever()
    {
        ApiAnswer answer = await Client.GetAsync($"/v1/transactions/{company.Driven}");
        Assert.Equal(Immutable, answer.Header("Cache-Control"));
        JsonElement transaction = answer.Body;
        Has(transaction, "id", "height", "index", "company", "kind", "lane", "number", "validUntil",
            "outcome", "time", "body", "effects");
        Assert.Equal("ProposeTrip", Text(transaction, "kind"));
        Assert.Equal("APPLIED", Text(transaction.GetProperty("outcome"), "code"));
        Assert.Equal(1, transaction.GetProperty("body").GetProperty("legs").GetArrayLength());
        Assert.Equal("TripHeld", Text(transaction.GetProperty("effects")[0], "kind"));
    }

    [Fact]
    public async Task A_driven_trip_leads_to_its_session_and_cdr()
    {
        JsonElement trip = await Client.ReadAsync($"/v1/trips/{company.Driven}");
        Assert.Equal("COMPLETED", Text(trip, "state"));
        Has(trip, "home", "proposedAt", "decideBy", "transaction");
        JsonElement leg = Assert.Single(trip.GetProperty("legs").EnumerateArray().ToArray());
        Assert.Equal("br-abc/salvador", Text(leg, "location"));
        Assert.Equal("FULFILLED", Text(leg, "state"));
        Assert.Equal(3_900, leg.GetProperty("estimatedPrice").GetProperty("amount").GetInt32());
        string[] kinds = await Task.WhenAll(leg.GetProperty("transactions").EnumerateArray()
            .Select(async id => Text(
                await Client.ReadAsync($"/v1/transactions/{id.GetString()}"), "kind")));
        Assert.Equal(
            ["AnswerLeg", "StartSession", "EndSession", "AcknowledgeCdr", "AcceptCdr"], kinds);
        Assert.Equal(20_000, leg.GetProperty("session").GetProperty("energyWh").GetInt32());
        Has(leg.GetProperty("session"), "id", "state", "startedAt", "endedAt", "transaction");
        Assert.Equal(
            3_900, leg.GetProperty("cdr").GetProperty("total").GetProperty("amount").GetInt32());
        Has(leg.GetProperty("cdr"), "id", "state", "transaction");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_and_its_cdr_are_found_by_their_id(bool encoded)
    {
        string id =
            encoded ? Uri.EscapeDataString(company.Session.ToString()) : company.Session.ToString();
        JsonElement session = await Client.ReadAsync($"/v1/sessions/{id}");
        Assert.Equal("COMPLETED", Text(session, "state"));
        Assert.Equal(company.Session.ToString(), Text(session, "cdr"));
        JsonElement cdr = await Client.ReadAsync($"/v1/cdrs/{id}");
        Assert.Equal(3_900, cdr.GetProperty("total").GetProperty("amount").GetInt32());
        Assert.Equal("ENERGY", Text(cdr.GetProperty("lines")[0], "type"));
    }

    [Fact]
    public async Task A_trip_that_its_owner_refused_says_why()
    {
        JsonElement trip = await Client.ReadAsync($"/v1/trips/{company.NotAccepted}");
        Assert.Equal("REFUSED", Text(trip, "state"));
        Assert.Equal("leg 1: OCCUPIED", Text(trip, "reason"));
    }

    [Fact]
    public async Task A_trip_that_was_never_held_shows_its_legs_as_asked_for_and_why()
    {
        JsonElement trip = await Client.ReadAsync($"/v1/trips/{company.NeverHeld}");
        Assert.Equal("REFUSED", Text(trip, "state"));
        Assert.Contains("is taken", Text(trip, "reason"), StringComparison.Ordinal);
        Assert.Equal("br-abc/salvador-1", Text(trip.GetProperty("legs")[0], "evse"));
        JsonElement transaction = await Client.ReadAsync($"/v1/transactions/{company.NeverHeld}");
        Assert.Equal("WINDOW_TAKEN", Text(transaction.GetProperty("outcome"), "code"));
        Assert.Equal(
            Text(trip, "reason"), Text(transaction.GetProperty("outcome"), "reason"));
        Assert.Equal(0, transaction.GetProperty("effects").GetArrayLength());
    }

    [Fact]
    public async Task A_closed_period_names_the_transaction_that_closed_it()
    {
        JsonElement settlement = await Client.ReadAsync("/v1/settlements/1");
        Has(settlement, "period", "state", "currency", "from", "until", "positions", "payments");
        JsonElement closing =
            await Client.ReadAsync($"/v1/transactions/{Text(settlement, "transaction")}");
        Assert.Equal("ClosePeriod", Text(closing, "kind"));
        string[] periods = [.. (await Client.WalkAsync("/v1/settlements?limit=1"))
            .Select(each => Text(each, "period"))];
        Assert.Equal(["2", "1"], periods);
    }

    [Fact]
    public async Task The_node_says_that_it_is_well()
    {
        Assert.Equal("UP", Text(await Client.ReadAsync("/healthz"), "status"));
        await Client.ReadAsync("/v1/network");
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync("/readyz")).Status);
    }

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString()!;

    private static void Has(JsonElement element, params ReadOnlySpan<string> fields)
    {
        foreach (string field in fields)
        {
            Assert.True(element.TryGetProperty(field, out _), $"{field} is in {element}");
        }
    }
}
