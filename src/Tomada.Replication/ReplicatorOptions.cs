using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>What is fixed for the life of a replicator.</summary>
/// <param name="Self">The company it votes for.</param>
/// <param name="SignVote">Signs with the voting key.</param>
/// <param name="Verify">Checks any signature.</param>
/// <param name="BaseTimeoutMs">T0 of consensus; 20 to 60,000, default 500.</param>
public sealed record ReplicatorOptions(
    CompanyId Self, SignMessage SignVote, VerifySignature Verify, int BaseTimeoutMs = 500)
{
    /// <summary>
    /// Signs with whichever of its voting keys is asked for; null for one that is not held. Absent
    /// where there is only the one of SignVote.
    /// </summary>
    public Func<PublicKey, SignMessage?>? SignerOf { get; init; }

    /// <summary>
    /// The key that this process signs its transactions with: those are not checked again while the
    /// ledger names this key. Absent: all are checked.
    /// </summary>
    public PublicKey? Identity { get; init; }

    /// <summary>
    /// Whether it asks the others for its newest vote before it votes; true unless this is somebody
    /// who lies.
    /// </summary>
    public bool AsksAtStart { get; init; } = true;

    /// <summary>
    /// Blocks behind the others from which on a running node looks for a snapshot.
    /// </summary>
    public long SnapshotGapMin { get; init; } = ReplicationLimits.RunningSnapshotGapMin;

    /// <summary>When it may do so for the first time; monotonic milliseconds, default 0.</summary>
    public long SnapshotFromMs { get; init; }

    /// <summary>The block that the chain must pass through; absent for founders.</summary>
    public TrustAnchor? Anchor { get; init; }

    /// <summary>A deliberate defect, for tests that prove the simulation finds it.</summary>
    internal ReplicationMutation Mutation { get; init; }
}

/// <summary>Deliberate defects; the simulation must catch each one.</summary>
internal enum ReplicationMutation
{
    None,

    /// <summary>Who is censored stays so.</summary>
    NoComplaints,

    /// <summary>
    /// The largest head that anybody cosigned is cosigned too (done by the simulated node).
    /// </summary>
    CosignWhatIsHeard,

    /// <summary>Cosignatures that do not fit the own log are dropped (done there too).</summary>
    IgnoreForeignHeads,
}
