using System.Formats.Cbor;
using System.Reflection;
using System.Text.Json;

namespace Tomada.Primitives.Encoding;

/// <summary>
/// A record as a CBOR map with integer keys and as a JSON object. Fields are declared once, in the
/// order of the record's constructor; keys ascend. A versioned record carries key 0 = its version.
/// </summary>
/// <typeparam name="T">The record; it has one public constructor that takes all fields.</typeparam>
public sealed class RecordCodec<T> : Codec<T>
{
    private readonly List<FieldOf<T>> _fields = [];
    private readonly int _version;
    private ConstructorInvoker? _constructor;

    private RecordCodec(int version) => _version = version;

    public override string Allowed =>
        $"an object of {string.Join(", ", _fields.Select(each => each.Name))}";

    /// <summary>The version under key 0; 0 for a part, which has none.</summary>
    public int Version => _version;

    /// <summary>Every declared field, by ascending key: what the written format lists.</summary>
    public IEnumerable<RecordField> Fields => _fields.Select(
        each => new RecordField(each.Key, each.Name, each.Type, each.IsRequired, each.Allowed));

    /// <summary>A record that stands on its own: hashed, signed, stored or sent.</summary>
    /// <param name="version">The only version that is read and written; 1 or more.</param>
    public static RecordCodec<T> Versioned(int version) => new(version);

    /// <summary>A part of another record, governed by that record's version.</summary>
    public static RecordCodec<T> Part() => new(0);

    /// <summary>Declares the next field; always present.</summary>
    public RecordCodec<T> Field<TField>(
        int key, string name, Func<T, TField> get, Codec<TField> codec)
    {
        Add(new RequiredField<T, TField>(key, name, get, codec));
        return this;
    }

    /// <summary>Declares the next field; absent when null.</summary>
    public RecordCodec<T> Optional<TField>(
        int key, string name, Func<T, TField?> get, Codec<TField> codec)
        where TField : class
    {
        Codec<TField?> nullable = codec.Convert<TField?>(value => value, value => value!);
        Add(new OptionalField<T, TField?>(key, name, get, nullable, value => value is null));
        return this;
    }

    /// <summary>Declares the next field; absent when null.</summary>
    public RecordCodec<T> OptionalValue<TField>(
        int key, string name, Func<T, TField?> get, Codec<TField> codec)
        where TField : struct
    {
        Codec<TField?> nullable = codec.Convert<TField?>(value => value, value => value!.Value);
        Add(new OptionalField<T, TField?>(key, name, get, nullable, value => value is null));
        return this;
    }

    public override void Write(CborWriter writer, T value)
    {
        int present = _version > 0 ? 1 : 0;
        foreach (FieldOf<T> field in _fields)
        {
            present += field.IsPresent(value) ? 1 : 0;
        }

        writer.WriteStartMap(present);
        if (_version > 0)
        {
            writer.WriteInt32(0);
            writer.WriteInt32(_version);
        }

        foreach (FieldOf<T> field in _fields)
        {
            if (field.IsPresent(value))
            {
                writer.WriteInt32(field.Key);
                field.Write(writer, value);
            }
        }

        writer.WriteEndMap();
    }

    public override T Read(CborReader reader)
    {
        int remaining =
            reader.ReadStartMap() ?? throw new DecodeException("has no definite length");
        if (_version > 0)
        {
            ReadVersion(reader, ref remaining);
        }

        object?[] values = new object?[_fields.Count];
        int next = 0;
        for (; remaining > 0; remaining--)
        {
            int key = reader.ReadInt32();
            next = Skip(next, key);
            if (next == _fields.Count || _fields[next].Key != key)
            {
                throw new DecodeException($"unknown field {key}; known are {Allowed}");
            }

            values[next] = _fields[next].Read(reader);
            next++;
        }

        Skip(next, int.MaxValue);
        reader.ReadEndMap();
        return Construct(values);
    }

    public override void WriteJson(Utf8JsonWriter writer, T value)
    {
        writer.WriteStartObject();
        foreach (FieldOf<T> field in _fields)
        {
            if (field.IsPresent(value))
            {
                writer.WritePropertyName(field.Name);
                field.WriteJson(writer, value);
            }
        }

        writer.WriteEndObject();
    }

    public override T ReadJson(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new DecodeException($"is not {Allowed}");
        }

