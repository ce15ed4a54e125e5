using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// Whether a transaction may enter a block at all. What may not leaves no trace; what may is in the
/// block, applied or refused.
/// </summary>
public static class Admission
{
    /// <summary>Why the transaction may not enter a block of this time; null when it may.</summary>
    /// <param name="state">The newest state.</param>
    /// <param name="transaction">Decoded, so its bytes are canonical.</param>
    /// <param name="blockTime">Time of the block it would enter.</param>
    /// <param name="verify">Checks the signature.</param>
    public static string? Refuse(
        LedgerState state,
        SignedTransaction transaction,
        Timestamp blockTime,
        VerifySignature verify)
    {
        Transaction content = transaction.Content;
        state.Lanes.TryGetValue(new LaneId(content.Company, content.Lane), out Lane? lane);
        (MemberRecord? signer, string? why) = state.Members.TryGetValue(
            content.Company, out MemberRecord? member)
                ? (member, null)
                : Standing.Of(state).SignerOf(content.Company, content.Body);
        Terms terms = new(
            state.Network, blockTime, state.Rules, signer, why, lane ?? Lane.Unused);
        return Refuse(terms, transaction, verify);
    }

    /// <summary>
    /// Why a transaction that waits has no hope any more; null while a block may still take it. A
    /// state of long ago is no reason, as after a restart or while catching up: what was too far
    /// ahead of it may be near by now. One that is too far ahead by the clock as well, because the
    /// clock was slowed down, has none.
    /// </summary>
    /// <param name="state">The newest state known here; the network's may be newer.</param>
    /// <param name="transaction">One that was admitted before.</param>
    /// <param name="nextBlockTime">The ledger clock, or just after the state's time when the clock
    /// is behind.</param>
    /// <param name="verify">
    /// Checks its signature; needed again only after a company has changed its key.
    /// </param>
    public static string? RefuseForGood(
        LedgerState state, SignedTransaction transaction, Timestamp nextBlockTime,
        VerifySignature verify)
    {
        long latest = Math.Min(nextBlockTime.UnixMs, transaction.Content.ValidUntil.UnixMs);
        Timestamp time = new(Math.Max(state.Time.UnixMs + 1, latest));
        return Refuse(state, transaction, time, verify);
    }

    internal static string? Refuse(
        Working state, SignedTransaction transaction, VerifySignature verify)
    {
        Transaction content = transaction.Content;
        state.Lanes.TryGet(new LaneId(content.Company, content.Lane), out Lane? lane);
        (MemberRecord? signer, string? why) = state.Members.TryGet(
            content.Company, out MemberRecord? member)
                ? (member, null)
                : Standing.Of(state).SignerOf(content.Company, content.Body);
        Terms terms = new(
            state.Network, state.Time, state.Rules, signer, why, lane ?? Lane.Unused);
        return Refuse(terms, transaction, verify);
    }

    private static string? Refuse(
        Terms terms, SignedTransaction transaction, VerifySignature verify)
    {
        Transaction content = transaction.Content;
        if (content.Network != terms.Network)
        {
            return $"network: this is {terms.Network}";
        }

        if (terms.Signer is null)
        {
            return terms.WhyNobody;
        }

        if (content.ValidUntil < terms.Time)
        {
            return $"validUntil: {content.ValidUntil} has passed; it is {terms.Time}";
        }

        Timestamp latest = new(
            terms.Time.UnixMs + (terms.Rules.ValidityMaxMs * terms.Rules.ClockFactor));
        if (content.ValidUntil > latest)
        {
            return $"validUntil: {content.ValidUntil} is after {latest}, the latest allowed";
        }

        if (!terms.Lane.IsFree(content.Number))
        {
            return $"number: {content.Number} of lane {content.Lane} is used or too old; "
                + $"highest is {terms.Lane.Highest}";
        }

        return transaction.IsSignedBy(terms.Signer.IdentityKey, verify)
            ? null
            : $"signature: not by {content.Company}'s identity key";
    }

    private sealed record Terms(
        Digest Network,
        Timestamp Time,
        Rules Rules,
        MemberRecord? Signer,
        string? WhyNobody,
        Lane Lane);
}
