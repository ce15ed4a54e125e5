using System.Text.Json;

namespace Tomada.Cli.Demo;

/// <summary>Reads a node's public API, as any outsider would.</summary>
internal sealed class PublicClient(string endpoint) : IDisposable
{
    private const int PageSize = 100;

    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://{endpoint}") };

    public Uri Address => _http.BaseAddress!;

    /// <summary>The answer; null when there is no such resource.</summary>
    public async Task<JsonElement?> GetAsync(string path, CancellationToken stop)
    {
        using HttpResponseMessage response = await _http.GetAsync(path, stop);
        if (response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        await using Stream body = await response.Content.ReadAsStreamAsync(stop);
        using JsonDocument document = await JsonDocument.ParseAsync(body, cancellationToken: stop);
        return document.RootElement.Clone();
    }

    /// <summary>Every item of a list, page by page.</summary>
    public async Task<List<JsonElement>> ListAsync(string path, CancellationToken stop)
    {
        List<JsonElement> items = [];
        string? next = null;
        do
        {
            string before = next is null ? "" : $"&before={Uri.EscapeDataString(next)}";
            string page = $"{path}?limit={PageSize}{before}";
            JsonElement answer = await GetAsync(page, stop)
                ?? throw CommandException.Failed($"{page} is not found");
            items.AddRange(answer.GetProperty("items").EnumerateArray());
            next = answer.GetProperty("next").GetString();
        }
        while (next is not null);

        return items;
    }

    public void Dispose() => _http.Dispose();
}
