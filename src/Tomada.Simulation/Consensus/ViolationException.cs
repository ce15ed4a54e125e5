namespace Tomada.Simulation.Consensus;

/// <summary>A rule of consensus was broken in a history.</summary>
public sealed class ViolationException : Exception
{
    public ViolationException()
    {
    }

    public ViolationException(string message)
        : base(message)
    {
    }

    public ViolationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Throws when a rule does not hold.</summary>
    public static void Unless(bool condition, string violation)
    {
        if (!condition)
        {
            throw new ViolationException(violation);
        }
    }
}
