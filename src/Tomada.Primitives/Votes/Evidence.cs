using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>How two words of one member contradict each other (spec/consensus.md).</summary>
public enum EvidenceKind
{
    /// <summary>E1: two proposals of one height and ballot.</summary>
    TwoProposals = 1,

    /// <summary>E2: two Endorse of one height and ballot.</summary>
    TwoEndorsements = 2,

    /// <summary>E3: two Accept of one height and ballot.</summary>
    TwoAccepts = 3,

    /// <summary>
    /// E4: Accept(h, k), and Promise(h, b) with b above k that claims a lock below k.
    /// </summary>
    HiddenLock = 4,

    /// <summary>E5: two cosignatures over heads that cannot be of one log.</summary>
    TwoHeads = 5,
}

/// <summary>
/// Two signed votes that no honest member ever makes. Together with the signer's voting key it is a
/// proof that needs no node, no ledger and no trust.
/// </summary>
/// <param name="Network">The network id, which both votes sign.</param>
/// <param name="Members">The governance root, which both votes sign.</param>
/// <param name="First">
/// The vote with the lower digest; of <see cref="EvidenceKind.HiddenLock"/> the Accept.
/// </param>
/// <param name="Second">The other one.</param>
public sealed record Evidence(Digest Network, Digest Members, SignedVote First, SignedVote Second)
{
    public static Codec<Evidence> Codec { get; } = RecordCodec<Evidence>.Versioned(1)
        .Field(1, "network", each => each.Network, Digest.Codec)
        .Field(2, "members", each => each.Members, Digest.Codec)
        .Field(3, "first", each => each.First, SignedVote.Codec)
        .Field(4, "second", each => each.Second, SignedVote.Codec);

    /// <summary>Whom it convicts, when it holds.</summary>
    public CompanyId Guilty => First.Signer;

    /// <summary>The height of both votes.</summary>
    public long Height => First.Height;

    /// <summary>The ballot of the first vote: of E4, that of the Accept.</summary>
    public int Ballot => First.Ballot;

    /// <summary>How the votes contradict each other; null when they do not.</summary>
    public EvidenceKind? Kind => KindOf(First, Second);

    /// <summary>
    /// The evidence that two votes of one member set make; null when they are in harmony. Nothing
    /// is said of the signatures.
    /// </summary>
    public static Evidence? Of(Digest network, Digest members, SignedVote one, SignedVote other)
    {
        if (KindOf(one, other) is not null)
        {
            return new Evidence(network, members, one, other);
        }

        return KindOf(other, one) is not null
            ? new Evidence(network, members, other, one)
            : null;
    }

    /// <summary>
    /// Checks it with nothing but the key. That the votes name a true member set is not asked: a
    /// member that signs two such votes with an invented one is as guilty.
    /// </summary>
    /// <param name="network">The network that asks.</param>
    /// <param name="votingKey">The signer's voting key at that height.</param>
    /// <param name="verify">The algorithm.</param>
    /// <returns>Null: the signer is guilty. Else why nothing is proven.</returns>
    public string? Refute(Digest network, PublicKey votingKey, VerifySignature verify)
    {
        if (Network != network)
        {
            return "network: the votes are of another network";
        }

        if (Kind is null)
        {
            return "votes: they do not contradict each other";
        }

        if (!First.IsSigned(Network, Members, votingKey, verify))
        {
            return "first: not signed by this key";
        }

        return Second.IsSigned(Network, Members, votingKey, verify)
            ? null
            : "second: not signed by this key";
    }

    private static EvidenceKind? KindOf(SignedVote first, SignedVote second)
    {
        if (first.Signer != second.Signer || first.Height != second.Height
            || !first.IsSound || !second.IsSound)
        {
            return null;
        }

        if (first.Type == VoteType.Accept && second.Type == VoteType.Promise)
        {
            return second.Ballot > first.Ballot && second.LockedBallot < first.Ballot
                ? EvidenceKind.HiddenLock
                : null;
        }

        return first.Type == second.Type && first.Ballot == second.Ballot
            && first.Digest < second.Digest
            ? first.Type switch
            {
                VoteType.Propose => EvidenceKind.TwoProposals,
                VoteType.Endorse => EvidenceKind.TwoEndorsements,
                VoteType.Accept => EvidenceKind.TwoAccepts,
                // Two Promises of one ballot prove nothing by themselves.
                _ => null,
            }
            : null;
    }
}
