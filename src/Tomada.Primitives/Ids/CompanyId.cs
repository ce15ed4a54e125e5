using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>
/// A company: <c>cc-ppp</c>, OCPI's country_code and party_id (OCPI 2.2.1, Credentials module) in
/// lower case: two letters, '-', three letters or digits. Example: <c>br-abc</c>.
/// </summary>
public readonly record struct CompanyId : IComparable<CompanyId>
{
    private readonly string? _value;

    private CompanyId(string value) => _value = value;

    /// <summary>What a company id may be.</summary>
    public const string Allowed =
        "two letters, '-', three letters or digits, lower case, as br-abc";

    /// <summary>The text; empty only for the default value, which names nobody.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>OCPI's country_code, upper case.</summary>
    public string CountryCode => Value[..2].ToUpperInvariant();

    /// <summary>OCPI's party_id, upper case.</summary>
    public string PartyId => Value[3..].ToUpperInvariant();

    public static Codec<CompanyId> Codec { get; } =
        Codecs.Text(6, 6).Convert(Parse, company => company.Value, Allowed);

    public static bool TryParse(string? text, out CompanyId company)
    {
        company = default;
        if (text is not { Length: 6 } || text[2] != '-' || !IdRules.IsName(text)
            || !char.IsAsciiLetterLower(text[0]) || !char.IsAsciiLetterLower(text[1])
            || text.IndexOf('-', 3) >= 0)
        {
            return false;
        }

        company = new CompanyId(text);
        return true;
    }

    /// <exception cref="FormatException">The text is not a company id.</exception>
    public static CompanyId Parse(string text) => TryParse(text, out CompanyId company)
        ? company
        : throw new FormatException($"'{text}' is not a company: {Allowed}.");

    public int CompareTo(CompanyId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;

    public static bool operator <(CompanyId left, CompanyId right) => left.CompareTo(right) < 0;

    public static bool operator >(CompanyId left, CompanyId right) => left.CompareTo(right) > 0;

    public static bool operator <=(CompanyId left, CompanyId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(CompanyId left, CompanyId right) => left.CompareTo(right) >= 0;
}
