using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>
/// Evidence as a file that anybody can check with the key inside it: the form of the nodes' own
/// download (docs/http-api.md), one or, under <c>items</c>, several.
/// </summary>
public abstract record EvidenceFile
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private protected EvidenceFile()
    {
    }

    /// <summary>What it proves, if it holds.</summary>
    public abstract GuiltId Id { get; }

    /// <summary>The network that it is about.</summary>
    public abstract Digest Network { get; }

    /// <summary>The key that must have signed both.</summary>
    public abstract PublicKey Key { get; }

    /// <summary>The company that it convicts, if it holds.</summary>
    public CompanyId Guilty => Id.Guilty;

    /// <summary>E1 to E5.</summary>
    public EvidenceKind Kind => Id.Kind;

    private protected abstract string KeyName { get; }

    /// <summary>Why it proves nothing; null: the holder of the key is guilty.</summary>
    public abstract string? Refute(VerifySignature verify);

    private protected abstract byte[] Encode();

    private protected abstract byte[][] SignedBytes();

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
        catch (Exception malformed) when (malformed is JsonException or FormatException)
        {
            why = malformed.Message;
        }

        return false;
    }

    private static EvidenceFile Read(JsonElement item)
    {
        byte[] bytes = Convert.FromHexString(Text(item, "bytes")
            ?? throw new FormatException("evidence has 'bytes' in hexadecimal"));
        string? why;
        if (Digest.TryParse(Text(item, "votingKey"), out Digest votingKey))
        {
            return Evidence.Codec.TryDecode(bytes, out Evidence? votes, out why)
                && votes.Kind is not null
                ? new VoteEvidence(votes, new PublicKey(votingKey))
                : throw new FormatException(
                    $"bytes: {why ?? "the votes do not contradict each other"}");
        }

        if (Digest.TryParse(Text(item, "identityKey"), out Digest identityKey))
        {
            return TwoHeads.Codec.TryDecode(bytes, out TwoHeads? heads, out why)
                ? new HeadEvidence(heads, new PublicKey(identityKey))
                : throw new FormatException($"bytes: {why}");
        }

        throw new FormatException(
            "evidence has a 'votingKey' or an 'identityKey' of 64 hexadecimal digits");
    }

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private JsonObject ToJson() => new()
    {
        ["id"] = Id.ToString(),
        ["guilty"] = Guilty.Value,
        ["kind"] = Primitives.Encoding.EnumNames.UpperSnake(Kind.ToString()),
        ["height"] = Id.Height,
        ["ballot"] = Id.Ballot,
        [KeyName] = Key.ToString(),
        ["bytes"] = Convert.ToHexStringLower(Encode()),
        ["signedBytes"] = new JsonArray(
            [.. SignedBytes().Select(each => JsonValue.Create(Convert.ToHexStringLower(each)))]),
    };
}

/// <summary>E1 to E4.</summary>
/// <param name="Evidence">Two contradictory votes.</param>
/// <param name="VotingKey">The signer's voting key at their height.</param>
public sealed record VoteEvidence(Evidence Evidence, PublicKey VotingKey) : EvidenceFile
{
    public override GuiltId Id => GuiltId.Of(Evidence)!.Value;

    public override Digest Network => Evidence.Network;

    public override PublicKey Key => VotingKey;

    private protected override string KeyName => "votingKey";

    public override string? Refute(VerifySignature verify) =>
        Evidence.Refute(Evidence.Network, VotingKey, verify);

    private protected override byte[] Encode() => Evidence.Codec.Encode(Evidence);

    private protected override byte[][] SignedBytes() =>
    [
        Evidence.First.Content.SignedBytes(Evidence.Network, Evidence.Members),
        Evidence.Second.Content.SignedBytes(Evidence.Network, Evidence.Members),
    ];
}

/// <summary>E5.</summary>
/// <param name="Heads">Two cosignatures over heads that cannot be of one log.</param>
/// <param name="IdentityKey">The signer's identity key.</param>
public sealed record HeadEvidence(TwoHeads Heads, PublicKey IdentityKey) : EvidenceFile
{
    public override GuiltId Id => GuiltId.Of(Heads);

    public override Digest Network => Heads.Network;

    public override PublicKey Key => IdentityKey;

    private protected override string KeyName => "identityKey";

    public override string? Refute(VerifySignature verify) =>
        Heads.Refute(Heads.Network, IdentityKey, verify);

    private protected override byte[] Encode() => TwoHeads.Codec.Encode(Heads);

    private protected override byte[][] SignedBytes() =>
        [Heads.First.SignedBytes(Heads.Network), Heads.Second.SignedBytes(Heads.Network)];
}
