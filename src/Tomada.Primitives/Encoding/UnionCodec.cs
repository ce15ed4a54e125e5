using System.Formats.Cbor;
using System.Text.Json;

namespace Tomada.Primitives.Encoding;

/// <summary>
/// One of several records: in CBOR the array [number, record], in JSON {"kind": name, "body":
/// record}. A number names one record for ever.
/// </summary>
/// <typeparam name="T">The closed base type.</typeparam>
public sealed class UnionCodec<T> : Codec<T>
    where T : notnull
{
    private readonly SortedDictionary<int, Known> _byNumber = [];
    private readonly Dictionary<Type, Known> _byType = [];

    public override string Allowed =>
        $"one of {string.Join(", ", _byNumber.Values.Select(each => each.Name))}";

    /// <summary>The types that can be written, for tests that every case is handled.</summary>
    public IEnumerable<Type> Types => _byType.Keys;

    /// <summary>The numbers and names that are taken, by ascending number.</summary>
    public IEnumerable<(int Number, string Name)> Cases =>
        _byNumber.Values.Select(each => (each.Number, each.Name));

    /// <summary>Declares a case.</summary>
    /// <param name="number">1 or more; never reused.</param>
    /// <param name="codec">The codec of the record.</param>
    public UnionCodec<T> Case<TCase>(int number, Codec<TCase> codec)
        where TCase : T
    {
        Known added = new(number, typeof(TCase).Name, new CaseCodec<TCase>(codec));
        _byNumber.Add(number, added);
        _byType.Add(typeof(TCase), added);
        return this;
    }

    /// <summary>The number and the name of a value's case.</summary>
    public (int Number, string Name) CaseOf(T value) => (Find(value).Number, Find(value).Name);

    public override void Write(CborWriter writer, T value)
    {
        Known found = Find(value);
        writer.WriteStartArray(2);
        writer.WriteInt32(found.Number);
        found.Codec.Write(writer, value);
        writer.WriteEndArray();
    }

    public override T Read(CborReader reader)
    {
        if (reader.ReadStartArray() != 2)
        {
            throw new DecodeException("is not a pair of number and record");
        }

        int number = reader.ReadInt32();
        if (!_byNumber.TryGetValue(number, out Known? found))
        {
            throw new DecodeException($"kind {number} is not {Allowed}");
        }

        T value = found.Codec.Read(reader);
        reader.ReadEndArray();
        return value;
    }

    public override void WriteJson(Utf8JsonWriter writer, T value)
    {
        Known found = Find(value);
        writer.WriteStartObject();
        writer.WriteString("kind", found.Name);
        writer.WritePropertyName("body");
        found.Codec.WriteJson(writer, value);
        writer.WriteEndObject();
    }

    public override T ReadJson(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("kind", out JsonElement kind)
            || !element.TryGetProperty("body", out JsonElement body))
        {
            throw new DecodeException("is not an object of kind and body");
        }

        if (element.GetPropertyCount() != 2)
        {
            throw new DecodeException("has fields besides kind and body");
        }

        string? name = kind.ValueKind == JsonValueKind.String ? kind.GetString() : null;
        Known found = _byNumber.Values.FirstOrDefault(each => each.Name == name)
            ?? throw new DecodeException($"kind '{name}' is not {Allowed}");
        return found.Codec.ReadJson(body);
    }

    private Known Find(T value)
    {
        bool known = _byType.TryGetValue(value.GetType(), out Known? found);
        Invariant.Require(known, $"{value.GetType().Name} is a declared case of {typeof(T).Name}");
        return found!;
    }

    private sealed record Known(int Number, string Name, Codec<T> Codec);

    private sealed class CaseCodec<TCase>(Codec<TCase> codec) : Codec<T>
        where TCase : T
    {
        public override string Allowed => codec.Allowed;

        public override void Write(CborWriter writer, T value) => codec.Write(writer, (TCase)value);

        public override T Read(CborReader reader) => codec.Read(reader);

        public override void WriteJson(Utf8JsonWriter writer, T value) =>
            codec.WriteJson(writer, (TCase)value);

        public override T ReadJson(JsonElement element) => codec.ReadJson(element);
    }
}
