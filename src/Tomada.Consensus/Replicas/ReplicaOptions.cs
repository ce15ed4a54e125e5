using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>What is fixed for the life of a replica.</summary>
public sealed record ReplicaOptions
{
    /// <summary>The company that this replica votes for, when it is a member.</summary>
    public required CompanyId Self { get; init; }

    /// <summary>The network id: the hash of its genesis.</summary>
    public required Digest Network { get; init; }

    /// <summary>
    /// T0, the first ballot timeout, in milliseconds, unless <see cref="Input.RoundTrip"/> makes it
    /// longer. 20 to 60,000; default 500.
    /// </summary>
    public int BaseTimeoutMs
    {
        get;
        init
        {
            Invariant.Require(value is >= 20 and <= 60_000, "T0 is 20 to 60,000 ms");
            field = value;
        }
    } = 500;

    /// <summary>A deliberate defect, for tests that prove the simulation finds it.</summary>
    internal ProtocolMutation Mutation { get; init; }
}
