using System.Collections.Immutable;
using System.Formats.Cbor;
using System.Text.Json;

namespace Tomada.Primitives.Encoding;

/// <summary>The codecs that all others are made of. Every one states its range.</summary>
public static class Codecs
{
    /// <summary>True or false.</summary>
    public static Codec<bool> Bool { get; } = new BoolCodec();

    /// <summary>An integer within a range, both ends included.</summary>
    public static Codec<long> Long(long min, long max) => new Int64Codec(min, max);

    /// <summary>An integer within a range, both ends included.</summary>
    public static Codec<int> Int(int min, int max) =>
        Long(min, max).Convert(value => (int)value, value => value);

    /// <summary>UTF-8 text of at most so many bytes, without control characters.</summary>
    public static Codec<string> Text(int minBytes, int maxBytes) => new TextCodec(minBytes, maxBytes);

    /// <summary>A byte string of a bounded length; in JSON, lower-case hexadecimal.</summary>
    public static Codec<byte[]> Bytes(int min, int max) => new BytesCodec(min, max);

    /// <summary>A list of a bounded number of items.</summary>
    public static Codec<ImmutableArray<T>> List<T>(Codec<T> item, int min, int max) =>
        new ListCodec<T>(item, min, max);

    /// <summary>A named value: an integer in CBOR, its UPPER_SNAKE name in JSON (as OCPI writes enums).</summary>
    public static Codec<T> Enum<T>()
        where T : struct, Enum => new EnumCodec<T>();
}

internal sealed class BoolCodec : Codec<bool>
{
    public override string Allowed => "true or false";

    public override void Write(CborWriter writer, bool value) => writer.WriteBoolean(value);

    public override bool Read(CborReader reader) => reader.ReadBoolean();

    public override void WriteJson(Utf8JsonWriter writer, bool value) => writer.WriteBooleanValue(value);

    public override bool ReadJson(JsonElement element) => element.GetBoolean();
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

    public override void WriteJson(Utf8JsonWriter writer, long value) => writer.WriteNumberValue(value);

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

    public override void WriteJson(Utf8JsonWriter writer, string value) => writer.WriteStringValue(value);

    public override string ReadJson(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? Check(element.GetString()!)
        : throw new DecodeException($"is not {Allowed}");

    private string Check(string value) =>
        IsAllowed(value) ? value : throw new DecodeException($"is not {Allowed}");

    private bool IsAllowed(string value)
    {
        foreach (char c in value)
        {
            // A lone surrogate has no UTF-8 form, so two implementations could disagree on its bytes.
            if (char.IsControl(c) || (char.IsSurrogate(c) && !IsPaired(value)))
            {
                return false;
            }
        }

        int bytes = System.Text.Encoding.UTF8.GetByteCount(value);
        return bytes >= minBytes && bytes <= maxBytes;
    }

    private static bool IsPaired(string value)
    {
        for (int i = 0; i < value.Length; i++)
        {
            if (char.IsHighSurrogate(value[i]) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(value[i]))
            {
                return false;
            }
        }

        return true;
    }
}

internal sealed class BytesCodec(int min, int max) : Codec<byte[]>
{
    public override string Allowed { get; } = min == max ? $"{min} bytes" : $"{min} to {max} bytes";

    public override void Write(CborWriter writer, byte[] value)
    {
        Invariant.Require(value.Length >= min && value.Length <= max, $"a byte string has {Allowed}");
        writer.WriteByteString(value);
    }

    public override byte[] Read(CborReader reader) => Check(reader.ReadByteString());

    public override void WriteJson(Utf8JsonWriter writer, byte[] value) =>
        writer.WriteStringValue(System.Convert.ToHexStringLower(value));

    public override byte[] ReadJson(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? Check(System.Convert.FromHexString(element.GetString()!))
        : throw new DecodeException($"is not {Allowed} in hexadecimal");

    private byte[] Check(byte[] value) => value.Length >= min && value.Length <= max
        ? value
        : throw new DecodeException($"{value.Length} bytes are not {Allowed}");
}

internal sealed class ListCodec<T>(Codec<T> item, int min, int max) : Codec<ImmutableArray<T>>
{
    public override string Allowed { get; } = $"a list of {min} to {max} items";

    public override void Write(CborWriter writer, ImmutableArray<T> value)
    {
        Invariant.Require(value.Length >= min && value.Length <= max, $"a written list is {Allowed}");
        writer.WriteStartArray(value.Length);
        foreach (T each in value)
        {
            item.Write(writer, each);
        }

        writer.WriteEndArray();
    }

    public override ImmutableArray<T> Read(CborReader reader)
    {
        int length = Check(reader.ReadStartArray() ?? -1);
        ImmutableArray<T>.Builder items = ImmutableArray.CreateBuilder<T>(length);
        for (int i = 0; i < length; i++)
        {
            items.Add(At(i, () => item.Read(reader)));
        }

        reader.ReadEndArray();
        return items.MoveToImmutable();
    }

    public override void WriteJson(Utf8JsonWriter writer, ImmutableArray<T> value)
    {
        writer.WriteStartArray();
        foreach (T each in value)
        {
            item.WriteJson(writer, each);
        }

        writer.WriteEndArray();
    }

    public override ImmutableArray<T> ReadJson(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw new DecodeException($"is not {Allowed}");
        }

        Check(element.GetArrayLength());
        ImmutableArray<T>.Builder items = ImmutableArray.CreateBuilder<T>();
        foreach (JsonElement each in element.EnumerateArray())
        {
            items.Add(At(items.Count, () => item.ReadJson(each)));
        }

        return items.ToImmutable();
    }

    private static T At(int index, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DecodeException refusal)
        {
            throw refusal.Within($"[{index}]");
        }
    }

    private int Check(int length) => length >= min && length <= max
        ? length
        : throw new DecodeException($"{length} items are not {Allowed}");
}

internal sealed class EnumCodec<T> : Codec<T>
    where T : struct, Enum
{
    private readonly ImmutableArray<T> _values = [.. System.Enum.GetValues<T>()];

    public EnumCodec() => Allowed = $"one of {string.Join(", ", _values.Select(Name))}";

    public override string Allowed { get; }

    public override void Write(CborWriter writer, T value) =>
        writer.WriteInt32(System.Convert.ToInt32(value, null));

    public override T Read(CborReader reader)
    {
        int number = reader.ReadInt32();
        foreach (T value in _values)
        {
            if (System.Convert.ToInt32(value, null) == number)
            {
                return value;
            }
        }

        throw new DecodeException($"{number} is not {Allowed}");
    }

    public override void WriteJson(Utf8JsonWriter writer, T value) => writer.WriteStringValue(Name(value));

    public override T ReadJson(JsonElement element)
    {
        string? name = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        foreach (T value in _values)
        {
            if (Name(value) == name)
            {
                return value;
            }
        }

        throw new DecodeException($"'{name}' is not {Allowed}");
    }

    private static string Name(T value) => EnumNames.UpperSnake(value.ToString());
}
