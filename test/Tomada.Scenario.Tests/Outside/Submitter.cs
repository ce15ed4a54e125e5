using System.Net;
using System.Security.Cryptography;

namespace Tomada.Scenario.Tests.Outside;

/// <summary>What a company's node said of a submission.</summary>
internal sealed record Acknowledged(string Id, long Height, long Index);

/// <summary>Proposes trips over chargers of the companies that stay, one by one.</summary>
internal sealed class Submitter(OutsideNetwork network, Company at, int charger)
{
    private const int WindowMinutes = 15;
    private const int FirstWindowAfterMinutes = 3 * 24 * 60;

    private int _trips;

    public List<Acknowledged> Answers { get; } = [];

    public async Task SubmitAsync(int count, CancellationToken stop)
    {
        for (int i = 0; i < count; i++)
        {
            Answer answer =
                await at.SubmitAsync("ProposeTrip", await NextTripAsync(stop), stop);
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
            JsonNode json = answer.Json;
            Answers.Add(new Acknowledged(
                json["id"]!.GetValue<string>(),
                json["height"]!.GetValue<long>(),
                json["index"]!.GetValue<long>()));
        }
    }

    private async Task<JsonNode> NextTripAsync(CancellationToken stop)
    {
        int start = FirstWindowAfterMinutes + (_trips++ * 2 * WindowMinutes);
        return new JsonObject
        {
            ["driver"] = Hex(),
            ["priority"] = "NORMAL",
            ["decideWithinMs"] = 60_000,
            ["legs"] = new JsonArray(
                await LegAsync(network.A, 0, start, stop),
                await LegAsync(network.B, 1, start + WindowMinutes, stop)),
        };
    }

    private async Task<JsonNode> LegAsync(
        Company owner, int site, int start, CancellationToken stop)
    {
        JsonNode tariff = (await at.ListAsync("/v1/tariffs", stop))
            .Single(each => each["id"]!.GetValue<string>() == $"{owner.Id}/dc");
        return new JsonObject
        {
            ["evse"] = OutsideNetwork.SiteOf(site).Evse(owner, charger),
            ["window"] = Moment.Window(start, WindowMinutes),
            ["energyWh"] = 1_000,
            ["tariff"] = tariff["hash"]!.GetValue<string>(),
            ["priceCap"] = new JsonObject { ["amount"] = 1_000, ["currency"] = "BRL" },
            ["secretHash"] = Hex(),
        };
    }

    private static string Hex() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
