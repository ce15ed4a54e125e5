using System.Globalization;
using System.Text.Json;

namespace Tomada.Cli.Import;

/// <summary>
/// What an import read and wrote, and how often each rule had to act: nothing is left out silently.
/// </summary>
/// <param name="what">What is counted as read and written: locations, ways.</param>
internal sealed class ImportReport(string what)
{
    /// <summary>Longest words about a kind's first case, in characters; then cut.</summary>
    private const int FirstMax = 160;

    private readonly Dictionary<string, (long Count, string First)> _corrected =
        new(StringComparer.Ordinal);

    private readonly Dictionary<string, (long Count, string First)> _refused =
        new(StringComparer.Ordinal);

    private readonly List<(string Name, long Value)> _results = [];

    /// <summary>Records that the input held.</summary>
    public long Read { get; set; }

    /// <summary>Records that are in the output, corrected or not.</summary>
    public long Written { get; set; }

    /// <summary>Records that are not, each counted once.</summary>
    public long Refused { get; private set; }

    /// <summary>How often each rule corrected something; a record may need several.</summary>
    public IEnumerable<KeyValuePair<string, long>> Corrections =>
        _corrected.Select(each => KeyValuePair.Create(each.Key, each.Value.Count));

    /// <summary>How many records were refused, by reason.</summary>
    public IEnumerable<KeyValuePair<string, long>> Refusals =>
        _refused.Select(each => KeyValuePair.Create(each.Key, each.Value.Count));

    /// <summary>A rule corrected a value.</summary>
    /// <param name="rule">The rule, in the same words every time.</param>
    /// <param name="first">Where, said for the first case of it.</param>
    /// <param name="times">How often.</param>
    public void Correct(string rule, string first, long times = 1) =>
        Add(_corrected, rule, first, times);

    /// <summary>A record is left out.</summary>
    /// <param name="reason">Why, in the same words every time.</param>
    /// <param name="first">Which, said for the first case of it.</param>
    public void Refuse(string reason, string first)
    {
        Refused++;
        Add(_refused, reason, first, 1);
    }

    /// <summary>The same, of an object with a number: words are made for the first alone.</summary>
    public void Correct(string rule, string kind, long id, string? more = null)
    {
        if (!TryCount(_corrected, rule))
        {
            Correct(rule, Words(kind, id, more));
        }
    }

    /// <summary>The same, of an object with a number.</summary>
    public void Refuse(string reason, string kind, long id, string? more = null)
    {
        if (TryCount(_refused, reason))
        {
            Refused++;
        }
        else
        {
            Refuse(reason, Words(kind, id, more));
        }
    }

    /// <summary>How much of something came out.</summary>
    public void Result(string name, long value) => _results.Add((name, value));

    public void Show()
    {
        Console.WriteLine($"{what}: {Read} read, {Written} written, {Refused} refused");
        foreach ((string name, long value) in _results)
        {
            Console.WriteLine($"{value,10}  {name}");
        }

        Show("corrected or left aside", _corrected);
        Show("refused", _refused);
    }

    public void Write(FileInfo target)
    {
        using FileStream stream = target.Create();
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("what", what);
        json.WriteNumber("read", Read);
        json.WriteNumber("written", Written);
        json.WriteNumber("refused", Refused);
        json.WriteStartObject("results");
        foreach ((string name, long value) in _results)
        {
            json.WriteNumber(name, value);
        }

        json.WriteEndObject();
        Write(json, "corrections", _corrected);
        Write(json, "refusals", _refused);
        json.WriteEndObject();
    }

    private static string Words(string kind, long id, string? more) => more is null
        ? string.Create(CultureInfo.InvariantCulture, $"{kind} {id}")
        : string.Create(CultureInfo.InvariantCulture, $"{kind} {id}: {more}");

    private static bool TryCount(
        Dictionary<string, (long Count, string First)> counts, string rule)
    {
        bool isKnown = counts.TryGetValue(rule, out (long Count, string First) known);
        if (isKnown)
        {
            counts[rule] = known with { Count = known.Count + 1 };
        }

        return isKnown;
    }

    private static void Add(
        Dictionary<string, (long Count, string First)> counts,
        string rule,
        string first,
        long times)
    {
        (long count, string known) = counts.GetValueOrDefault(rule, (0, Cut(first)));
        counts[rule] = (count + times, known);
    }

    private static string Cut(string text)
    {
        string plain = string.Concat(text.Select(each => char.IsControl(each) ? ' ' : each));
        return plain.Length <= FirstMax ? plain : plain[..FirstMax] + "…";
    }

    private static void Show(
        string title, Dictionary<string, (long Count, string First)> counts)
    {
        if (counts.Count > 0)
        {
            Console.WriteLine($"{title}:");
        }

        foreach ((string rule, (long count, string first)) in counts.OrderBy(
            each => each.Key, StringComparer.Ordinal))
        {
            Console.WriteLine($"{count,10}  {rule} (first: {first})");
        }
    }

    private static void Write(
        Utf8JsonWriter json,
        string name,
        Dictionary<string, (long Count, string First)> counts)
    {
        json.WriteStartArray(name);
        foreach ((string rule, (long count, string first)) in counts.OrderBy(
            each => each.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("rule", rule);
            json.WriteNumber("count", count);
            json.WriteString("first", first);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
