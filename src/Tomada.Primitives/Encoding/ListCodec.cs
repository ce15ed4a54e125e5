using System.Collections.Immutable;
using System.Formats.Cbor;
using System.Text.Json;

namespace Tomada.Primitives.Encoding;

internal sealed class ListCodec<T>(Codec<T> item, int min, int max) : Codec<ImmutableArray<T>>
{
    public override string Allowed { get; } = $"a list of {min} to {max} items";

    public override void Write(CborWriter writer, ImmutableArray<T> value)
    {
        Invariant.Require(
            value.Length >= min && value.Length <= max, $"a written list is {Allowed}");
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
            try
            {
                items.Add(item.Read(reader));
            }
            catch (Exception refusal) when (DecodeException.IsRefusal(refusal))
            {
                throw DecodeException.From(refusal, item.Allowed).Within($"[{i}]");
            }
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
            try
            {
                items.Add(item.ReadJson(each));
            }
            catch (Exception refusal) when (DecodeException.IsRefusal(refusal))
            {
                throw DecodeException.From(refusal, item.Allowed).Within($"[{items.Count}]");
            }
        }

        return items.ToImmutable();
    }

    private int Check(int length) => length >= min && length <= max
        ? length
        : throw new DecodeException($"{length} items are not {Allowed}");
}
