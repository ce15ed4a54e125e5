using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Node.Tests.Keys;

/// <summary>A next key exists before the ledger is asked, and counts when it says.</summary>
public sealed class NextKeysTests : IDisposable
{
    private static readonly CompanyId s_company = CompanyId.Parse("br-abc");
    private static readonly Digest s_network = Digest.Of([1]);

    private readonly TempDirectory _directory = new();

    public NextKeysTests() =>
        NodeKeys.Create(_directory.Path, s_company, TimeProvider.System).Dispose();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_voting_key_signs_as_soon_as_it_is_prepared_and_is_taken_over_when_it_is_named()
    {
        using NodeKeys keys = NodeKeys.Load(_directory.Path);
        PublicKey old = keys.VotingKey;
        KeyChange.VotingKey next =
            Assert.IsType<KeyChange.VotingKey>(Prepare(keys, KeyKind.Voting));
        Assert.True(Ed25519.Verify(
            next.Key, KeyChange.SignedMessage(s_network, s_company, next.Key), next.Proof));
        Assert.Equal(next.Key, ((KeyChange.VotingKey)Prepare(keys, KeyKind.Voting)).Key);
        Assert.Equal(old, keys.VotingKey);
        Assert.Null(keys.SignerOf(new PublicKey(Digest.Of([7]))));
        foreach (PublicKey each in new[] { old, next.Key })
        {
            Assert.True(Ed25519.Verify(each, [1], keys.SignerOf(each)!([1])));
        }

        Assert.False(keys.Adopt(Record(keys)));
        Assert.Equal(old, keys.VotingKey);
        Assert.False(keys.Adopt(Record(keys) with { VotingKey = next.Key }));
        Assert.Equal(next.Key, keys.VotingKey);
        Assert.Null(keys.SignerOf(old));

        using NodeKeys restarted = NodeKeys.Load(_directory.Path);
        Assert.Equal(next.Key, restarted.VotingKey);
    }

    [Fact]
    public void A_prepared_key_is_there_after_a_crash()
    {
        PublicKey next;
        using (NodeKeys keys = NodeKeys.Load(_directory.Path))
        {
            next = ((KeyChange.VotingKey)Prepare(keys, KeyKind.Voting)).Key;
        }

        using NodeKeys restarted = NodeKeys.Load(_directory.Path);
        Assert.NotNull(restarted.SignerOf(next));
        Assert.NotEqual(next, restarted.VotingKey);
    }

    [Fact]
    public void Another_identity_opens_anew()
    {
        using NodeKeys keys = NodeKeys.Load(_directory.Path);
        PublicKey next = ((KeyChange.IdentityKey)Prepare(keys, KeyKind.Identity)).Key;
        Assert.False(keys.Adopt(Record(keys)));
        Assert.True(keys.Adopt(Record(keys) with { IdentityKey = next }));
        using NodeKeys restarted = NodeKeys.Load(_directory.Path);
        Assert.Equal(next, restarted.IdentityKey);
        Assert.False(restarted.Adopt(Record(restarted)));
    }

    [Fact]
    public void Another_tls_key_opens_anew_even_when_the_power_went_between_its_two_files()
    {
        Digest next;
        using (NodeKeys keys = NodeKeys.Load(_directory.Path))
        {
            next = ((KeyChange.TlsKey)Prepare(keys, KeyKind.Tls)).KeyHash;
        }

        string folder = System.IO.Path.Combine(_directory.Path, "keys");
        File.Move(
            System.IO.Path.Combine(folder, "tls.next.p8"),
            System.IO.Path.Combine(folder, "tls.p8"),
            overwrite: true);
        using NodeKeys restarted = NodeKeys.Load(_directory.Path);
        Assert.Equal(next, restarted.TlsKeyHash);
        Assert.True(restarted.TlsCertificate.HasPrivateKey);

        Digest third = ((KeyChange.TlsKey)Prepare(restarted, KeyKind.Tls)).KeyHash;
        Assert.NotEqual(next, third);
        Assert.True(restarted.Adopt(Record(restarted) with { TlsKeyHash = third }));
        using NodeKeys again = NodeKeys.Load(_directory.Path);
        Assert.Equal(third, again.TlsKeyHash);
    }

    [Fact]
    public void An_invitation_survives_a_chat_window_and_a_damaged_one_says_so()
    {
        JoinInvitation sent = new(
            "nordeste", s_network, new Tomada.Replication.TrustAnchor(7, Digest.Of([2])),
            [HostPort.Parse("peer.example.org:8443")]);
        Assert.True(JoinInvitation.TryParse(
            $"  {sent.ToText()}\n", out JoinInvitation? read, out string? why), why);
        Assert.Equal(sent.ToText(), read.ToText());
        foreach (string damaged in new[]
        {
            "", "hello", sent.ToText()[..^3], sent.ToText() + "!", sent.ToText()[1..],
            "tomada-join-" + new string('A', JoinInvitation.TextMax),
        })
        {
            Assert.False(JoinInvitation.TryParse(damaged, out _, out why));
            Assert.NotEmpty(why);
        }
    }

    private static KeyChange Prepare(NodeKeys keys, KeyKind kind) =>
        keys.Prepare(kind, s_network, s_company, TimeProvider.System);

    private static MemberRecord Record(NodeKeys keys) =>
        keys.SignedMember(s_company, "Alfa").Member;
}
