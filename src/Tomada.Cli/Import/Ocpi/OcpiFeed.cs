using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tomada.Cli.Import.Ocpi;

/// <summary>
/// The records of an OCPI feed: a bare array, an envelope whose "data" is one or a single record,
/// or a single record. From a file, or a page of a server.
/// </summary>
/// <param name="Records">As they came; a record may be anything.</param>
/// <param name="Time">When the envelope says that it was made; null when it does not.</param>
internal sealed record OcpiFeed(IReadOnlyList<JsonNode?> Records, string? Time)
{
    /// <summary>Largest feed; one of more pages is imported page by page.</summary>
    public const int BytesMax = 256 << 20;

    /// <summary>How long a server may take for the whole answer.</summary>
    public static readonly TimeSpan FetchMax = TimeSpan.FromMinutes(2);

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <exception cref="CommandException">It cannot be had, or is no feed.</exception>
    public static async Task<OcpiFeed> ReadAsync(string source, CancellationToken stop)
    {
        byte[] bytes = Uri.TryCreate(source, UriKind.Absolute, out Uri? address)
            && address.Scheme is "http" or "https"
                ? await FetchAsync(address, stop)
                : ReadFile(source);
        return Parse(bytes, source);
    }

    /// <exception cref="CommandException">It is no feed.</exception>
    public static OcpiFeed Parse(ReadOnlySpan<byte> bytes, string source)
    {
        try
        {
            ReadOnlySpan<byte> plain = bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes;
            return Of(JsonNode.Parse(s_strict.GetString(plain))) ?? throw CommandException.Failed(
                $"{source} is neither a list nor an OCPI envelope with 'data'");
        }
        catch (DecoderFallbackException foreign)
        {
            throw CommandException.Failed($"{source} is not UTF-8: {foreign.Message}");
        }
        catch (Exception malformed) when (malformed
            is JsonException or ArgumentException or InvalidOperationException)
        {
            throw CommandException.Failed($"{source} is not JSON: {malformed.Message}");
        }
    }

    private static OcpiFeed? Of(JsonNode? root)
    {
        if (root is JsonArray bare)
        {
            return new OcpiFeed([.. bare], null);
        }

        if (root is not JsonObject envelope)
        {
            return null;
        }

        string? time = envelope.Text("timestamp");
        return envelope["data"] switch
        {
            JsonArray many => new OcpiFeed([.. many], time),
            JsonObject one => new OcpiFeed([one], time),
            null when envelope.ContainsKey("id") => new OcpiFeed([envelope], null),
            _ => null,
        };
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            FileInfo file = new(path);
            return file.Exists && file.Length > BytesMax
                ? throw CommandException.Failed(TooLarge(path))
                : File.ReadAllBytes(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Failed(unreadable.Message);
        }
    }

    private static async Task<byte[]> FetchAsync(Uri address, CancellationToken stop)
    {
        using HttpClient http = new()
        {
            Timeout = FetchMax,
            MaxResponseContentBufferSize = BytesMax,
        };
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(address, stop);
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadAsByteArrayAsync(stop)
                : throw CommandException.Unreachable(
                    $"{address} answers with HTTP {(int)answer.StatusCode}");
        }
        catch (HttpRequestException large)
            when (large.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw CommandException.Failed(TooLarge(address.ToString()));
        }
        catch (HttpRequestException unreachable)
        {
            throw CommandException.Unreachable($"{address}: {unreachable.Message}");
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            throw CommandException.Unreachable(
                $"{address} did not answer within {FetchMax.TotalSeconds:0} s");
        }
    }

    private static string TooLarge(string source) =>
        $"{source} is larger than {BytesMax >> 20} MiB; import it page by page";
}
