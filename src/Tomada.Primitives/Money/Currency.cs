using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>
/// An ISO 4217 currency: three upper-case letters and the number of its decimals.
/// </summary>
public readonly record struct Currency : IComparable<Currency>
{
    // Of ISO 4217's active currencies, those whose minor unit is not 1/100.
    private static readonly string[] s_noDecimals =
    [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
        "VUV", "XAF", "XOF", "XPF",
    ];

    private static readonly string[] s_threeDecimals =
        ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

    private readonly string? _code;

    private Currency(string code) => _code = code;

    public static Currency Brl { get; } = new("BRL");

    public static Currency Eur { get; } = new("EUR");

    public static Codec<Currency> Codec { get; } =
        Codecs.Text(3, 3).Convert(Parse, currency => currency.Code, "an ISO 4217 code as BRL");

    public string Code => _code ?? string.Empty;

    /// <summary>Decimals of the minor unit: 0, 2 or 3.</summary>
    public int Exponent =>
        s_noDecimals.Contains(Code) ? 0 : s_threeDecimals.Contains(Code) ? 3 : 2;

    /// <exception cref="FormatException">The text is not three upper-case letters.</exception>
    public static Currency Parse(string text) =>
        text.Length == 3 && text.All(char.IsAsciiLetterUpper)
            ? new Currency(text)
            : throw new FormatException($"'{text}' is not an ISO 4217 code as BRL.");

    public int CompareTo(Currency other) => string.CompareOrdinal(Code, other.Code);

    public override string ToString() => Code;

    public static bool operator <(Currency left, Currency right) => left.CompareTo(right) < 0;

    public static bool operator >(Currency left, Currency right) => left.CompareTo(right) > 0;

    public static bool operator <=(Currency left, Currency right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Currency left, Currency right) => left.CompareTo(right) >= 0;
}
