using System.Diagnostics.CodeAnalysis;
using System.Net;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Node.Peers;

/// <summary>"Here I am": one multicast datagram.</summary>
/// <param name="Tag">The network's tag.</param>
/// <param name="Member">Who speaks.</param>
/// <param name="EndPoint">Where its peer endpoint listens; address 0.0.0.0 or :: means the
/// datagram's source.</param>
/// <param name="SentAt">Wall time; an older announcement never replaces a newer one.</param>
public sealed record Announcement(
    Digest Tag, SignedMember Member, IPEndPoint EndPoint, Timestamp SentAt)
{
    private const string Domain = "tomada/v1/announcement";

    private static readonly Codec<Wire> s_wire = RecordCodec<Wire>.Versioned(1)
        .Field(1, "content", x => x.Content, Codecs.Bytes(1, PeerLimits.DatagramBytesMax))
        .Field(2, "signature", x => x.Signature, Signing.SignatureCodec)
        .Field(3, "proof", x => x.Proof, Digest.Codec);

    public static Codec<Announcement> Codec { get; } = RecordCodec<Announcement>.Versioned(1)
        .Field(1, "tag", x => x.Tag, Digest.Codec)
        .Field(2, "member", x => x.Member, SignedMember.Codec)
        .Field(3, "endPoint", x => x.EndPoint, AddressCodec.EndPoint)
        .Field(4, "sentAt", x => x.SentAt, Timestamp.Codec);

    /// <summary>
    /// The datagram: content, the identity key's signature, and the proof of invitation.
    /// </summary>
    public byte[] Seal(SignMessage sign, Invitation invitation)
    {
        byte[] content = Codec.Encode(this);
        byte[] message = Signing.Message(Domain, content);
        return s_wire.Encode(new Wire(content, sign(message), invitation.Prove(message)));
    }

    /// <summary>Opens a datagram of the same network.</summary>
    /// <param name="datagram">What arrived.</param>
    /// <param name="invitation">This node's.</param>
    /// <param name="verify">Checks signatures.</param>
    /// <param name="announcement">The announcement, when the answer is true.</param>
    /// <param name="invited">Whether the sender knows the invitation code.</param>
    /// <param name="why">Otherwise the reason, in one word.</param>
    public static bool TryOpen(
        ReadOnlyMemory<byte> datagram,
        Invitation invitation,
        VerifySignature verify,
        [NotNullWhen(true)] out Announcement? announcement,
        out bool invited,
        [NotNullWhen(false)] out string? why)
    {
        announcement = null;
        invited = false;
        if (datagram.Length > PeerLimits.DatagramBytesMax
            || !s_wire.TryDecode(datagram, out Wire? wire, out _)
            || !Codec.TryDecode(wire.Content, out Announcement? content, out _))
        {
            why = "malformed";
            return false;
        }

        byte[] message = Signing.Message(Domain, wire.Content);
        why = content.Tag != invitation.Tag ? "network"
            : !content.Member.IsValid(verify) ? "member"
            : !verify(content.Member.Member.IdentityKey, message, wire.Signature) ? "signature"
            : null;
        if (why is not null)
        {
            return false;
        }

        announcement = content;
        invited = invitation.IsProof(message, wire.Proof);
        return true;
    }

    private sealed record Wire(byte[] Content, byte[] Signature, Digest Proof);
}
