using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>
/// What consensus does not know: what a value is. Implemented over the ledger by the replicator and
/// by toys in tests. All methods speak of the height after the current tip and change nothing.
/// </summary>
public interface IValueRules
{
    /// <summary>
    /// The digest of a value whose parts belong together: canonical bytes, and every part bound by
    /// what is hashed, so that no two byte strings share a digest. Does not execute it. Null when
    /// malformed.
    /// </summary>
    Digest? DigestOf(ReadOnlyMemory<byte> value);

    /// <summary>
    /// Executes a value on the tip's state up to its claimed state root, and checks the certificate
    /// of the previous height inside it with the members of that height.
    /// </summary>
    /// <param name="value">The bytes as received.</param>
    /// <param name="ledgerNow">The ledger clock.</param>
    /// <param name="fresh">
    /// True: the clock's rules hold as well (its time is near the clock; an empty one fires a
    /// deadline). False: a quorum has certified it, and no clock may judge it any more.
    /// </param>
    ValueCheck Check(ReadOnlyMemory<byte> value, Timestamp ledgerNow, bool fresh);

    /// <summary>Makes a fresh value, or null when there is nothing to decide.</summary>
    byte[]? Make(MakeRequest request);
}

/// <summary>What a leader needs for a fresh value.</summary>
/// <param name="Height">The height to decide.</param>
/// <param name="Ballot">Informs only; never inside the value, which keeps its digest in all
/// ballots.</param>
/// <param name="ParentCertificate">Canonical bytes of the DC of height − 1; null at height
/// 1.</param>
/// <param name="FailedAttempts">Failed ballots of this height: the batch is halved so many
/// times.</param>
/// <param name="LedgerNow">The ledger clock.</param>
public sealed record MakeRequest(
    long Height, int Ballot, byte[]? ParentCertificate, int FailedAttempts, Timestamp LedgerNow);

/// <summary>The answer of <see cref="IValueRules.Check"/>.</summary>
public abstract record ValueCheck
{
    /// <summary>
    /// Valid. May be derived from, to carry the executed state to who applies it.
    /// </summary>
    /// <param name="Digest">As <see cref="IValueRules.DigestOf"/> says.</param>
    /// <param name="Height">Height it was made for.</param>
    /// <param name="Previous">Digest of the block before; of genesis at height 1.</param>
    /// <param name="Time">Block time.</param>
    /// <param name="Proposer">Its creator, whoever proposes it later.</param>
    /// <param name="IsEmpty">Whether it carries no transactions.</param>
    /// <param name="Bytes">As received.</param>
    public record CheckedValue(
        Digest Digest, long Height, Digest Previous, Timestamp Time, CompanyId Proposer,
        bool IsEmpty, byte[] Bytes) : ValueCheck;

    /// <summary>Not valid on this tip.</summary>
    /// <param name="Reason">A stable name for metrics, for example "block.state-root".</param>
    public sealed record Refused(string Reason) : ValueCheck;
}
