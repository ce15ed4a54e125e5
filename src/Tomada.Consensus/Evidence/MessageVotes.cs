using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>
/// Every signed vote that a message carries, also those inside certificates and justifications: a
/// liar that told each member something else is found where their certificates meet.
/// </summary>
public static class MessageVotes
{
    /// <summary>The votes of a message, unchecked.</summary>
    /// <param name="message">As received.</param>
    /// <param name="digestOf">
    /// The digest of a proposed value; null leaves the proposal itself out.
    /// </param>
    public static IEnumerable<SignedVote> In(
        ConsensusMessage message, Func<ReadOnlyMemory<byte>, Digest?> digestOf) => message switch
        {
            ConsensusMessage.Propose each => [.. Of(each, digestOf), .. Of(each.Justification)],
            ConsensusMessage.Endorse each => [Of(each)],
            ConsensusMessage.Accept each => [Of(each)],
            ConsensusMessage.Promise each => [Of(each), .. Of(each.Lock?.Certificate)],
            ConsensusMessage.Decided each => [.. Of(each.Certificate), .. Of(each.Justification)],
            ConsensusMessage.Tip => [],
            _ => throw new System.Diagnostics.UnreachableException(message.ToString()),
        };

    /// <summary>The votes of a certificate.</summary>
    public static IEnumerable<SignedVote> Of(Certificate? certificate)
    {
        if (certificate is null)
        {
            yield break;
        }

        VoteContent content = new(
            certificate.Type, certificate.Height, certificate.Ballot, certificate.Digest);
        foreach (VoteSeal seal in certificate.Seals)
        {
            yield return SignedVote.Of(content, seal.Company, seal.Signature);
        }
    }

    /// <summary>The votes of a justification: its Promises, and the Endorse of its lock.</summary>
    public static IEnumerable<SignedVote> Of(Justification? justification)
    {
        if (justification is null)
        {
            yield break;
        }

        foreach (PromiseSeal seal in justification.Promises)
        {
            VoteContent content = new(
                VoteType.Promise, justification.Height, justification.Ballot, seal.Digest,
                seal.LockedBallot);
            yield return SignedVote.Of(content, seal.Company, seal.Signature);
        }

        foreach (SignedVote vote in Of(justification.Lock))
        {
            yield return vote;
        }
    }

    private static IEnumerable<SignedVote> Of(
        ConsensusMessage.Propose propose, Func<ReadOnlyMemory<byte>, Digest?> digestOf)
    {
        if (digestOf(propose.Value) is { } digest)
        {
            yield return SignedVote.Of(
                new VoteContent(VoteType.Propose, propose.Height, propose.Ballot, digest),
                propose.Signer,
                propose.Signature);
        }
    }

    private static SignedVote Of(ConsensusMessage.Endorse endorse) => SignedVote.Of(
        new VoteContent(VoteType.Endorse, endorse.Height, endorse.Ballot, endorse.Digest),
        endorse.Signer,
        endorse.Signature);

    private static SignedVote Of(ConsensusMessage.Accept accept) => SignedVote.Of(
        new VoteContent(VoteType.Accept, accept.Height, accept.Ballot, accept.Digest),
        accept.Signer,
        accept.Signature);

    private static SignedVote Of(ConsensusMessage.Promise promise) => SignedVote.Of(
        new VoteContent(
            VoteType.Promise, promise.Height, promise.Ballot, promise.Lock?.Digest ?? Digest.Zero,
            promise.Lock?.Ballot ?? VoteContent.Unlocked),
        promise.Signer,
        promise.Signature);
}
