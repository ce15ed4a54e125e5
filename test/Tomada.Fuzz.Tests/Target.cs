using System.Text;
using System.Text.Json;
using Tomada.Primitives.Encoding;

namespace Tomada.Fuzz.Tests;

/// <summary>A decoder, and how its answer is judged.</summary>
/// <param name="Group">What it belongs to: an assembly, or a family of texts.</param>
/// <param name="Name">Names the file of its kept inputs too.</param>
/// <param name="IsAccepted">
/// Decodes: false is a refusal. Of what it accepts, it checks that the same bytes come back; what
/// it throws is a finding.
/// </param>
internal sealed record Target(string Group, string Name, Func<byte[], bool> IsAccepted)
{
    /// <summary>Inputs that are accepted, from the published vectors or made here.</summary>
    public IReadOnlyList<byte[]> Seeds { get; init; } = [];

    /// <summary>
    /// Of a codec: an input like a canonical item, if it is one of its type; else null.
    /// </summary>
    public Func<byte[], byte[]?> FromItem { get; init; } = _ => null;

    public override string ToString() => $"{Group}/{Name}";

    /// <summary>The canonical bytes of a type.</summary>
    public static Target OfCodec<T>(string group, string name, Codec<T> codec) => new(
        group,
        name,
        bytes =>
        {
            if (!codec.TryDecode(bytes, out T? value, out _))
            {
                return false;
            }

            Same(bytes, codec.Encode(value));
            using JsonDocument json = JsonDocument.Parse(codec.EncodeJson(value));
            if (!codec.TryReadJson(json.RootElement, out T? read, out string? why))
            {
                throw new FindingException($"its own JSON is refused: {why}");
            }

            Same(bytes, codec.Encode(read));
            return true;
        })
    {
        FromItem = item => codec.TryDecode(item, out _, out _) ? item : null,
    };

    /// <summary>The JSON form of a type: other spellings may be accepted.</summary>
    public static Target OfJson<T>(string group, string name, Codec<T> codec) => new(
        group,
        name,
        text =>
        {
            if (ParseJson(text) is not { } document)
            {
                return false;
            }

            using JsonDocument json = document;
            if (!codec.TryReadJson(json.RootElement, out T? value, out _))
            {
                return false;
            }

            byte[] bytes = codec.Encode(value);
            if (!codec.TryDecode(bytes, out T? decoded, out string? why))
            {
                throw new FindingException($"the bytes of its JSON are refused: {why}");
            }

            Same(bytes, codec.Encode(decoded));
            return true;
        })
    {
        FromItem = item =>
            codec.TryDecode(item, out T? value, out _) ? codec.EncodeJson(value) : null,
    };

    /// <summary>Text that has one spelling.</summary>
    /// <param name="group">As above.</param>
    /// <param name="name">As above.</param>
    /// <param name="again">Null for a refusal, else what is written for what was read.</param>
    public static Target OfText(string group, string name, Func<string, string?> again) => new(
        group,
        name,
        bytes =>
        {
            // Every text, also one with lone surrogates: byte pairs are characters.
            string text = System.Text.Unicode.Utf8.IsValid(bytes)
                ? Encoding.UTF8.GetString(bytes)
                : Encoding.Unicode.GetString(bytes);
            string? written = again(text);
            if (written is not null && written != text)
            {
                throw new FindingException($"it comes back as '{written}'");
            }

            return written is not null;
        });

    public static void Same(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> again)
    {
        if (!bytes.SequenceEqual(again))
        {
            throw new FindingException($"it comes back as {Convert.ToHexString(again)}");
        }
    }

    private static JsonDocument? ParseJson(byte[] text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A decoder accepted what it should have refused, or gives back something else.</summary>
internal sealed class FindingException : Exception
{
    public FindingException()
    {
    }

    public FindingException(string message)
        : base(message)
    {
    }

    public FindingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
