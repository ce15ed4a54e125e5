using System.Text.Json;
using System.Text.Json.Serialization;
using Tomada.Node.Configuration;

namespace Tomada.Node;

/// <summary>
/// Where a running node really listens: <c>endpoints.json</c> in its data directory, replaced as a
/// whole whenever something more is bound and removed when the node stops.
/// </summary>
/// <param name="Peer">Address and port for other companies' nodes.</param>
/// <param name="Control">For the company's own operator.</param>
/// <param name="Http">For everybody: public API and explorer; absent until the network is
/// formed.</param>
/// <param name="Mqtt">For the company's devices; absent until the network is formed.</param>
public sealed record NodeEndpoints(string? Peer, string? Control, string? Http, string? Mqtt)
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "endpoints.json";

    /// <summary>The file's content; null when there is none, or not a whole one.</summary>
    public static NodeEndpoints? TryLoad(string dataDirectory)
    {
        try
        {
            byte[] json = File.ReadAllBytes(Path.Combine(dataDirectory, FileName));
            return JsonSerializer.Deserialize(json, NodeEndpointsJson.Default.NodeEndpoints);
        }
        catch (Exception missing) when (missing
            is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    internal void Save(string dataDirectory) => SafeFile.Replace(
        Path.Combine(dataDirectory, FileName),
        JsonSerializer.SerializeToUtf8Bytes(this, NodeEndpointsJson.Default.NodeEndpoints));

    internal static void Remove(string dataDirectory) =>
        File.Delete(Path.Combine(dataDirectory, FileName));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(NodeEndpoints))]
internal sealed partial class NodeEndpointsJson : JsonSerializerContext;
