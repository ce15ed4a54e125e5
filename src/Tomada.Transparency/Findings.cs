namespace Tomada.Transparency;

/// <summary>What is wrong with a proof or a checkpoint: each class has one remedy.</summary>
public enum TlogFinding
{
    /// <summary>The bytes are not in the form of the specification.</summary>
    Malformed,

    /// <summary>No log of the policy signed this checkpoint under its origin.</summary>
    UnknownLog,

    /// <summary>A key of the policy is named, and its signature is wrong.</summary>
    WrongSignature,

    /// <summary>Too few of the policy's witnesses cosigned.</summary>
    QuorumMissed,

    /// <summary>The entry is not where the proof says, under this root.</summary>
    NotIncluded,
}

/// <summary>Why a proof or a checkpoint is refused.</summary>
/// <param name="Finding">The class.</param>
/// <param name="Why">What was wrong and what is allowed.</param>
public sealed record TlogRefusal(TlogFinding Finding, string Why);
