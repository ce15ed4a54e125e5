using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>A site with one or more EVSEs (OCPI Location). Written company/name.</summary>
public readonly record struct LocationId(CompanyId Company, string Name) : IComparable<LocationId>
{
    public static Codec<LocationId> Codec { get; } =
        IdRules.OwnedCodec(Parse, id => id.ToString());

    /// <exception cref="FormatException">The text is not company/name.</exception>
    public static LocationId Parse(string text)
    {
        (CompanyId company, string name) = IdRules.ParseOwned(text);
        return new LocationId(company, name);
    }

    public int CompareTo(LocationId other) =>
        IdRules.CompareOwned(Company, Name, other.Company, other.Name);

    public override string ToString() => $"{Company}/{Name}";

    public static bool operator <(LocationId left, LocationId right) => left.CompareTo(right) < 0;

    public static bool operator >(LocationId left, LocationId right) => left.CompareTo(right) > 0;

    public static bool operator <=(LocationId left, LocationId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LocationId left, LocationId right) => left.CompareTo(right) >= 0;
}
