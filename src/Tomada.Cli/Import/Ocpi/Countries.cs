namespace Tomada.Cli.Import.Ocpi;

/// <summary>
/// Codes of ISO 3166-1, two letters and three: the countries of Europe and the Americas, and a few
/// large markets more.
/// </summary>
internal static class Countries
{
    private const string Codes =
        "AD AND|AL ALB|AR ARG|AT AUT|AU AUS|BA BIH|BE BEL|BG BGR|BO BOL|BR BRA|BY BLR|CA CAN|"
        + "CH CHE|CL CHL|CN CHN|CO COL|CR CRI|CU CUB|CY CYP|CZ CZE|DE DEU|DK DNK|DO DOM|EC ECU|"
        + "EE EST|ES ESP|FI FIN|FR FRA|GB GBR|GF GUF|GI GIB|GR GRC|GT GTM|GY GUY|HN HND|HR HRV|"
        + "HU HUN|IE IRL|IL ISR|IN IND|IS ISL|IT ITA|JP JPN|KR KOR|LI LIE|LT LTU|LU LUX|LV LVA|"
        + "MC MCO|MD MDA|ME MNE|MK MKD|MT MLT|MX MEX|NI NIC|NL NLD|NO NOR|NZ NZL|PA PAN|PE PER|"
        + "PL POL|PR PRI|PT PRT|PY PRY|RO ROU|RS SRB|RU RUS|SE SWE|SI SVN|SK SVK|SM SMR|SR SUR|"
        + "SV SLV|TR TUR|UA UKR|US USA|UY URY|VE VEN|XK XKX|ZA ZAF";

    private static readonly Dictionary<string, string> s_three = Codes.Split('|')
        .ToDictionary(each => each[..2], each => each[3..], StringComparer.Ordinal);

    private static readonly Dictionary<string, string> s_two =
        s_three.ToDictionary(each => each.Value, each => each.Key, StringComparer.Ordinal);

    /// <summary>The code of three letters; null when the country is not known here.</summary>
    public static string? Three(string? two) =>
        two is null ? null : s_three.GetValueOrDefault(two);

    /// <summary>The code of two letters; null when the country is not known here.</summary>
    public static string? Two(string? three) =>
        three is null ? null : s_two.GetValueOrDefault(three);
}
