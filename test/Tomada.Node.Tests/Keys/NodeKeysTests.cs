using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Primitives;
using PublicKey = Tomada.Primitives.PublicKey;

namespace Tomada.Node.Tests.Keys;

public sealed class NodeKeysTests
{
    private static readonly CompanyId s_company = CompanyId.Parse("br-abc");

    [Fact]
    public void Keys_made_once_are_the_same_after_a_restart()
    {
        using TempDirectory directory = new();
        using NodeKeys made = NodeKeys.LoadOrCreate(directory.Path, s_company, TimeProvider.System);
        using NodeKeys loaded =
            NodeKeys.LoadOrCreate(directory.Path, s_company, TimeProvider.System);

        SignedMember member = loaded.SignedMember(s_company, "Alfa");
        Assert.Equal(made.SignedMember(s_company, "Alfa").Member, member.Member);
        Assert.True(member.IsValid(Ed25519.Verify));
        Assert.Equal(NodeKeys.KeyHash(loaded.TlsCertificate), member.Member.TlsKeyHash);
        Assert.True(loaded.TlsCertificate.HasPrivateKey);
        Assert.NotEqual(member.Member.IdentityKey, member.Member.VotingKey);
    }

    [Fact]
    public void Every_key_file_is_for_its_owner_alone_and_an_open_one_is_refused()
    {
        using TempDirectory directory = new();
        NodeKeys.Create(directory.Path, s_company, TimeProvider.System).Dispose();
        string[] files = Directory.GetFiles(System.IO.Path.Combine(directory.Path, "keys"));
        Assert.All(files, file => Assert.Equal(SafeFile.OwnerOnly, File.GetUnixFileMode(file)));

        File.SetUnixFileMode(files[0], SafeFile.OwnerOnly | UnixFileMode.GroupRead);
        DataDirectoryException refused =
            Assert.Throws<DataDirectoryException>(() => NodeKeys.Load(directory.Path));
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Existing_keys_are_never_overwritten()
    {
        using TempDirectory directory = new();
        NodeKeys.Create(directory.Path, s_company, TimeProvider.System).Dispose();
        Assert.Throws<DataDirectoryException>(
            () => NodeKeys.Create(directory.Path, s_company, TimeProvider.System));
    }

    [Fact]
    public void A_truncated_key_is_refused_with_the_folder_named()
    {
        using TempDirectory directory = new();
        NodeKeys.Create(directory.Path, s_company, TimeProvider.System).Dispose();
        string seed = System.IO.Path.Combine(directory.Path, "keys", "identity.seed");
        File.WriteAllBytes(seed, File.ReadAllBytes(seed)[..31]);
        DataDirectoryException refused =
            Assert.Throws<DataDirectoryException>(() => NodeKeys.Load(directory.Path));
        Assert.Contains("keys", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_test_vector_of_RFC_8032_holds()
    {
        using Ed25519Key key = new(Convert.FromHexString(
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
        byte[] signature = key.Sign([]);
        Assert.Equal("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            key.Public.ToString());
        Assert.StartsWith(
            "e5564300c360ac72", Convert.ToHexStringLower(signature), StringComparison.Ordinal);
        Assert.True(Ed25519.Verify(key.Public, [], signature));
    }

    [Fact]
    public void Anything_malformed_does_not_verify_and_does_not_throw()
    {
        using Ed25519Key key = new(new byte[32]);
        byte[] signature = key.Sign([1, 2, 3]);
        Assert.False(Ed25519.Verify(key.Public, [1, 2], signature));
        Assert.False(Ed25519.Verify(key.Public, [1, 2, 3], signature.AsSpan(0, 63)));
        Assert.False(Ed25519.Verify(key.Public, [1, 2, 3], []));
        Assert.False(Ed25519.Verify(new PublicKey(new byte[32]), [1, 2, 3], signature));
        Assert.False(Ed25519.Verify(new PublicKey(Digest.Of([9])), [1, 2, 3], signature));
    }
}
