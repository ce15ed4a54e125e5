using System.Globalization;
using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>A trip: the id of the ProposeTrip that asked for it.</summary>
public readonly record struct TripId(Digest Digest) : IComparable<TripId>
{
    public static Codec<TripId> Codec { get; } =
        Digest.Codec.Convert(digest => new TripId(digest), id => id.Digest);

    public int CompareTo(TripId other) => Digest.CompareTo(other.Digest);

    public override string ToString() => Digest.ToString();

    public static bool operator <(TripId left, TripId right) => left.CompareTo(right) < 0;

    public static bool operator >(TripId left, TripId right) => left.CompareTo(right) > 0;

    public static bool operator <=(TripId left, TripId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TripId left, TripId right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// A leg of a trip: its number counts from 1 in driving order. Written trip/number.
/// </summary>
public readonly record struct LegId(TripId Trip, int Number) : IComparable<LegId>
{
    /// <summary>Most legs of one trip.</summary>
    public const int NumberMax = 16;

    public static Codec<LegId> Codec { get; } =
        Codecs.Text(66, 67).Convert(
            Parse, id => id.ToString(), "trip/number, a trip id and 1 to 16");

    /// <exception cref="FormatException">The text is not trip/number.</exception>
    public static LegId Parse(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2 && Digest.TryParse(parts[0], out Digest trip)
            ? new LegId(new TripId(trip), IdNumber.Parse(parts[1], NumberMax))
            : throw new FormatException($"'{text}' is not a leg: trip/number.");
    }

    public int CompareTo(LegId other)
    {
        int order = Trip.CompareTo(other.Trip);
        return order != 0 ? order : Number.CompareTo(other.Number);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Trip}/{Number}");

    public static bool operator <(LegId left, LegId right) => left.CompareTo(right) < 0;

    public static bool operator >(LegId left, LegId right) => left.CompareTo(right) > 0;

    public static bool operator <=(LegId left, LegId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LegId left, LegId right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// A charging session: a leg and the attempt, counted from 1. Written trip/number/attempt.
/// </summary>
public readonly record struct SessionId(LegId Leg, int Attempt) : IComparable<SessionId>
{
    /// <summary>Most sessions of one leg.</summary>
    public const int AttemptMax = 9;

    public static Codec<SessionId> Codec { get; } =
        Codecs.Text(68, 69).Convert(Parse, id => id.ToString(), "trip/number/attempt");

    /// <exception cref="FormatException">The text is not trip/number/attempt.</exception>
    public static SessionId Parse(string text)
    {
        int slash = text.LastIndexOf('/');
        return slash > 0
            ? new SessionId(
                LegId.Parse(text[..slash]), IdNumber.Parse(text[(slash + 1)..], AttemptMax))
            : throw new FormatException($"'{text}' is not a session: trip/number/attempt.");
    }

    public int CompareTo(SessionId other)
    {
        int order = Leg.CompareTo(other.Leg);
        return order != 0 ? order : Attempt.CompareTo(other.Attempt);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Leg}/{Attempt}");

    public static bool operator <(SessionId left, SessionId right) => left.CompareTo(right) < 0;

    public static bool operator >(SessionId left, SessionId right) => left.CompareTo(right) > 0;

    public static bool operator <=(SessionId left, SessionId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SessionId left, SessionId right) => left.CompareTo(right) >= 0;
}

internal static class IdNumber
{
    /// <summary>
    /// Reads 1 to max without sign or leading zeros, so that an id has one spelling.
    /// </summary>
    public static int Parse(string text, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= 1 && number <= max && text[0] != '0'
            ? number
            : throw new FormatException($"'{text}' is not a number from 1 to {max}.");
}
