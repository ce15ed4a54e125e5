using System.Formats.Cbor;
using System.Text.Json;

namespace Tomada.Primitives.Encoding;

internal sealed class EnumCodec<T> : Codec<T>
    where T : struct, Enum
{
    private readonly T[] _values = System.Enum.GetValues<T>();
    private readonly int[] _numbers;
    private readonly string[] _names;

    public EnumCodec(Func<T, string> name)
    {
        _numbers = [.. _values.Select(value => System.Convert.ToInt32(value, null))];
        _names = [.. _values.Select(name)];
        Allowed = $"one of {string.Join(", ", _names)}";
    }

    public override string Allowed { get; }

    public override void Write(CborWriter writer, T value) =>
        writer.WriteInt32(_numbers[IndexOf(value)]);

    public override T Read(CborReader reader)
    {
        int number = reader.ReadInt32();
        int index = Array.IndexOf(_numbers, number);
        return index >= 0
            ? _values[index]
            : throw new DecodeException($"{number} is not {Allowed}");
    }

    public override void WriteJson(Utf8JsonWriter writer, T value) =>
        writer.WriteStringValue(_names[IndexOf(value)]);

    public override T ReadJson(JsonElement element)
    {
        string? name = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        int index = Array.IndexOf(_names, name);
        return index >= 0
            ? _values[index]
            : throw new DecodeException($"'{name}' is not {Allowed}");
    }

    private int IndexOf(T value)
    {
        int index = Array.IndexOf(_values, value);
        Invariant.Require(index >= 0, $"a written value is {Allowed}");
        return index;
    }
}
