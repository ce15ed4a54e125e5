using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>A stretch of time: from its start, up to but not including its end.</summary>
public readonly record struct TimeWindow(Timestamp From, Timestamp Until)
{
    public static Codec<TimeWindow> Codec { get; } = RecordCodec<TimeWindow>.Part()
        .Field(1, "from", window => window.From, Timestamp.Codec)
        .Field(2, "until", window => window.Until, Timestamp.Codec)
        .Convert(
            window => window.From < window.Until
                ? window
                : throw new FormatException("The window ends before it starts."),
            window =>
            {
                Invariant.Require(window.From < window.Until, $"{window} starts before it ends");
                return window;
            },
            "a window whose from is before its until");

    public TimeSpan Length => Until.Since(From);

    public bool Contains(Timestamp time) => time >= From && time < Until;

    /// <summary>Whether the two share any instant; windows that only touch do not.</summary>
    public bool Overlaps(TimeWindow other) => From < other.Until && other.From < Until;

    public override string ToString() => $"{From}/{Until}";
}
