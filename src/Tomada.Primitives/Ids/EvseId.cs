using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>
/// One place to charge, with one session at a time (OCPI EVSE uid). Written company/name.
/// </summary>
public readonly record struct EvseId(CompanyId Company, string Name) : IComparable<EvseId>
{
    public static Codec<EvseId> Codec { get; } =
        IdRules.OwnedCodec(Parse, id => id.ToString());

    /// <exception cref="FormatException">The text is not company/name.</exception>
    public static EvseId Parse(string text)
    {
        (CompanyId company, string name) = IdRules.ParseOwned(text);
        return new EvseId(company, name);
    }

    public int CompareTo(EvseId other) =>
        IdRules.CompareOwned(Company, Name, other.Company, other.Name);

    public override string ToString() => $"{Company}/{Name}";

    public static bool operator <(EvseId left, EvseId right) => left.CompareTo(right) < 0;

    public static bool operator >(EvseId left, EvseId right) => left.CompareTo(right) > 0;

    public static bool operator <=(EvseId left, EvseId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EvseId left, EvseId right) => left.CompareTo(right) >= 0;
}
