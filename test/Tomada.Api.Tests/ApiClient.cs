using System.Net;
using System.Text.Json;

namespace Tomada.Api.Tests;

/// <summary>What came back: status, headers and the JSON body.</summary>
internal sealed record ApiAnswer(HttpResponseMessage Response, JsonElement Body)
{
    public HttpStatusCode Status => Response.StatusCode;

    public string? Header(string name) =>
        Response.Headers.TryGetValues(name, out IEnumerable<string>? values)
        || Response.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;
}

/// <summary>Reads the API as a stranger would.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    public ApiClient(IPEndPoint endpoint) =>
        _http = new HttpClient { BaseAddress = new Uri($"http://{endpoint}") };

    public Uri Address => _http.BaseAddress!;

    public async Task<ApiAnswer> GetAsync(string path)
    {
        HttpResponseMessage response = await _http.GetAsync(
            new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        string text =
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new ApiAnswer(response, JsonDocument.Parse(text).RootElement);
    }

    /// <summary>The body of an answer that must be 200.</summary>
    public async Task<JsonElement> ReadAsync(string path)
    {
        ApiAnswer answer = await GetAsync(path);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{path}: {answer.Status} {answer.Body}");
        return answer.Body;
    }

    public Task<string> TextAsync(string path) =>
        _http.GetStringAsync(
            new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool wholeBody = true) =>
        _http.SendAsync(
            request,
            wholeBody
                ? HttpCompletionOption.ResponseContentRead
                : HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);

    /// <summary>Every item of a list, by following its cursors.</summary>
    /// <param name="path">The list.</param>
    /// <param name="before">A cursor to begin after; null for the newest.</param>
    public async Task<List<JsonElement>> WalkAsync(string path, string? before = null)
    {
        List<JsonElement> items = [];
        string? next = before;
        do
        {
            char separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            JsonElement page =
                await ReadAsync(next is null ? path : $"{path}{separator}before={next}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        return items;
    }

    public void Dispose() => _http.Dispose();
}
