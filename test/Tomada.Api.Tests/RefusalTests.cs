using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Tomada.Node;

namespace Tomada.Api.Tests;

/// <summary>Bad input is refused with its name and what is allowed, and counted.</summary>
public sealed class RefusalTests(OneCompany company)
{
    private const string Unknown =
        "0000000000000000000000000000000000000000000000000000000000000000";

    [Theory]
    [InlineData("/v1/blocks?limit=0", "limit", "1 to 100")]
    [InlineData("/v1/blocks?limit=101", "limit", "1 to 100")]
    [InlineData("/v1/blocks?limit=07", "limit", "1 to 100")]
    [InlineData("/v1/blocks?limit=1&limit=2", "limit", "once")]
    [InlineData("/v1/blocks?limt=5", "limt", "limit, before")]
    [InlineData("/v1/network?x=1", "x", "no parameters")]
    [InlineData("/v1/blocks?before=abc", "before", "next")]
    [InlineData("/v1/blocks?before=dDU", "before", "next")]
    [InlineData("/v1/transactions?before=YjU", "before", "next")]
    [InlineData("/v1/transactions?kind=Steal", "kind", "ProposeTrip")]
    [InlineData("/v1/transactions?outcome=applied", "outcome", "APPLIED, REFUSED")]
    [InlineData("/v1/transactions?company=BR-ABC", "company", "br-abc")]
    [InlineData("/v1/transactions/xyz", "id", "hexadecimal")]
    [InlineData("/v1/transactions/" + Unknown + "?wait=11s", "wait", "10s")]
    [InlineData("/v1/trips/1", "id", "hexadecimal")]
    [InlineData("/v1/sessions/" + Unknown + "/1", "id", "attempt")]
    [InlineData("/v1/cdrs/a/b/c", "id", "attempt")]
    [InlineData("/v1/companies/abc", "id", "br-abc")]
    [InlineData("/v1/blocks/0", "height", "1 to")]
    [InlineData("/v1/blocks/-1", "height", "1 to")]
    [InlineData("/v1/settlements/first", "period", "1 to")]
    [InlineData("/v1/events?from=999999", "from", "0 to")]
    [InlineData("/v1/export/transactions.csv?from=2&to=1", "from", "0 to 1")]
    [InlineData("/v1/export/transactions.jsonl?to=999999", "to", "0 to")]
    public async Task A_wrong_parameter_is_named_with_what_is_allowed(
        string path, string field, string allowed)
    {
        ApiAnswer answer = await company.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("application/problem+json", answer.Header("Content-Type"));
        Assert.Equal(field, answer.Body.GetProperty("field").GetString());
        Assert.Contains(
            allowed, answer.Body.GetProperty("allowed").GetString(), StringComparison.Ordinal);
        Assert.Equal(400, answer.Body.GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("/v1/blocks/999999")]
    [InlineData("/v1/transactions/" + Unknown)]
    [InlineData("/v1/transactions/" + Unknown + "?wait=0s")]
    [InlineData("/v1/trips/" + Unknown)]
    [InlineData("/v1/sessions/" + Unknown + "/1/1")]
    [InlineData("/v1/cdrs/" + Unknown + "/1/1")]
    [InlineData("/v1/companies/br-zzz")]
    [InlineData("/v1/settlements/99")]
    [InlineData("/v1/nothing")]
    [InlineData("/nothing")]
    public async Task What_is_not_there_is_a_problem_with_404(string path)
    {
        ApiAnswer answer = await company.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("application/problem+json", answer.Header("Content-Type"));
        Assert.Equal(404, answer.Body.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_transaction_that_is_no_trip_is_no_trip()
    {
        JsonElement any = (await company.Client.WalkAsync("/v1/transactions?kind=PutTariff"))[0];
        ApiAnswer answer =
            await company.Client.GetAsync($"/v1/trips/{any.GetProperty("id").GetString()}");
        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
    }

    [Fact]
    public async Task Nothing_can_be_written()
    {
        using HttpRequestMessage post = new(HttpMethod.Post, "/v1/transactions");
        using HttpResponseMessage refused = await company.Client.SendAsync(post);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
        using HttpRequestMessage body =
            new(HttpMethod.Get, "/v1/network") { Content = new StringContent("{}") };
        using HttpResponseMessage tooLarge = await company.Client.SendAsync(body);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
    }

    [Fact]
    public async Task Any_page_may_read_and_none_may_frame()
    {
        ApiAnswer answer = await company.Client.GetAsync("/v1/network");
        Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.Contains(
            "frame-ancestors 'none'",
            answer.Header("Content-Security-Policy"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_asks_too_often_is_told_to_wait_and_counted()
    {
        List<string> reasons = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, each) =>
        {
            if (instrument.Name == "tomada.refused_inputs")
            {
                each.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            lock (reasons)
            {
                reasons.Add(string.Join(' ', tags.ToArray().Select(tag => tag.Value)));
            }
        });
        listener.Start();
        await using PublicApiHost host =
            await company.StartHostAsync(new AddressRate(2, 1, TimeSpan.FromDays(1)));
        using ApiClient client = new(host.Endpoint);
        await client.ReadAsync("/v1/network");
        await client.ReadAsync("/v1/network");
        ApiAnswer third = await client.GetAsync("/v1/network");
        Assert.Equal(HttpStatusCode.TooManyRequests, third.Status);
        Assert.Equal("1", third.Header("Retry-After"));
        lock (reasons)
        {
            Assert.Contains("http rate-limited", reasons);
        }
    }
}
