using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Routing;

/// <summary>
/// A node of the road graph: a city or a junction. 1 to 40 characters of a-z, 0-9, '-'.
/// </summary>
public readonly record struct PlaceId : IComparable<PlaceId>
{
    private readonly string? _value;

    private PlaceId(string value) => _value = value;

    public static Codec<PlaceId> Codec { get; } =
        Codecs.Text(1, IdRules.NameMax).Convert(Parse, id => id.Value, IdRules.NameAllowed);

    public string Value => _value ?? string.Empty;

    /// <exception cref="FormatException">The text is not a name.</exception>
    public static PlaceId Parse(string text) => IdRules.IsName(text)
        ? new PlaceId(text)
        : throw new FormatException($"'{text}' is not a place.");

    public int CompareTo(PlaceId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;

    public static bool operator <(PlaceId left, PlaceId right) => left.CompareTo(right) < 0;

    public static bool operator >(PlaceId left, PlaceId right) => left.CompareTo(right) > 0;

    public static bool operator <=(PlaceId left, PlaceId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PlaceId left, PlaceId right) => left.CompareTo(right) >= 0;
}

/// <summary>A city or a junction with its position.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name for people: 1 to 80 bytes.</param>
/// <param name="State">The federal unit's two letters, as BA.</param>
/// <param name="At">Where it lies.</param>
public sealed record Place(PlaceId Id, string Name, string State, GeoPoint At)
{
    public static Codec<Place> Codec { get; } = RecordCodec<Place>.Part()
        .Field(1, "id", place => place.Id, PlaceId.Codec)
        .Field(2, "name", place => place.Name, Codecs.Text(1, 80))
        .Field(3, "state", place => place.State, Codecs.Text(2, 2))
        .Field(4, "at", place => place.At, GeoPoint.Codec);
}
