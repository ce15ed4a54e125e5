using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Tomada.Transparency;

/// <summary>
/// The spellings that notes share; each value has one (C2SP signed-note, Format).
/// </summary>
internal static class NoteText
{
    public const string KeyNameAllowed =
        "1 to 255 bytes of UTF-8 without spaces, control characters or '+'";

    /// <summary>Whether the text can name a key; an origin follows the same rule here.</summary>
    public static bool IsKeyName(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            // EnumerateRunes replaces a lone surrogate, which has no UTF-8 form.
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || rune.Value == '+'
                || rune == Rune.ReplacementChar)
            {
                return false;
            }
        }

        return text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= TreeLimits.NoteNameBytesMax;
    }

    /// <summary>Reads ASCII digits without sign or leading zeros.</summary>
    public static bool TryParseDecimal(string text, long max, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value <= max && (text.Length == 1 || text[0] != '0');

    /// <summary>
    /// Reads padded standard base64 (RFC 4648 section 4) without white space or spare bits.
    /// </summary>
    public static bool TryParseBase64(
        string text, int minBytes, int maxBytes, [NotNullWhen(true)] out byte[]? bytes)
    {
        byte[] buffer = new byte[maxBytes];
        bytes = null;
        if (text.Length > ((maxBytes + 2) / 3 * 4)
            || !Convert.TryFromBase64String(text, buffer, out int written)
            || written < minBytes || Convert.ToBase64String(buffer, 0, written) != text)
        {
            return false;
        }

        bytes = buffer[..written];
        return true;
    }
}
