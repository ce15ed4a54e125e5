using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>How ids are spelled (spec/encoding.md, Ids). Every id has one spelling only.</summary>
public static class IdRules
{
    /// <summary>Longest name of a device, EVSE, location or tariff, in characters.</summary>
    public const int NameMax = 40;

    /// <summary>What a name may be.</summary>
    public const string NameAllowed = "1 to 40 characters of a-z, 0-9 and '-'";

    /// <summary>Whether the text is 1 to 40 characters of a-z, 0-9 and '-'.</summary>
    public static bool IsName(string? text)
    {
        if (text is null || text.Length is 0 or > NameMax)
        {
            return false;
        }

        foreach (char c in text)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <exception cref="FormatException">The text is not a name.</exception>
    internal static string RequireName(string text) =>
        IsName(text) ? text : throw new FormatException($"'{text}' is not a name.");

    /// <summary>Splits "company/name".</summary>
    /// <exception cref="FormatException">The text has another form.</exception>
    internal static (CompanyId Company, string Name) ParseOwned(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && CompanyId.TryParse(text[..slash], out CompanyId company)
            ? (company, RequireName(text[(slash + 1)..]))
            : throw new FormatException($"'{text}' is not of the form company/name.");
    }

    /// <summary>
    /// The order of the written ids: companies have one length, so theirs counts first.
    /// </summary>
    internal static int CompareOwned(
        CompanyId company, string name, CompanyId otherCompany, string otherName)
    {
        int order = company.CompareTo(otherCompany);
        return order != 0 ? order : string.CompareOrdinal(name, otherName);
    }

    internal static Codec<T> OwnedCodec<T>(Func<string, T> parse, Func<T, string> format) =>
        Codecs.Text(8, 7 + NameMax).Convert(
            parse, format, $"company/name, as br-abc/ and {NameAllowed}");
}
