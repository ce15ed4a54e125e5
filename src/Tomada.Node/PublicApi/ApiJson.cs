using System.Buffers;
using System.Text.Json;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Node;

/// <summary>How answers are written: fields by hand, records by the ledger's own codecs.</summary>
internal static class ApiJson
{
    public const string ContentType = "application/json; charset=utf-8";

    /// <summary>Content that never changes once it is there.</summary>
    public const string Immutable = "public, max-age=31536000, immutable";

    /// <summary>Content that is asked for again each time.</summary>
    public const string NoCache = "no-cache";

    public static Task AnswerAsync(
        HttpContext context, string caching, Action<Utf8JsonWriter> write)
    {
        context.Response.Headers.CacheControl = caching;
        return SendAsync(context, ContentType, write);
    }

    public static async Task SendAsync(
        HttpContext context, string contentType, Action<Utf8JsonWriter> write)
    {
        byte[] bytes = Bytes(write);
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    public static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    public static void Record<T>(Utf8JsonWriter json, string name, Codec<T> codec, T value)
    {
        json.WritePropertyName(name);
        codec.WriteJson(json, value);
    }

    public static void Array<T>(
        Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            write(item);
        }

        json.WriteEndArray();
    }

    /// <summary>An enum value as it is spelled outside C#.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => EnumNames.UpperSnake(value.ToString());

    /// <summary>
    /// <c>[{ kind, body }]</c>. The body of an effect is its union's, so its codec writes both.
    /// </summary>
    public static void Effects(Utf8JsonWriter json, IEnumerable<Effect> effects) =>
        Array(json, "effects", effects, each => Effect.Codec.WriteJson(json, each));

    /// <summary>The body of a transaction without its kind, which stands beside it.</summary>
    public static void Body(Utf8JsonWriter json, Body body)
    {
        using JsonDocument pair = JsonDocument.Parse(Ledger.Body.Codec.EncodeJson(body));
        json.WritePropertyName("body");
        pair.RootElement.GetProperty("body").WriteTo(json);
    }

    public static void Money(Utf8JsonWriter json, string name, Money value) =>
        Record(json, name, Primitives.Money.Codec, value);
}
