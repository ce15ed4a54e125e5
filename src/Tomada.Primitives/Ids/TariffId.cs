using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>A price list (OCPI Tariff). Written company/name.</summary>
public readonly record struct TariffId(CompanyId Company, string Name) : IComparable<TariffId>
{
    public static Codec<TariffId> Codec { get; } =
        IdRules.OwnedCodec(Parse, id => id.ToString());

    /// <exception cref="FormatException">The text is not company/name.</exception>
    public static TariffId Parse(string text)
    {
        (CompanyId company, string name) = IdRules.ParseOwned(text);
        return new TariffId(company, name);
    }

    public int CompareTo(TariffId other) =>
        IdRules.CompareOwned(Company, Name, other.Company, other.Name);

    public override string ToString() => $"{Company}/{Name}";

    public static bool operator <(TariffId left, TariffId right) => left.CompareTo(right) < 0;

    public static bool operator >(TariffId left, TariffId right) => left.CompareTo(right) > 0;

    public static bool operator <=(TariffId left, TariffId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TariffId left, TariffId right) => left.CompareTo(right) >= 0;
}
