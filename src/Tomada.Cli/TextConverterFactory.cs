using System.Text.Json;
using System.Text.Json.Serialization;
using Tomada.Primitives;

namespace Tomada.Cli;

/// <summary>Writes ids and times in event lines as the texts that people know them by.</summary>
internal sealed class TextConverterFactory : JsonConverterFactory
{
    private static readonly HashSet<Type> s_types =
    [
        typeof(CompanyId), typeof(EvseId), typeof(LocationId), typeof(TariffId), typeof(TripId),
        typeof(LegId), typeof(SessionId), typeof(TransactionId), typeof(Digest), typeof(Timestamp),
        typeof(Currency),
    ];

    public override bool CanConvert(Type typeToConvert) => s_types.Contains(typeToConvert);

    public override JsonConverter CreateConverter(
        Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(
            typeof(TextConverter<>).MakeGenericType(typeToConvert))!;

    private sealed class TextConverter<T> : JsonConverter<T>
        where T : notnull
    {
        public override T Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new JsonException("event lines are only written");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
