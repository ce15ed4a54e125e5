using System.Collections.Immutable;

namespace Tomada.DeviceApi;

/// <summary>What a rule bounds.</summary>
public enum BoundKind
{
    /// <summary>A whole number.</summary>
    Number = 1,

    /// <summary>The elements of a list.</summary>
    Count = 2,

    /// <summary>The characters of a text.</summary>
    Text = 3,

    /// <summary>A value of a closed list: none of a later version is taken.</summary>
    Known = 4,
}

/// <summary>A field of a body and what is allowed in it.</summary>
/// <param name="Field">As JSON spells it.</param>
/// <param name="Kind">What is bounded.</param>
/// <param name="Min">The least that is allowed.</param>
/// <param name="Max">The most that is allowed.</param>
public sealed record FieldBound(string Field, BoundKind Kind, long Min, long Max)
{
    /// <summary>Of a closed list: its values.</summary>
    public ImmutableArray<string> Values { get; init; } = [];
}

/// <summary>The rules of one kind of record: they check it, and they are its JSON Schema.</summary>
public abstract class BodyRules
{
    /// <summary>The record.</summary>
    public abstract Type Of { get; }

    /// <summary>Every bounded field.</summary>
    public ImmutableArray<FieldBound> Bounds { get; protected set; } = [];

    /// <summary>The rules of records inside.</summary>
    public ImmutableArray<BodyRules> Parts { get; protected set; } = [];
}

/// <summary>
/// Declares what is allowed in each field, once: the border checks by it, and the published schema
/// is made of it.
/// </summary>
public sealed class BodyRules<T> : BodyRules
    where T : class
{
    private readonly List<Func<T, string?>> _checks = [];

    public override Type Of => typeof(T);

    /// <summary>Null, or the first field that is wrong and what is allowed there.</summary>
    public string? WhyNot(T value)
    {
        foreach (Func<T, string?> check in _checks)
        {
            if (check(value) is { } why)
            {
                return why;
            }
        }

        return null;
    }

    /// <summary>A number; an absent one passes.</summary>
    public BodyRules<T> Long(string field, Func<T, long?> read, long min, long max) => Add(
        new FieldBound(field, BoundKind.Number, min, max),
        value => read(value) is { } number && (number < min || number > max)
            ? $"{field}: {number}; allowed is {min} to {max}"
            : null);

    /// <summary>
    /// The length of a list; an absent one passes as an empty one where 0 is allowed.
    /// </summary>
    public BodyRules<T> Count(string field, Func<T, int> read, int min, int max) => Add(
        new FieldBound(field, BoundKind.Count, min, max),
        value => read(value) is var count && (count < min || count > max)
            ? $"{field}: {count} of them; allowed are {min} to {max}"
            : null);

    /// <summary>A text of 1 to so many characters; an absent one passes.</summary>
    public BodyRules<T> Text(
        string field, Func<T, string?> read, int max = DeviceLimits.TextMax) => Add(
        new FieldBound(field, BoundKind.Text, 1, max),
        value => read(value) is { } text && (text.Length == 0 || text.Length > max)
            ? $"{field}: {text.Length} characters; allowed are 1 to {max}"
            : null);

    /// <summary>A value that this version knows; an absent one passes.</summary>
    public BodyRules<T> Known<TEnum>(string field, Func<T, TEnum?> read)
        where TEnum : struct, Enum
    {
        ImmutableArray<string> values = [.. Json.OcpiNames.Of(typeof(TEnum))];
        return Add(
            new FieldBound(field, BoundKind.Known, 0, 0) { Values = values },
            value => read(value) is { } known && known.Equals(default(TEnum))
                ? $"{field}: unknown; allowed are {string.Join(", ", values)}"
                : null);
    }

    /// <summary>A record inside.</summary>
    public BodyRules<T> Part<TPart>(string field, Func<T, TPart?> read, BodyRules<TPart> rules)
        where TPart : class
    {
        Parts = Parts.Add(rules);
        return Also(value => read(value) is { } part && rules.WhyNot(part) is { } why
            ? $"{field}.{why}"
            : null);
    }

    /// <summary>Each record of a list inside.</summary>
    public BodyRules<T> Each<TPart>(
        string field, Func<T, ImmutableArray<TPart>> read, BodyRules<TPart> rules)
        where TPart : class
    {
        Parts = Parts.Add(rules);
        return Also(value =>
        {
            ImmutableArray<TPart> all = read(value);
            for (int i = 0; i < all.Length; i++)
            {
                if (rules.WhyNot(all[i]) is { } why)
                {
                    return $"{field}[{i}].{why}";
                }
            }

            return null;
        });
    }

    /// <summary>What depends on more than one field; the schema does not say it.</summary>
    public BodyRules<T> Also(Func<T, string?> check)
    {
        _checks.Add(check);
        return this;
    }

    private BodyRules<T> Add(FieldBound bound, Func<T, string?> check)
    {
        Bounds = Bounds.Add(bound);
        return Also(check);
    }
}
