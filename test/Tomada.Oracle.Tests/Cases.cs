using System.Text.Json;
using System.Text.Json.Serialization;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Oracle.Tests;

/// <summary>Valid is our verdict; an oracle reports where its own differs.</summary>
internal sealed record InclusionCase(
    long Size, long Index, Digest Leaf, Digest Root, IReadOnlyList<Digest> Proof)
{
    public bool Valid => MerkleTree.VerifyInclusion(Leaf, Index, Size, [.. Proof], Root);
}

/// <inheritdoc cref="InclusionCase"/>
internal sealed record ConsistencyCase(
    long OldSize, long Size, Digest OldRoot, Digest Root, IReadOnlyList<Digest> Proof)
{
    public bool Valid =>
        MerkleTree.VerifyConsistency(OldSize, OldRoot, Size, Root, [.. Proof]);
}

/// <summary>The root over entries.</summary>
internal sealed record RootCase(IReadOnlyList<byte[]> Entries, Digest Root, bool Valid);

/// <summary>A note that its log signed as type 01.</summary>
internal sealed record CheckpointCase(string Key, string Note, long Size, Digest Root, bool Valid);

/// <summary>A note that a company cosigned as type 04.</summary>
internal sealed record CosignatureCase(
    string Name, byte[] Key, long Time, string Note, bool Valid);

/// <summary>A tlog-proof and the entry that it is about.</summary>
internal sealed record ReceiptCase(string Key, string Text, byte[] Entry, bool Valid);

/// <summary>A whole log as tiles and bundles by path, and our proofs about it.</summary>
internal sealed record TreeCase(
    long Size,
    Digest Root,
    IReadOnlyDictionary<string, byte[]> Tiles,
    IReadOnlyList<InclusionCase> Inclusions,
    IReadOnlyList<ConsistencyCase> Consistencies,
    bool Valid);

/// <summary>What an oracle is asked to judge, as JSON: bytes and hashes in base64.</summary>
internal sealed record Cases
{
    public IReadOnlyList<InclusionCase> Inclusions { get; init; } = [];

    public IReadOnlyList<ConsistencyCase> Consistencies { get; init; } = [];

    public IReadOnlyList<RootCase> Roots { get; init; } = [];

    public IReadOnlyList<CheckpointCase> Checkpoints { get; init; } = [];

    public IReadOnlyList<CosignatureCase> Cosignatures { get; init; } = [];

    public IReadOnlyList<ReceiptCase> Receipts { get; init; } = [];

    public IReadOnlyList<TreeCase> Trees { get; init; } = [];

    [JsonIgnore]
    public int Count => Inclusions.Count + Consistencies.Count + Roots.Count + Checkpoints.Count
        + Cosignatures.Count + Receipts.Count + Trees.Count;

    private static readonly JsonSerializerOptions s_options =
        new() { Converters = { new DigestAsBase64() } };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, s_options);

    private sealed class DigestAsBase64 : JsonConverter<Digest>
    {
        public override Digest Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetBytesFromBase64());

        public override void Write(
            Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) =>
            writer.WriteBase64StringValue(value.ToArray());
    }
}