        object?[] values = new object?[_fields.Count];
        bool[] seen = new bool[_fields.Count];
        foreach (JsonProperty property in element.EnumerateObject())
        {
            int index = _fields.FindIndex(field => property.NameEquals(field.Name));
            if (index < 0)
            {
                throw new DecodeException($"unknown field '{property.Name}'; known are {Allowed}");
            }

            if (seen[index])
            {
                throw new DecodeException("is given twice").Within(property.Name);
            }

            seen[index] = true;
            values[index] = _fields[index].ReadJson(property.Value);
        }

        for (int i = 0; i < _fields.Count; i++)
        {
            if (!seen[i] && _fields[i].IsRequired)
            {
                throw Missing(_fields[i]);
            }
        }

        return Construct(values);
    }

    private void Add(FieldOf<T> field)
    {
        Invariant.Require(
            field.Key > (_fields.Count == 0 ? 0 : _fields[^1].Key),
            $"keys of {typeof(T).Name} ascend from 1 ({field.Name})");
        _fields.Add(field);
    }

    private void ReadVersion(CborReader reader, ref int remaining)
    {
        if (remaining == 0 || reader.ReadInt32() != 0)
        {
            throw new DecodeException("has no version");
        }

        int version = reader.ReadInt32();
        if (version != _version)
        {
            throw new DecodeException($"version {version} is not known; known is {_version}");
        }

        remaining--;
    }

    /// <summary>Passes over absent optional fields up to the key.</summary>
    private int Skip(int next, int key)
    {
        for (; next < _fields.Count && _fields[next].Key < key; next++)
        {
            if (_fields[next].IsRequired)
            {
                throw Missing(_fields[next]);
            }
        }

        return next;
    }

    private static DecodeException Missing(FieldOf<T> field) =>
        new DecodeException($"is missing; it is {field.Allowed}").Within(field.Name);

    private T Construct(object?[] values)
    {
        _constructor ??= FindConstructor();
        return (T)_constructor.Invoke(values.AsSpan())!;
    }

    private ConstructorInvoker FindConstructor()
    {
        Type[] types = [.. _fields.Select(field => field.Type)];
        ConstructorInfo? constructor = typeof(T).GetConstructor(types);
        Invariant.Require(
            constructor is not null, $"{typeof(T).Name} has a constructor of its fields in order");
        return ConstructorInvoker.Create(constructor);
    }
}

/// <summary>A field as it is declared.</summary>
/// <param name="Key">In CBOR.</param>
/// <param name="Name">In JSON.</param>
/// <param name="Type">Of the value; nullable where the field may be absent.</param>
/// <param name="IsRequired">Whether it is always present.</param>
/// <param name="Allowed">What a valid value looks like.</param>
public sealed record RecordField(
    int Key, string Name, Type Type, bool IsRequired, string Allowed);

internal abstract class FieldOf<T>(int key, string name)
{
    public int Key => key;

    public string Name => name;

    public abstract Type Type { get; }

    public abstract bool IsRequired { get; }

    public abstract string Allowed { get; }

    public abstract bool IsPresent(T value);

    public abstract void Write(CborWriter writer, T value);

    public abstract object? Read(CborReader reader);

    public abstract void WriteJson(Utf8JsonWriter writer, T value);

    public abstract object? ReadJson(JsonElement element);
}

internal class RequiredField<T, TField>(
    int key, string name, Func<T, TField> get, Codec<TField> codec)
    : FieldOf<T>(key, name)
{
    public override Type Type => typeof(TField);

    public override bool IsRequired => true;

    public override string Allowed => codec.Allowed;

    public override bool IsPresent(T value) => true;

    public override void Write(CborWriter writer, T value) => codec.Write(writer, get(value));

    public override object? Read(CborReader reader)
    {
        try
        {
            return codec.Read(reader);
        }
        catch (Exception refusal) when (DecodeException.IsRefusal(refusal))
        {
            throw DecodeException.From(refusal, codec.Allowed).Within(Name);
        }
    }

    public override void WriteJson(Utf8JsonWriter writer, T value) =>
        codec.WriteJson(writer, get(value));

    public override object? ReadJson(JsonElement element)
    {
        try
        {
            return codec.ReadJson(element);
        }
        catch (Exception refusal) when (DecodeException.IsRefusal(refusal))
        {
            throw DecodeException.From(refusal, codec.Allowed).Within(Name);
        }
    }
}

internal sealed class OptionalField<T, TField>(
    int key, string name, Func<T, TField> get, Codec<TField> codec, Func<TField, bool> isAbsent)
    : RequiredField<T, TField>(key, name, get, codec)
{
    private readonly Func<T, TField> _get = get;

    public override bool IsRequired => false;

    public override bool IsPresent(T value) => !isAbsent(_get(value));
}
