using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Transparency;

/// <summary>
/// E5: two cosignatures of one company over heads that cannot be of one log. With the signer's
/// identity key it is a proof that needs no node, no ledger and no trust.
/// </summary>
/// <param name="Network">The network id, which both heads name.</param>
/// <param name="Guilty">Who signed both.</param>
/// <param name="First">The smaller head; of two as large, the one with the lower root.</param>
/// <param name="Second">The other one.</param>
/// <param name="Meant">
/// The root that <paramref name="Second"/> has over the entries of <paramref name="First"/>;
/// absent when both are as large.
/// </param>
/// <param name="Proof">
/// That <paramref name="Meant"/> is that root (RFC 9162 section 2.1.4); empty when both are as
/// large.
/// </param>
public sealed record TwoHeads(
    Digest Network,
    CompanyId Guilty,
    SignedHead First,
    SignedHead Second,
    Digest? Meant,
    ImmutableArray<Digest> Proof)
{
    public static Codec<TwoHeads> Codec { get; } = RecordCodec<TwoHeads>.Versioned(1)
        .Field(1, "network", each => each.Network, Digest.Codec)
        .Field(2, "guilty", each => each.Guilty, CompanyId.Codec)
        .Field(3, "first", each => each.First, SignedHead.Codec)
        .Field(4, "second", each => each.Second, SignedHead.Codec)
        .OptionalValue(5, "meant", each => each.Meant, Digest.Codec)
        .Field(6, "proof", each => each.Proof, Codecs.List(
            Digest.Codec, 0, TreeLimits.LogProofHashesMax));

    /// <summary>Whether the heads contradict each other; nothing is said of signatures.</summary>
    public bool Contradicts => First.Size == Second.Size
        ? Meant is null && Proof.IsEmpty && First.Root < Second.Root
        : Meant is { } meant && meant != First.Root && MerkleTree.VerifyConsistency(
            First.Size, meant, Second.Size, Second.Root, Proof.AsSpan());

    /// <summary>The evidence of two heads that are as large; null when they are one head.</summary>
    public static TwoHeads? Of(Digest network, CompanyId guilty, SignedHead one, SignedHead other)
    {
        if (one.Size != other.Size || one.Root == other.Root)
        {
            return null;
        }

        (SignedHead first, SignedHead second) = one.Root < other.Root ? (one, other) : (other, one);
        return new TwoHeads(network, guilty, first, second, null, []);
    }

    /// <summary>
    /// The evidence of a head that is not of a log and a larger head that is; null when both are.
    /// </summary>
    /// <param name="network">The network id.</param>
    /// <param name="guilty">Who signed both.</param>
    /// <param name="foreign">The head that does not fit.</param>
    /// <param name="own">A head of the log, as large or larger.</param>
    /// <param name="read">Reads the log.</param>
    public static TwoHeads? Of(
        Digest network, CompanyId guilty, SignedHead foreign, SignedHead own, ReadNode read)
    {
        if (foreign.Size == own.Size)
        {
            return Of(network, guilty, foreign, own);
        }

        Digest meant = MerkleTree.Root(foreign.Size, read);
        return foreign.Size > own.Size || meant == foreign.Root
            ? null
            : new TwoHeads(
                network,
                guilty,
                foreign,
                own,
                meant,
                MerkleTree.Consistency(foreign.Size, own.Size, read));
    }

    /// <summary>Checks it with nothing but the key.</summary>
    /// <param name="network">The network that asks.</param>
    /// <param name="identityKey">A key that was the signer's.</param>
    /// <param name="verify">The algorithm.</param>
    /// <returns>Null: the signer is guilty. Else why nothing is proven.</returns>
    public string? Refute(Digest network, PublicKey identityKey, VerifySignature verify)
    {
        if (Network != network)
        {
            return "network: the heads are of another network";
        }

        if (!Contradicts)
        {
            return "heads: they do not contradict each other";
        }

        if (!First.IsSigned(Network, Guilty, identityKey, verify))
        {
            return "first: not signed by this key";
        }

        return Second.IsSigned(Network, Guilty, identityKey, verify)
            ? null
            : "second: not signed by this key";
    }
}
