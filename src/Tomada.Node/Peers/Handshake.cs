using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Node.Peers;

/// <summary>Why a connection was refused.</summary>
public enum PeerRefusal
{
    /// <summary>Not a message of the handshake, or not in time.</summary>
    Malformed = 1,

    /// <summary>Another version of the protocol.</summary>
    Version = 2,

    /// <summary>Another network name or invitation code.</summary>
    Tag = 3,

    /// <summary>Another network of the same name and code.</summary>
    Network = 4,

    /// <summary>The member record is not signed by its own identity key.</summary>
    Member = 5,

    /// <summary>The TLS certificate is not the one the member record names.</summary>
    Certificate = 6,

    /// <summary>It says it is this company itself.</summary>
    Self = 7,

    /// <summary>The ledger knows this company with other keys.</summary>
    Keys = 8,

    /// <summary>It says it belongs to the network, and the ledger does not know it.</summary>
    Stranger = 9,

    /// <summary>It could not prove its identity key, or the invitation.</summary>
    Proof = 10,

    /// <summary>Another candidate already goes by this company's id.</summary>
    Taken = 11,

    /// <summary>The pair has a stream already, and keeps that one.</summary>
    Duplicate = 12,
}

/// <summary>
/// The first frames of a stream, both ways: Hello, then Proof; or Refused at any time.
/// </summary>
public abstract record HandshakeMessage
{
    private static readonly UnionCodec<HandshakeMessage> s_codec = new UnionCodec<HandshakeMessage>(
        )
        .Case(1, Hello.Codec)
        .Case(2, Proof.Codec)
        .Case(3, Refused.Codec);

    private protected HandshakeMessage()
    {
    }

    public static Codec<HandshakeMessage> Codec => s_codec;
}

/// <summary>Who speaks and for which network.</summary>
/// <param name="Version">Of the protocol; 1.</param>
/// <param name="Tag">The network's tag.</param>
/// <param name="Network">The network id, once it exists for the sender.</param>
/// <param name="Member">The sender's keys.</param>
/// <param name="Nonce">32 random bytes, so that no proof serves twice.</param>
public sealed record Hello(
    int Version, Digest Tag, NetworkId? Network, SignedMember Member, Digest Nonce)
    : HandshakeMessage
{
    /// <summary>The protocol this program speaks.</summary>
    public const int CurrentVersion = 1;

    public static new Codec<Hello> Codec { get; } = RecordCodec<Hello>.Versioned(1)
        .Field(1, "version", x => x.Version, Codecs.Int(1, 1_000))
        .Field(2, "tag", x => x.Tag, Digest.Codec)
        .Optional(3, "network", x => x.Network, NetworkId.Codec)
        .Field(4, "member", x => x.Member, SignedMember.Codec)
        .Field(5, "nonce", x => x.Nonce, Digest.Codec);
}

/// <summary>The hash of a genesis.</summary>
public sealed record NetworkId(Digest Digest)
{
    public static Codec<NetworkId> Codec { get; } =
        Digest.Codec.Convert(x => new NetworkId(x), x => x.Digest);
}

/// <summary>Possession of the identity key and of the invitation, over both hellos.</summary>
public sealed record Proof(byte[] Signature, Digest Invitation) : HandshakeMessage
{
    public static new Codec<Proof> Codec { get; } = RecordCodec<Proof>.Versioned(1)
        .Field(1, "signature", x => x.Signature, Signing.SignatureCodec)
        .Field(2, "invitation", x => x.Invitation, Digest.Codec);
}

/// <summary>The end of an attempt, with its reason.</summary>
public sealed record Refused(PeerRefusal Reason) : HandshakeMessage
{
    public static new Codec<Refused> Codec { get; } = RecordCodec<Refused>.Versioned(1)
        .Field(1, "reason", x => x.Reason, Codecs.Enum<PeerRefusal>());
}

/// <summary>One side's view of a handshake: pure checks, no connection.</summary>
/// <param name="self">This side's hello.</param>
/// <param name="isDialer">Whether this side opened the connection.</param>
/// <param name="invitation">This side's invitation.</param>
/// <param name="memberOf">The ledger's member of an id; null for strangers and before
/// genesis.</param>
public sealed class Handshake(
    Hello self, bool isDialer, Invitation invitation, Func<CompanyId, MemberRecord?> memberOf)
{
    private const string Tag = "tomada/v1/peer-handshake";

    /// <summary>Whether the other side may go on; null = yes.</summary>
    /// <param name="other">Its hello.</param>
    /// <param name="presentedKey">Hash of the key of the certificate it showed.</param>
    public PeerRefusal? Judge(Hello other, Digest presentedKey)
    {
        MemberRecord member = other.Member.Member;
        MemberRecord? known = memberOf(member.Company);
        return other.Version != Hello.CurrentVersion ? PeerRefusal.Version
            : other.Tag != self.Tag ? PeerRefusal.Tag
            : self.Network is not null && other.Network is not null && self.Network != other.Network
                ? PeerRefusal.Network
            : !other.Member.IsValid(Ed25519.Verify) ? PeerRefusal.Member
            : member.TlsKeyHash != presentedKey ? PeerRefusal.Certificate
            : member.Company == self.Member.Member.Company ? PeerRefusal.Self
            : known is not null && !SameKeys(known, member) ? PeerRefusal.Keys
            : null;
    }

    /// <summary>This side's proof to the other.</summary>
    public Proof Prove(Hello other, SignMessage sign)
    {
        byte[] message = Transcript(other, mine: true);
        return new Proof(sign(message), invitation.Prove(message));
    }

    /// <summary>
    /// Why the other side's proof is not enough; null when it holds its identity key, and was
    /// invited or is known to the ledger.
    /// </summary>
    public PeerRefusal? JudgeProof(Hello other, Proof proof)
    {
        byte[] message = Transcript(other, mine: false);
        if (!Ed25519.Verify(other.Member.Member.IdentityKey, message, proof.Signature))
        {
            return PeerRefusal.Proof;
        }

        return memberOf(other.Member.Member.Company) is not null
            || invitation.IsProof(message, proof.Invitation) ? null
            : other.Network is not null ? PeerRefusal.Stranger
            : PeerRefusal.Proof;
    }

    /// <summary>
    /// Whether a shown record has the ledger's keys for talking. The voting key is not one of them:
    /// it signs votes, and while it rotates either side may know the newer one first.
    /// </summary>
    public static bool SameKeys(MemberRecord known, MemberRecord shown) =>
        known.Company == shown.Company && known.IdentityKey == shown.IdentityKey
        && known.TlsKeyHash == shown.TlsKeyHash;

    // Both hellos hold the TLS keys' hashes, so a proof passed on over another connection is void.
    private byte[] Transcript(Hello other, bool mine)
    {
        byte[] ours = Hello.Codec.Encode(self);
        byte[] theirs = Hello.Codec.Encode(other);
        byte prover = (byte)(mine == isDialer ? 1 : 2);
        return isDialer
            ? Signing.Message(Tag, [prover], Digest.Of(ours).ToArray(), Digest.Of(theirs).ToArray())
            : Signing.Message(
                Tag, [prover], Digest.Of(theirs).ToArray(), Digest.Of(ours).ToArray());
    }
}
