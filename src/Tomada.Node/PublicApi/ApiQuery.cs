using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>Which list a cursor goes on in.</summary>
internal enum CursorKind
{
    Blocks = 'b',
    Transactions = 't',
    Trips = 'p',
    Settlements = 's',
}

/// <summary>
/// Reads a request's parameters strictly: what is unknown, given twice or out of range is refused
/// with its name and what is allowed.
/// </summary>
internal sealed class ApiQuery
{
    private const string CursorAllowed = "what 'next' of the answer before says";

    private readonly IQueryCollection _query;

    /// <exception cref="ApiProblemException">A parameter is unknown or given twice.</exception>
    public ApiQuery(HttpContext context, params ReadOnlySpan<string> known)
    {
        _query = context.Request.Query;
        foreach (KeyValuePair<string, StringValues> each in _query)
        {
            if (!known.Contains(each.Key))
            {
                throw Refuse(
                    each.Key, known.IsEmpty ? "no parameters" : string.Join(", ", known.ToArray()));
            }

            if (each.Value.Count != 1)
            {
                throw Refuse(each.Key, "given once");
            }
        }
    }

    /// <summary>Items of a page.</summary>
    public int Limit() =>
        (int)(Number("limit", 1, PublicApiLimits.PageMax) ?? PublicApiLimits.PageDefault);

    /// <summary>Where a page begins, exclusive; null for the newest.</summary>
    public long? Before(CursorKind kind)
    {
        if (Text("before") is not { } cursor)
        {
            return null;
        }

        return TryReadCursor(cursor, kind, out long position)
            ? position
            : throw Refuse("before", CursorAllowed);
    }

    public static string Cursor(CursorKind kind, long position) => Base64Url.EncodeToString(
        Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{(char)kind}{position}")));

    /// <summary>A whole number without sign or leading zeros; null when absent.</summary>
    public long? Number(string name, long min, long max)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return TryReadNumber(text, out long number) && number >= min && number <= max
            ? number
            : throw Refuse(name, string.Create(
                CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));
    }

    public CompanyId? Company()
    {
        if (Text("company") is not { } text)
        {
            return null;
        }

        return CompanyId.TryParse(text, out CompanyId company)
            ? company
            : throw Refuse("company", CompanyId.Allowed);
    }

    /// <summary>One of a few words; null when absent.</summary>
    public string? Word(string name, IEnumerable<string> allowed)
    {
        string? text = Text(name);
        return text is null || allowed.Contains(text, StringComparer.Ordinal)
            ? text
            : throw Refuse(name, $"one of {string.Join(", ", allowed)}");
    }

    /// <summary>Seconds as "2s"; zero when absent.</summary>
    public TimeSpan Wait()
    {
        if (Text("wait") is not { } text)
        {
            return TimeSpan.Zero;
        }

        return text.EndsWith('s') && TryReadNumber(text[..^1], out long seconds)
            && seconds <= PublicApiLimits.WaitSecondsMax
            ? TimeSpan.FromSeconds(seconds)
            : throw Refuse("wait", string.Create(
                CultureInfo.InvariantCulture, $"0s to {PublicApiLimits.WaitSecondsMax}s"));
    }

    /// <summary>A part of the path; ids with slashes come whole, or percent-encoded.</summary>
    public static T PathId<T>(
        HttpContext context, string name, string allowed, Func<string, T> parse)
    {
        string text =
            Uri.UnescapeDataString((string?)context.Request.RouteValues[name] ?? string.Empty);
        try
        {
            return parse(text);
        }
        catch (FormatException)
        {
            throw Refuse(name, allowed);
        }
    }

    public static long PathNumber(
        HttpContext context, string name, long max, long min = 1) => PathId(
        context,
        name,
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"),
        text => TryReadNumber(text, out long number) && number >= min && number <= max
            ? number
            : throw new FormatException());

    public static bool TryReadNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && (text.Length == 1 || text[0] != '0');

    public static ApiProblemException Refuse(string field, string allowed) =>
        new(ApiProblem.BadParameter(field, allowed));

    private static bool TryReadCursor(string cursor, CursorKind kind, out long position)
    {
        position = 0;
        Span<byte> bytes = stackalloc byte[24];
        return cursor.Length is > 0 and <= 32
            && Base64Url.IsValid(cursor)
            && Base64Url.TryDecodeFromChars(cursor, bytes, out int length)
            && length > 1
            && bytes[0] == (byte)kind
            && TryReadNumber(Encoding.ASCII.GetString(bytes[1..length]), out position)
            && Cursor(kind, position) == cursor;
    }

    private string? Text(string name) =>
        _query.TryGetValue(name, out StringValues values) ? values.ToString() : null;
}
