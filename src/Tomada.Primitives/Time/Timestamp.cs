using System.Globalization;
using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>
/// An instant: milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored. 0 to the end of the
/// year 9999. In JSON, RFC 3339 in UTC with milliseconds.
/// </summary>
public readonly record struct Timestamp(long UnixMs) : IComparable<Timestamp>
{
    private const long MaxMs = 253_402_300_799_999;
    private const int MinLength = 20;
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>In CBOR an integer of milliseconds.</summary>
    public static Codec<Timestamp> Codec { get; } = new TimestampCodec();

    /// <summary>
    /// Reads RFC 3339 with 'Z' or an offset; digits after milliseconds are cut off.
    /// </summary>
    /// <exception cref="FormatException">The text has another form, or lies before
    /// 1970.</exception>
    public static Timestamp Parse(string text) =>
        text.Length >= MinLength && (text[^1] == 'Z' || text[^6] is '+' or '-') && text[^2] != '.'
            && DateTimeOffset.TryParseExact(
                text,
                "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out DateTimeOffset time)
            && time.ToUnixTimeMilliseconds() is >= 0 and var ms
            ? new Timestamp(ms)
            : throw new FormatException($"'{text}' is not a time as 2026-11-23T14:00:00Z.");

    public Timestamp Plus(TimeSpan span) =>
        new(UnixMs + (span.Ticks / TimeSpan.TicksPerMillisecond));

    /// <summary>The time from the other instant to this one.</summary>
    public TimeSpan Since(Timestamp other) => TimeSpan.FromMilliseconds(UnixMs - other.UnixMs, 0);

    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMs);

    public int CompareTo(Timestamp other) => UnixMs.CompareTo(other.UnixMs);

    public override string ToString() =>
        ToDateTimeOffset().ToString(Format, CultureInfo.InvariantCulture);

    public static bool operator <(Timestamp left, Timestamp right) => left.UnixMs < right.UnixMs;

    public static bool operator >(Timestamp left, Timestamp right) => left.UnixMs > right.UnixMs;

    public static bool operator <=(Timestamp left, Timestamp right) => left.UnixMs <= right.UnixMs;

    public static bool operator >=(Timestamp left, Timestamp right) => left.UnixMs >= right.UnixMs;

    private sealed class TimestampCodec : Codec<Timestamp>
    {
        private readonly Codec<long> _ms = Codecs.Long(0, MaxMs);

        public override string Allowed => "a time as 2026-11-23T14:00:00.000Z";

        public override void Write(System.Formats.Cbor.CborWriter writer, Timestamp value) =>
            _ms.Write(writer, value.UnixMs);

        public override Timestamp Read(System.Formats.Cbor.CborReader reader) =>
            new(_ms.Read(reader));

        public override void WriteJson(System.Text.Json.Utf8JsonWriter writer, Timestamp value) =>
            writer.WriteStringValue(value.ToString());

        public override Timestamp ReadJson(System.Text.Json.JsonElement element) =>
            element.ValueKind == System.Text.Json.JsonValueKind.String
                ? Parse(element.GetString()!)
                : throw new DecodeException($"is not {Allowed}");
    }
}
