using System.Formats.Cbor;
using System.Text.Json;
using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>Digests are in every record, so theirs is a codec without a copy to the heap.</summary>
internal sealed class DigestCodec : Codec<Digest>
{
    public const string Form = "64 hexadecimal digits in lower case";

    public override string Allowed => $"{Digest.Size} bytes, in JSON {Form}";

    public override void Write(CborWriter writer, Digest value)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        value.CopyTo(bytes);
        writer.WriteByteString(bytes);
    }

    public override Digest Read(CborReader reader)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        return reader.TryReadByteString(bytes, out int length) && length == Digest.Size
            ? new Digest(bytes)
            : throw new DecodeException($"is not {Allowed}");
    }

    public override void WriteJson(Utf8JsonWriter writer, Digest value) =>
        writer.WriteStringValue(value.ToString());

    public override Digest ReadJson(JsonElement element) =>
        element.ValueKind == JsonValueKind.String
            && Digest.TryParse(element.GetString(), out Digest digest)
            ? digest
            : throw new DecodeException($"is not {Allowed}");
}
