using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>
/// A company's new key in place of one of its three; each rotates alone. Numbers are never reused.
/// </summary>
public abstract record KeyChange
{
    private const string Tag = "tomada/v1/rotate-key";

    private static readonly UnionCodec<KeyChange> s_codec = new UnionCodec<KeyChange>()
        .Case(1, IdentityKey.Codec)
        .Case(2, VotingKey.Codec)
        .Case(3, TlsKey.Codec);

    private KeyChange()
    {
    }

    public static Codec<KeyChange> Codec => s_codec;

    /// <summary>Every kind there is, for tests that each is handled.</summary>
    public static IEnumerable<Type> Kinds => s_codec.Types;

    /// <summary>
    /// What the new Ed25519 key signs, so that nobody takes over a key that it does not hold.
    /// </summary>
    /// <param name="network">The network id.</param>
    /// <param name="company">Whose key it becomes.</param>
    /// <param name="key">The new key.</param>
    public static byte[] SignedMessage(Digest network, CompanyId company, PublicKey key) =>
        Signing.Message(
            Tag,
            network.ToArray(),
            System.Text.Encoding.ASCII.GetBytes(company.Value),
            key.ToArray());

    /// <summary>A new Ed25519 key that signs transactions.</summary>
    public sealed record IdentityKey(PublicKey Key, byte[] Proof) : KeyChange
    {
        public static new Codec<IdentityKey> Codec { get; } = RecordCodec<IdentityKey>.Part()
            .Field(1, "key", x => x.Key, PublicKey.Codec)
            .Field(2, "proof", x => x.Proof, Signing.SignatureCodec);
    }

    /// <summary>A new Ed25519 key that signs votes; never one that anybody voted with.</summary>
    public sealed record VotingKey(PublicKey Key, byte[] Proof) : KeyChange
    {
        public static new Codec<VotingKey> Codec { get; } = RecordCodec<VotingKey>.Part()
            .Field(1, "key", x => x.Key, PublicKey.Codec)
            .Field(2, "proof", x => x.Proof, Signing.SignatureCodec);
    }

    /// <summary>A new P-256 key for TLS; the next handshake proves that it is held.</summary>
    /// <param name="KeyHash">SHA-256 of its SubjectPublicKeyInfo.</param>
    public sealed record TlsKey(Digest KeyHash) : KeyChange
    {
        public static new Codec<TlsKey> Codec { get; } = RecordCodec<TlsKey>.Part()
            .Field(1, "keyHash", x => x.KeyHash, Digest.Codec);
    }
}
