using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>A company's keys as it announces them and as the ledger keeps them.</summary>
/// <param name="Company">Its id.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="IdentityKey">Ed25519: signs transactions and cosignatures.</param>
/// <param name="VotingKey">Ed25519: signs consensus votes.</param>
/// <param name="TlsKeyHash">SHA-256 of the SubjectPublicKeyInfo of its P-256 TLS key.</param>
public sealed record MemberRecord(
    CompanyId Company, string Name, PublicKey IdentityKey, PublicKey VotingKey, Digest TlsKeyHash)
{
    private const string Tag = "tomada/v1/member";

    public static Codec<MemberRecord> Codec { get; } = RecordCodec<MemberRecord>.Versioned(1)
        .Field(1, "company", x => x.Company, CompanyId.Codec)
        .Field(2, "name", x => x.Name, Codecs.Text(1, LedgerLimits.TextMax))
        .Field(3, "identityKey", x => x.IdentityKey, PublicKey.Codec)
        .Field(4, "votingKey", x => x.VotingKey, PublicKey.Codec)
        .Field(5, "tlsKeyHash", x => x.TlsKeyHash, Digest.Codec);

    /// <summary>What the identity key signs to bind the other keys to itself.</summary>
    public byte[] SignedMessage() => Signing.Message(Tag, Codec.Encode(this));
}

/// <summary>A member record with the signature of its identity key.</summary>
public sealed record SignedMember(MemberRecord Member, byte[] Signature)
{
    public static Codec<SignedMember> Codec { get; } = RecordCodec<SignedMember>.Versioned(1)
        .Field(1, "member", x => x.Member, MemberRecord.Codec)
        .Field(2, "signature", x => x.Signature, Signing.SignatureCodec);

    public bool IsValid(VerifySignature verify) =>
        verify(Member.IdentityKey, Member.SignedMessage(), Signature);
}
