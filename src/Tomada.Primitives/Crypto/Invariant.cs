using System.Diagnostics.CodeAnalysis;

namespace Tomada.Primitives;

/// <summary>
/// Conditions that hold unless this program is wrong. They stay on in Release: a broken one stops
/// the node before it can spread, never the ledger.
/// </summary>
public static class Invariant
{
    /// <summary>Throws unless the condition holds.</summary>
    /// <param name="condition">What must be true.</param>
    /// <param name="rule">The rule, with its id where it has one, for example "I1 debits equal credits".</param>
    /// <exception cref="InvariantBrokenException">The condition is false.</exception>
    public static void Require([DoesNotReturnIf(false)] bool condition, string rule)
    {
        if (!condition)
        {
            throw new InvariantBrokenException(rule);
        }
    }
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
