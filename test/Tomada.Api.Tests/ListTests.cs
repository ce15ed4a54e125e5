using System.Text.Json;

namespace Tomada.Api.Tests;

/// <summary>Lists: every item once, newest first, narrowed as asked.</summary>
public sealed class ListTests(OneCompany company)
{
    private ApiClient Client => company.Client;

    [Theory]
    [InlineData("/v1/blocks?limit=3", "height")]
    [InlineData("/v1/transactions?limit=3", "index")]
    public async Task Cursors_walk_every_item_once_while_the_log_grows(string path, string number)
    {
        JsonElement first = await Client.ReadAsync(path);
        long newest = first.GetProperty("items")[0].GetProperty(number).GetInt64();
        await company.AddBlockAsync();
        long[] rest = [.. (await Client.WalkAsync(path, first.GetProperty("next").GetString()))
            .Select(each => each.GetProperty(number).GetInt64())];
        long[] all = [.. first.GetProperty("items").EnumerateArray()
            .Select(each => each.GetProperty(number).GetInt64()), .. rest];
        Assert.Equal(all.OrderDescending().Distinct(), all);
        long[] whole =
            [.. (await Client.WalkAsync(path.Replace("=3", "=100", StringComparison.Ordinal)))
            .Select(each => each.GetProperty(number).GetInt64()).Where(each => each <= newest)];
        Assert.Equal(whole, all);
    }

    [Fact]
    public async Task Trips_come_newest_first_and_refused_ones_are_among_them()
    {
        string[] trips = [.. (await Client.WalkAsync("/v1/trips?limit=1"))
            .Select(each => each.GetProperty("id").GetString()!)];
        Assert.Equal(
            [
                company.NotAccepted.ToString(),
                company.NeverHeld.ToString(),
                company.Driven.ToString(),
            ],
            trips);
    }

    [Fact]
    public async Task Filters_narrow_the_transactions_together()
    {
        JsonElement refused = Assert.Single(
            await Client.WalkAsync(
                "/v1/transactions?kind=ProposeTrip&outcome=REFUSED&company=br-abc"));
        Assert.Equal(company.NeverHeld.ToString(), refused.GetProperty("id").GetString());
        Assert.Empty(await Client.WalkAsync("/v1/transactions?company=br-zzz"));
        Assert.Equal(
            3, (await Client.WalkAsync("/v1/transactions?kind=ProposeTrip&limit=1")).Count);
    }

    [Theory]
    [InlineData("/v1/companies")]
    [InlineData("/v1/locations")]
    [InlineData("/v1/tariffs")]
    [InlineData("/v1/blocks")]
    [InlineData("/v1/transactions")]
    [InlineData("/v1/trips")]
    [InlineData("/v1/settlements")]
    public async Task Every_list_says_the_size_of_the_log_it_was_read_from(string path)
    {
        JsonElement page = await Client.ReadAsync(path);
        Assert.True(page.GetProperty("treeSize").GetInt64() > 0);
        Assert.True(page.TryGetProperty("next", out _));
    }
}
