using System.Net.ServerSentEvents;
using System.Text.Json;
using Tomada.Node;

namespace Tomada.Api.Tests;

/// <summary>
/// Blocks as they are decided: in order, each once, from wherever a reader stopped.
/// </summary>
public sealed class EventTests(OneCompany company)
{
    [Fact]
    public async Task A_stream_from_the_start_has_every_block_and_goes_on_live()
    {
        await using Reader reader = await Reader.OpenAsync(company, "?from=0");
        long height = company.Desk.State.Height;
        List<SseItem<string>> blocks = await reader.BlocksAsync(height);
        Assert.Equal(
            Enumerable.Range(1, (int)height).Select(each => (long)each), blocks.Select(Height));
        TransactionResult added = await company.AddBlockAsync();
        SseItem<string> live = (await reader.BlocksAsync(added.Height - height))[^1];
        Assert.Equal(added.Height, Height(live));
        JsonElement block = await company.Client.ReadAsync($"/v1/blocks/{added.Height}");
        Assert.Equal(
            block.GetProperty("digest").GetString(),
            JsonDocument.Parse(live.Data).RootElement.GetProperty("digest").GetString());
    }

    [Fact]
    public async Task A_reader_resumes_after_the_last_id_without_a_gap()
    {
        await using Reader reader = await Reader.OpenAsync(company, "?from=0");
        List<SseItem<string>> blocks = await reader.BlocksAsync(4);
        string last = blocks[1].EventId!;
        await using Reader byHeader = await Reader.OpenAsync(company, "?from=0", last);
        Assert.Equal(3, Height((await byHeader.BlocksAsync(1))[0]));
        await using Reader byQuery = await Reader.OpenAsync(company, $"?from={last}");
        Assert.Equal(2, Height((await byQuery.BlocksAsync(1))[0]));
    }

    [Fact]
    public async Task A_stream_without_a_start_begins_alive_and_with_the_next_block()
    {
        await using Reader reader = await Reader.OpenAsync(company, string.Empty);
        JsonElement alive = JsonDocument.Parse((await reader.NextAsync()).Data).RootElement;
        Assert.True(alive.GetProperty("treeSize").GetInt64() > 0);
        Assert.EndsWith("Z", alive.GetProperty("now").GetString(), StringComparison.Ordinal);
        TransactionResult added = await company.AddBlockAsync();
        List<SseItem<string>> blocks = await reader.BlocksAsync(1);
        Assert.True(Height(blocks[0]) <= added.Height);
    }

    [Fact]
    public async Task A_stopping_node_ends_its_streams()
    {
        PublicApiHost host = await company.StartHostAsync(AddressRate.Default);
        using ApiClient client = new(host.Endpoint);
        await using Reader reader = await Reader.OpenAsync(client, string.Empty, null);
        await reader.NextAsync();
        await host.DisposeAsync();
        Assert.False(await reader.HasNextAsync());
    }

    private static long Height(SseItem<string> block) =>
        JsonDocument.Parse(block.Data).RootElement.GetProperty("height").GetInt64();

    private sealed class Reader : IAsyncDisposable
    {
        private readonly HttpResponseMessage _response;
        private readonly IAsyncEnumerator<SseItem<string>> _items;

        private Reader(HttpResponseMessage response, Stream stream)
        {
            _response = response;
            _items = SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken)
                .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        }

        public static Task<Reader> OpenAsync(
            OneCompany company, string query, string? last = null) =>
            OpenAsync(company.Client, query, last);

        public static async Task<Reader> OpenAsync(ApiClient client, string query, string? last)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, $"/v1/events{query}");
            if (last is not null)
            {
                request.Headers.Add("Last-Event-ID", last);
            }

            HttpResponseMessage response = await client.SendAsync(request, wholeBody: false);
            response.EnsureSuccessStatusCode();
            return new Reader(
                response, await response.Content.ReadAsStreamAsync(
                    TestContext.Current.CancellationToken));
        }

        public async Task<SseItem<string>> NextAsync()
        {
            Assert.True(await _items.MoveNextAsync());
            return _items.Current;
        }

        public async Task<bool> HasNextAsync() => await _items.MoveNextAsync();

        public async Task<List<SseItem<string>>> BlocksAsync(long count)
        {
            List<SseItem<string>> blocks = [];
            while (blocks.Count < count)
            {
                SseItem<string> item = await NextAsync();
                if (item.EventType == "block")
                {
                    blocks.Add(item);
                }
            }

            return blocks;
        }

        public async ValueTask DisposeAsync()
        {
            await _items.DisposeAsync();
            _response.Dispose();
        }
    }
}
