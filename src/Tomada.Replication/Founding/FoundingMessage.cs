using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Replication;

/// <summary>What candidates say to each other until their network exists.</summary>
public abstract record FoundingMessage
{
    private static readonly UnionCodec<FoundingMessage> s_codec = new UnionCodec<FoundingMessage>()
        .Case(1, DraftSigned.Codec)
        .Case(2, DraftAbandoned.Codec)
        .Case(3, GenesisHeld.Codec)
        .Case(4, FoundingBusy.Codec)
        .Case(5, FoundingAsked.Codec);

    private protected FoundingMessage()
    {
    }

    public static Codec<FoundingMessage> Codec => s_codec;

    /// <summary>The types that can be sent.</summary>
    public static IEnumerable<Type> Types => s_codec.Types;
}

/// <summary>
/// "I sign this draft and am bound by it." From the proposer it is also the proposal.
/// </summary>
public sealed record DraftSigned(GenesisDraft Draft, CompanyId Signer, byte[] Signature)
    : FoundingMessage
{
    public static new Codec<DraftSigned> Codec { get; } = RecordCodec<DraftSigned>.Versioned(1)
        .Field(1, "draft", x => x.Draft, GenesisDraft.Codec)
        .Field(2, "signer", x => x.Signer, CompanyId.Codec)
        .Field(3, "signature", x => x.Signature, Signing.SignatureCodec);
}

/// <summary>"I do not hold this draft complete and will not complete it."</summary>
/// <param name="Draft">The network id the draft would have had.</param>
/// <param name="Signer">Who says so.</param>
/// <param name="Signature">By its identity key.</param>
/// <param name="Asks">Whether the sender waits for the same from the receiver.</param>
public sealed record DraftAbandoned(Digest Draft, CompanyId Signer, byte[] Signature, bool Asks)
    : FoundingMessage
{
    private const string Tag = "tomada/v1/founding-abandon";

    public static new Codec<DraftAbandoned> Codec { get; } = RecordCodec<DraftAbandoned>.Versioned(
        1)
        .Field(1, "draft", x => x.Draft, Digest.Codec)
        .Field(2, "signer", x => x.Signer, CompanyId.Codec)
        .Field(3, "signature", x => x.Signature, Signing.SignatureCodec)
        .Field(4, "asks", x => x.Asks, Codecs.Bool);

    public static byte[] SignedMessage(Digest draft) => Signing.Message(Tag, draft.ToArray());
}

/// <summary>"This genesis is complete and I hold it." A holder never abandons it.</summary>
/// <param name="Genesis">The genesis with every founder's signature.</param>
/// <param name="Holder">A founder that holds it; not always the sender.</param>
/// <param name="Signature">By the holder's identity key.</param>
public sealed record GenesisHeld(Genesis Genesis, CompanyId Holder, byte[] Signature)
    : FoundingMessage
{
    private const string Tag = "tomada/v1/founding-hold";

    public static new Codec<GenesisHeld> Codec { get; } = RecordCodec<GenesisHeld>.Versioned(1)
        .Field(1, "genesis", x => x.Genesis, Genesis.Codec)
        .Field(2, "holder", x => x.Holder, CompanyId.Codec)
        .Field(3, "signature", x => x.Signature, Signing.SignatureCodec);

    public static byte[] SignedMessage(Digest network) => Signing.Message(Tag, network.ToArray());

    /// <summary>Whether genesis and holder's signature are what they say.</summary>
    public bool IsValid(VerifySignature verify) =>
        Genesis.Draft.Founders.FirstOrDefault(each => each.Member.Company == Holder) is { } holder
        && Genesis.IsValid(verify)
        && verify(holder.Member.IdentityKey, SignedMessage(Genesis.NetworkId), Signature);
}

/// <summary>
/// "FOUNDING: I am bound by a draft that does not name you, or has a lower proposer."
/// </summary>
/// <param name="Draft">The network id that draft would have.</param>
public sealed record FoundingBusy(Digest Draft) : FoundingMessage
{
    public static new Codec<FoundingBusy> Codec { get; } = RecordCodec<FoundingBusy>.Versioned(1)
        .Field(1, "draft", x => x.Draft, Digest.Codec);
}

/// <summary>"I wait: does the network exist, or is somebody founding it?"</summary>
public sealed record FoundingAsked : FoundingMessage
{
    public static new Codec<FoundingAsked> Codec { get; } = RecordCodec<FoundingAsked>.Versioned(1);
}
