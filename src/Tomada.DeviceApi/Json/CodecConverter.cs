using System.Text.Json;
using System.Text.Json.Serialization;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.DeviceApi.Json;

/// <summary>A value that is spelled in JSON as its one codec spells it.</summary>
internal abstract class CodecConverter<T>(Codec<T> codec) : JsonConverter<T>
{
    public override T Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        JsonElement element = JsonElement.ParseValue(ref reader);
        return codec.TryReadJson(element, out T? value, out string? why)
            ? value
            : throw new JsonException(
                why.Contains(codec.Allowed, StringComparison.Ordinal)
                    ? why
                    : $"{why} Allowed: {codec.Allowed}");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        codec.WriteJson(writer, value);
}

internal sealed class TimestampConverter() : CodecConverter<Timestamp>(Timestamp.Codec);

internal sealed class TimeWindowConverter() : CodecConverter<TimeWindow>(TimeWindow.Codec);

internal sealed class MoneyConverter() : CodecConverter<Money>(Money.Codec);

internal sealed class DigestConverter() : CodecConverter<Digest>(Digest.Codec);

internal sealed class PublicKeyConverter() : CodecConverter<PublicKey>(PublicKey.Codec);

internal sealed class EvseIdConverter() : CodecConverter<EvseId>(EvseId.Codec);

internal sealed class LocationIdConverter() : CodecConverter<LocationId>(LocationId.Codec);

internal sealed class TripIdConverter() : CodecConverter<TripId>(TripId.Codec);

internal sealed class LegIdConverter() : CodecConverter<LegId>(LegId.Codec);

internal sealed class SessionIdConverter() : CodecConverter<SessionId>(SessionId.Codec);

internal sealed class MessageIdConverter() : CodecConverter<MessageId>(MessageId.Codec);

/// <summary>A leg's secret: 32 bytes in hexadecimal.</summary>
internal sealed class SecretConverter() : CodecConverter<byte[]>(Codecs.Bytes(32, 32));

/// <summary>An Ed25519 signature: 64 bytes in hexadecimal.</summary>
internal sealed class SignatureConverter() : CodecConverter<byte[]>(Signing.SignatureCodec);

/// <summary>
/// An enum spelled as OCPI spells it; a value of a later version becomes Unknown (0).
/// </summary>
internal sealed class OcpiEnumConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    private static readonly SortedDictionary<string, T> s_values = new(
        Enum.GetValues<T>().ToDictionary(value => EnumNames.UpperSnake(value.ToString())),
        StringComparer.Ordinal);

    public override T Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? s_values.GetValueOrDefault(reader.GetString()!)
            : throw new JsonException($"is not one of {string.Join(", ", s_values.Keys)}");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(EnumNames.UpperSnake(value.ToString()));
}
