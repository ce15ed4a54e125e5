using System.Formats.Cbor;
using System.Text;
using System.Text.Json;

namespace Tomada.Primitives.Encoding;

internal sealed class BoolCodec : Codec<bool>
{
    public override string Allowed => "true or false";

    public override void Write(CborWriter writer, bool value) => writer.WriteBoolean(value);

    public override bool Read(CborReader reader) => reader.ReadBoolean();

    public override void WriteJson(Utf8JsonWriter writer, bool value) =>
        writer.WriteBooleanValue(value);

    public override bool ReadJson(JsonElement element) =>
        element.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? element.GetBoolean()
            : throw new DecodeException($"is not {Allowed}");
}

internal sealed class Int64Codec(long min, long max) : Codec<long>
{
    public override string Allowed { get; } = $"an integer from {min} to {max}";

    public override void Write(CborWriter writer, long value)
    {
        Invariant.Require(value >= min && value <= max, $"{value} is {Allowed}");
        writer.WriteInt64(value);
    }

    public override long Read(CborReader reader) => Check(reader.ReadInt64());

    public override void WriteJson(Utf8JsonWriter writer, long value) =>
        writer.WriteNumberValue(value);

    public override long ReadJson(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long value)
            ? Check(value)
            : throw new DecodeException($"is not {Allowed}");

    private long Check(long value) => value >= min && value <= max
        ? value
        : throw new DecodeException($"{value} is not {Allowed}");
}

internal sealed class TextCodec(int minBytes, int maxBytes) : Codec<string>
{
    public override string Allowed { get; } =
        $"text of {minBytes} to {maxBytes} UTF-8 bytes without control characters";

    public override void Write(CborWriter writer, string value)
    {
        Invariant.Require(IsAllowed(value), $"a written text is {Allowed}");
        writer.WriteTextString(value);
    }

    public override string Read(CborReader reader) => Check(reader.ReadTextString());

    public override void WriteJson(Utf8JsonWriter writer, string value) =>
        writer.WriteStringValue(value);

    public override string ReadJson(JsonElement element) =>
        element.ValueKind == JsonValueKind.String
        ? Check(element.GetString()!)
        : throw new DecodeException($"is not {Allowed}");

    private string Check(string value) =>
        IsAllowed(value) ? value : throw new DecodeException($"is not {Allowed}");

    private bool IsAllowed(string value)
    {
        int bytes = 0;
        for (int i = 0; i < value.Length;)
        {
            // A lone surrogate has no UTF-8 form: two implementations could disagree on its bytes.
            if (!Rune.TryGetRuneAt(value, i, out Rune rune) || Rune.IsControl(rune))
            {
                return false;
            }

            bytes += rune.Utf8SequenceLength;
            i += rune.Utf16SequenceLength;
        }

        return bytes >= minBytes && bytes <= maxBytes;
    }
}

internal sealed class BytesCodec(int min, int max) : Codec<byte[]>
{
    public override string Allowed { get; } = min == max ? $"{min} bytes" : $"{min} to {max} bytes";

    public override void Write(CborWriter writer, byte[] value)
    {
        Invariant.Require(
            value.Length >= min && value.Length <= max, $"a byte string has {Allowed}");
        writer.WriteByteString(value);
    }

    public override byte[] Read(CborReader reader) => Check(reader.ReadByteString());

    public override void WriteJson(Utf8JsonWriter writer, byte[] value) =>
        writer.WriteStringValue(System.Convert.ToHexStringLower(value));

    public override byte[] ReadJson(JsonElement element) =>
        element.ValueKind == JsonValueKind.String
        && !element.GetString().AsSpan().ContainsAnyInRange('A', 'F')
        ? Check(System.Convert.FromHexString(element.GetString()!))
        : throw new DecodeException($"is not {Allowed} in lower-case hexadecimal");

    private byte[] Check(byte[] value) => value.Length >= min && value.Length <= max
        ? value
        : throw new DecodeException($"{value.Length} bytes are not {Allowed}");
}
