namespace Tomada.Node.States;

/// <summary>
/// The history of states does not hold what was written; it can be made again from the blocks.
/// </summary>
public sealed class StateDamagedException : Exception
{
    public StateDamagedException()
        : this("?")
    {
    }

    public StateDamagedException(string path)
        : base($"The history of states in {path} is damaged; 'tomada rebuild' makes it again.")
    {
    }

    public StateDamagedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
