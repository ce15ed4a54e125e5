using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>What founders sign to begin a network. Its hash is the network id.</summary>
/// <param name="Name">The network's name.</param>
/// <param name="Founders">Ordered by company, each once.</param>
/// <param name="Rules">The first rules; Version 1.</param>
/// <param name="Time">Wall time of the draft: both anchors of the ledger clock.</param>
/// <param name="Simulated">Whether SetRules may change the clock factor.</param>
public sealed record GenesisDraft(
    string Name, ImmutableArray<SignedMember> Founders, Rules Rules, Timestamp Time, bool Simulated)
{
    private const string Tag = "tomada/v1/genesis";

    public static Codec<GenesisDraft> Codec { get; } = RecordCodec<GenesisDraft>.Versioned(1)
        .Field(1, "name", x => x.Name, Codecs.Text(1, LedgerLimits.TextMax))
        .Field(
            2,
            "founders",
            x => x.Founders,
            Codecs.List(SignedMember.Codec, 1, LedgerLimits.MembersMax))
        .Field(3, "rules", x => x.Rules, Rules.Codec)
        .Field(4, "time", x => x.Time, Timestamp.Codec)
        .Field(5, "simulated", x => x.Simulated, Codecs.Bool);

    /// <summary>The id of the network that this draft would found.</summary>
    public Digest NetworkId => Digest.Of(SignedMessage());

    /// <summary>What each founder's identity key signs.</summary>
    public byte[] SignedMessage() => Signing.Message(Tag, Codec.Encode(this));

    /// <summary>
    /// Whether founders are ordered, distinct, and each vouches for its own keys.
    /// </summary>
    public bool IsWellFormed(VerifySignature verify)
    {
        for (int i = 1; i < Founders.Length; i++)
        {
            if (Founders[i - 1].Member.Company >= Founders[i].Member.Company)
            {
                return false;
            }
        }

        return Rules.Version == 1 && (Simulated || Rules.ClockFactor == 1)
            && Founders.Select(x => x.Member.IdentityKey).Distinct().Count() == Founders.Length
            && Founders.Select(x => x.Member.VotingKey).Distinct().Count() == Founders.Length
            && Founders.All(founder => founder.IsValid(verify));
    }
}

/// <summary>
/// A network's beginning: the draft and every founder's signature in the founders' order.
/// </summary>
public sealed record Genesis(GenesisDraft Draft, ImmutableArray<byte[]> Signatures)
{
    public static Codec<Genesis> Codec { get; } = RecordCodec<Genesis>.Versioned(1)
        .Field(1, "draft", x => x.Draft, GenesisDraft.Codec)
        .Field(
            2,
            "signatures",
            x => x.Signatures,
            Codecs.List(Signing.SignatureCodec, 1, LedgerLimits.MembersMax));

    public Digest NetworkId => Draft.NetworkId;

    /// <summary>Whether the draft is well formed and every founder signed it.</summary>
    public bool IsValid(VerifySignature verify)
    {
        if (Signatures.Length != Draft.Founders.Length || !Draft.IsWellFormed(verify))
        {
            return false;
        }

        byte[] message = Draft.SignedMessage();
        return Draft.Founders.Zip(Signatures)
            .All(each => verify(each.First.Member.IdentityKey, message, each.Second));
    }
}
