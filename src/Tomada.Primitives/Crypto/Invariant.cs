using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Tomada.Primitives;

/// <summary>
/// Conditions that hold unless this program is wrong. They stay on in Release: a broken one stops
/// the node before it can spread, never the ledger.
/// </summary>
public static class Invariant
{
    /// <summary>Throws unless the condition holds.</summary>
    /// <param name="condition">What must be true.</param>
    /// <param name="rule">The rule, with its id where it has one.</param>
    /// <exception cref="InvariantBrokenException">The condition is false.</exception>
    public static void Require([DoesNotReturnIf(false)] bool condition, string rule)
    {
        if (!condition)
        {
            throw new InvariantBrokenException(rule);
        }
    }

    /// <summary>Throws unless the condition holds; the rule is put into words only then.</summary>
    /// <exception cref="InvariantBrokenException">The condition is false.</exception>
    public static void Require(
        [DoesNotReturnIf(false)] bool condition,
        [InterpolatedStringHandlerArgument(nameof(condition))] ref InvariantRule rule)
    {
        if (!condition)
        {
            throw new InvariantBrokenException(rule.ToText());
        }
    }
}

/// <summary>An interpolated rule that costs nothing while it holds.</summary>
[InterpolatedStringHandler]
public ref struct InvariantRule
{
    private DefaultInterpolatedStringHandler _text;

    public InvariantRule(int literalLength, int formattedCount, bool condition, out bool isBroken)
    {
        isBroken = !condition;
        _text = condition
            ? default
            : new(literalLength, formattedCount, System.Globalization.CultureInfo.InvariantCulture);
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    internal string ToText() => _text.ToStringAndClear();
}

/// <summary>A rule that can only be broken by a defect was broken; the node must stop.</summary>
public sealed class InvariantBrokenException : Exception
{
    public InvariantBrokenException()
    {
    }

    public InvariantBrokenException(string rule)
        : base($"Invariant broken: {rule}.")
    {
    }

    public InvariantBrokenException(string rule, Exception innerException)
        : base($"Invariant broken: {rule}.", innerException)
    {
    }
}
