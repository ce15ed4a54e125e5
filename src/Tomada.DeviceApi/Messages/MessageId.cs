using Tomada.Primitives.Encoding;

namespace Tomada.DeviceApi;

/// <summary>A message: a UUID of version 7 (RFC 9562), in lower case.</summary>
public readonly record struct MessageId(Guid Value) : IComparable<MessageId>
{
    public const string Allowed = "a UUID of version 7 in lower case";

    public static Codec<MessageId> Codec { get; } =
        Codecs.Text(36, 36).Convert(Parse, id => id.ToString(), Allowed);

    /// <exception cref="FormatException">The text is not a UUID of version 7 in lower
    /// case.</exception>
    public static MessageId Parse(string text) =>
        Guid.TryParseExact(text, "D", out Guid value) && value.Version == 7
            && value.ToString("D") == text
            ? new MessageId(value)
            : throw new FormatException($"'{text}' is not {Allowed}.");

    public int CompareTo(MessageId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString("D");

    public static bool operator <(MessageId left, MessageId right) => left.CompareTo(right) < 0;

    public static bool operator >(MessageId left, MessageId right) => left.CompareTo(right) > 0;

    public static bool operator <=(MessageId left, MessageId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(MessageId left, MessageId right) => left.CompareTo(right) >= 0;
}
