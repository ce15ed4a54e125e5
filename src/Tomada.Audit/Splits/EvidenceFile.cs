using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tomada.Primitives;

namespace Tomada.Audit;

/// <summary>
/// Evidence as a file that anybody can check with the key inside it: the form of the nodes' own
/// download (docs/http-api.md), one or, under <c>items</c>, several.
/// </summary>
/// <param name="Evidence">Two contradictory votes.</param>
/// <param name="VotingKey">The signer's voting key at their height.</param>
public sealed record EvidenceFile(Evidence Evidence, PublicKey VotingKey)
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>The company that it convicts, if it holds.</summary>
    public CompanyId Guilty => Evidence.Guilty;

    /// <summary>The file's bytes.</summary>
    public static byte[] Encode(IEnumerable<EvidenceFile> items) =>
        System.Text.Encoding.UTF8.GetBytes(new JsonObject
        {
            ["items"] = new JsonArray([.. items.Select(each => each.ToJson())]),
        }.ToJsonString(s_indented) + "\n");

    /// <summary>
    /// Reads one item or several. What a file says in words is ignored: the bytes count.
    /// </summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> file,
        [NotNullWhen(true)] out IReadOnlyList<EvidenceFile>? items,
        [NotNullWhen(false)] out string? why)
    {
        items = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(file);
            JsonElement root = document.RootElement;
            bool isList = root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("items", out JsonElement list)
                && list.ValueKind == JsonValueKind.Array;
            items = isList
                ? [.. root.GetProperty("items").EnumerateArray().Select(Read)]
                : [Read(root)];
            why = null;
            return true;
        }
        catch (JsonException malformed)
        {
            why = malformed.Message;
        }
        catch (FormatException malformed)
        {
            why = malformed.Message;
        }

        return false;
    }

    /// <summary>Why it proves nothing; null: the holder of the key is guilty.</summary>
    public string? Refute(VerifySignature verify) =>
        Evidence.Refute(Evidence.Network, VotingKey, verify);

    private static EvidenceFile Read(JsonElement item)
    {
        string? bytes = Text(item, "bytes");
        string? key = Text(item, "votingKey");
        if (bytes is null || !Digest.TryParse(key, out Digest votingKey))
        {
            throw new FormatException(
                "evidence has 'bytes' in hexadecimal and 'votingKey' of 64 hexadecimal digits");
        }

        return Evidence.Codec.TryDecode(
            Convert.FromHexString(bytes), out Evidence? evidence, out string? why)
            ? new EvidenceFile(evidence, new PublicKey(votingKey))
            : throw new FormatException($"bytes: {why}");
    }

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private JsonObject ToJson() => new()
    {
        ["id"] = $"{Guilty}.{(int)Evidence.Kind!.Value}.{Evidence.Height}.{Evidence.Ballot}",
        ["guilty"] = Guilty.Value,
        ["kind"] = $"E{(int)Evidence.Kind.Value}",
        ["height"] = Evidence.Height,
        ["ballot"] = Evidence.Ballot,
        ["votingKey"] = VotingKey.ToString(),
        ["bytes"] = Convert.ToHexStringLower(Evidence.Codec.Encode(Evidence)),
        ["signedBytes"] = new JsonArray(
            Hex(Evidence.First), Hex(Evidence.Second)),
    };

    private JsonValue Hex(SignedVote vote) => JsonValue.Create(Convert.ToHexStringLower(
        vote.Content.SignedBytes(Evidence.Network, Evidence.Members)));
}
