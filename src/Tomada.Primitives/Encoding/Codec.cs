using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Text.Json;

namespace Tomada.Primitives.Encoding;

/// <summary>
/// The one byte form of a type, and its JSON form, from one declaration. Bytes are deterministic
/// CBOR (RFC 8949 section 4.2): shortest integers, sorted integer keys, definite lengths, nothing
/// unknown and nothing after the end. Whoever hashes or signs uses the bytes as received.
/// </summary>
/// <typeparam name="T">The type that is encoded.</typeparam>
public abstract class Codec<T>
{
    /// <summary>What a valid value looks like, for messages: "an integer from 1 to 16".</summary>
    public abstract string Allowed { get; }

    public abstract void Write(CborWriter writer, T value);

    /// <exception cref="DecodeException">The bytes are not a valid value.</exception>
    public abstract T Read(CborReader reader);

    public abstract void WriteJson(Utf8JsonWriter writer, T value);

    /// <exception cref="DecodeException">The element is not a valid value.</exception>
    public abstract T ReadJson(JsonElement element);

    /// <summary>The canonical bytes.</summary>
    public byte[] Encode(T value)
    {
        CborWriter writer = CborScratch.TakeWriter();
        Write(writer, value);
        byte[] bytes = writer.Encode();
        CborScratch.Return(writer);
        return bytes;
    }

    /// <summary>Decodes canonical bytes; refuses every other form of the same value.</summary>
    /// <param name="bytes">Exactly one encoded value.</param>
    /// <param name="value">The value, when the answer is true.</param>
    /// <param name="why">Otherwise the field and what is allowed there.</param>
    public bool TryDecode(
        ReadOnlyMemory<byte> bytes,
        [MaybeNullWhen(false)] out T value,
        [NotNullWhen(false)] out string? why)
    {
        try
        {
            CborReader reader = CborScratch.TakeReader(bytes);
            value = Read(reader);
            why =
                reader.BytesRemaining == 0 ? null : $"{reader.BytesRemaining} bytes after the end";
            CborScratch.Return(reader);
            return why is null;
        }
        catch (DecodeException refusal)
        {
            why = refusal.Message;
        }
        catch (Exception malformed) when (DecodeException.IsRefusal(malformed))
        {
            why = $"not canonical CBOR: {malformed.Message}";
        }

        value = default;
        return false;
    }

    /// <summary>Decodes bytes that this program encoded or has already checked.</summary>
    /// <exception cref="InvariantBrokenException">They are malformed: the store is
    /// corrupt.</exception>
    public T Decode(ReadOnlyMemory<byte> bytes)
    {
        bool ok = TryDecode(bytes, out T? value, out string? why);
        Invariant.Require(ok, $"checked bytes decode ({why})");
        return value!;
    }

    /// <summary>The JSON form as UTF-8 text, for people and for the HTTP API.</summary>
    public byte[] EncodeJson(T value)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            WriteJson(writer, value);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the JSON form; refuses unknown fields and values out of range.</summary>
    public bool TryReadJson(
        JsonElement element,
        [MaybeNullWhen(false)] out T value,
        [NotNullWhen(false)] out string? why)
    {
        try
        {
            value = ReadJson(element);
            why = null;
            return true;
        }
        catch (DecodeException refusal)
        {
            why = refusal.Message;
        }
        catch (Exception malformed) when (DecodeException.IsRefusal(malformed))
        {
            why = $"{malformed.Message} Allowed: {Allowed}";
        }

        value = default;
        return false;
    }

    /// <summary>The codec of a type that is written as this one.</summary>
    /// <param name="from">Reads the other type; a thrown <see cref="FormatException"/> becomes a
    /// refusal.</param>
    /// <param name="to">Writes it.</param>
    /// <param name="allowed">What a valid value looks like; default: as this codec says.</param>
    public Codec<TOther> Convert<TOther>(
        Func<T, TOther> from, Func<TOther, T> to, string? allowed = null) =>
        new ConvertedCodec<T, TOther>(this, from, to, allowed ?? Allowed);
}

internal sealed class ConvertedCodec<T, TOther>(
    Codec<T> inner, Func<T, TOther> from, Func<TOther, T> to, string allowed) : Codec<TOther>
{
    public override string Allowed => allowed;

    public override void Write(CborWriter writer, TOther value) => inner.Write(writer, to(value));

    public override TOther Read(CborReader reader) => From(inner.Read(reader));

    public override void WriteJson(Utf8JsonWriter writer, TOther value) =>
        inner.WriteJson(writer, to(value));

    public override TOther ReadJson(JsonElement element) => From(inner.ReadJson(element));

    private TOther From(T value)
    {
        try
        {
            return from(value);
        }
        catch (FormatException refused)
        {
            throw new DecodeException($"{refused.Message} Allowed: {allowed}");
        }
    }
}
