using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Primitives;

namespace Tomada.Node.Tests.Peers;

public sealed class HandshakeTests
{
    private static readonly NetworkConfig s_network =
        new("nordeste", "abra-te-sesamo", null, 3, true);
    private static readonly Invitation s_invitation = new(s_network);
    private static readonly Digest s_tls = Digest.Of([7]);
    private static readonly NetworkId s_id = new(Digest.Of([8]));

    private static (Ed25519Key Key, SignedMember Member) Company(string company, byte seed)
    {
        byte[] bytes = new byte[32];
        bytes[0] = seed;
        Ed25519Key key = new(bytes);
        MemberRecord member = new(
            CompanyId.Parse(company), company, key.Public, new PublicKey(Digest.Of(bytes)), s_tls);
        return (key, new SignedMember(member, key.Sign(member.SignedMessage())));
    }

    private static Hello HelloOf(SignedMember member, NetworkId? network = null) =>
        new(Hello.CurrentVersion, s_invitation.Tag, network, member, Digest.Of([1]));

    private static Handshake View(Hello self, bool isDialer = true, MemberRecord? known = null) =>
        new(self, isDialer, s_invitation, company => known?.Company == company ? known : null);

    [Fact]
    public void Every_reason_to_refuse_has_a_name()
    {
        (Ed25519Key key, SignedMember a) = Company("br-aaa", 1);
        SignedMember b = Company("br-bbb", 2).Member;
        Hello other = HelloOf(b);
        Assert.Null(View(HelloOf(a)).Judge(other, s_tls));
        Assert.Equal(
            PeerRefusal.Version, View(HelloOf(a)).Judge(other with { Version = 2 }, s_tls));
        Assert.Equal(PeerRefusal.Tag, View(HelloOf(a)).Judge(other with { Tag = s_tls }, s_tls));
        Assert.Equal(PeerRefusal.Certificate, View(HelloOf(a)).Judge(other, Digest.Of([9])));
        Assert.Equal(PeerRefusal.Self, View(HelloOf(a)).Judge(HelloOf(a), s_tls));
        Assert.Equal(PeerRefusal.Member, View(HelloOf(a)).Judge(
            other with { Member = b with { Signature = new byte[64] } }, s_tls));
        Assert.Equal(PeerRefusal.Network, View(HelloOf(a, s_id)).Judge(
            other with { Network = new NetworkId(s_tls) }, s_tls));
        Assert.Equal(PeerRefusal.Keys, View(
            HelloOf(a, s_id), known: b.Member with { IdentityKey = key.Public })
                .Judge(other, s_tls));

        // While it rotates, either side may know the newer voting key first.
        Assert.Null(View(
            HelloOf(a, s_id), known: b.Member with { VotingKey = key.Public })
                .Judge(other, s_tls));
        Assert.Null(
            View(HelloOf(a, s_id), known: b.Member).Judge(other with { Network = s_id }, s_tls));
    }

    [Fact]
    public void A_proof_serves_one_side_of_one_handshake_and_needs_the_invitation()
    {
        (Ed25519Key keyA, SignedMember a) = Company("br-aaa", 1);
        (Ed25519Key keyB, SignedMember b) = Company("br-bbb", 2);
        Hello helloA = HelloOf(a);
        Hello helloB = HelloOf(b) with { Nonce = Digest.Of([2]) };
        Handshake dialer = View(helloA);
        Handshake listener = View(helloB, isDialer: false);

        Proof fromA = dialer.Prove(helloB, keyA.Sign);
        Assert.Null(listener.JudgeProof(helloA, fromA));
        Assert.Null(dialer.JudgeProof(helloB, listener.Prove(helloA, keyB.Sign)));
        Assert.Equal(
            PeerRefusal.Proof, listener.JudgeProof(helloA, dialer.Prove(helloB, keyB.Sign)));
        Assert.Equal(PeerRefusal.Proof, dialer.JudgeProof(helloB, fromA));
        Assert.Equal(
            PeerRefusal.Proof,
            View(helloB with { Nonce = Digest.Of([3]) }, isDialer: false)
                .JudgeProof(helloA, fromA));

        Proof uninvited = fromA with { Invitation = Digest.Zero };
        Assert.Equal(PeerRefusal.Proof, listener.JudgeProof(helloA, uninvited));
        Assert.Null(
            View(helloB, isDialer: false, known: a.Member).JudgeProof(helloA, uninvited));
    }

    [Fact]
    public void Who_says_it_belongs_is_a_stranger_until_the_ledger_or_the_invitation_knows_it()
    {
        (Ed25519Key keyA, SignedMember a) = Company("br-aaa", 1);
        Hello helloA = HelloOf(a, s_id);
        Hello helloB = HelloOf(Company("br-bbb", 2).Member, s_id);
        Handshake listener = View(helloB, isDialer: false);
        Assert.Null(listener.Judge(helloA, s_tls));

        Proof invited = View(helloA).Prove(helloB, keyA.Sign);
        Assert.Null(listener.JudgeProof(helloA, invited));
        Assert.Equal(
            PeerRefusal.Stranger,
            listener.JudgeProof(helloA, invited with { Invitation = Digest.Zero }));
    }

    [Fact]
    public void An_announcement_is_opened_only_whole_signed_and_of_this_network()
    {
        (Ed25519Key key, SignedMember a) = Company("br-aaa", 1);
        Announcement sent = new(
            s_invitation.Tag, a, System.Net.IPEndPoint.Parse("127.0.0.1:4000"), new Timestamp(5));
        byte[] datagram = sent.Seal(key.Sign, s_invitation);
        Assert.InRange(datagram.Length, 1, PeerLimits.DatagramBytesMax);
        Assert.True(Announcement.TryOpen(
            datagram, s_invitation, Ed25519.Verify, out Announcement? got,
            out bool invited, out _));
        Assert.True(invited);
        Assert.Equal(sent.EndPoint, got.EndPoint);

        for (int i = 0; i < datagram.Length; i++)
        {
            byte[] changed = [.. datagram];
            changed[i] ^= 1;
            bool opened = Announcement.TryOpen(
                changed, s_invitation, Ed25519.Verify, out _, out bool stillInvited, out _);
            Assert.False(opened && stillInvited);
        }

        Invitation other = new(s_network with { Code = "another-code" });
        Assert.False(
            Announcement.TryOpen(datagram, other, Ed25519.Verify, out _, out _, out string? why));
        Assert.Equal("network", why);
    }
}
