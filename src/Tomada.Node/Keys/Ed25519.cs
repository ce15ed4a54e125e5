using System.Collections.Concurrent;
using NSec.Cryptography;
using Tomada.Primitives;

namespace Tomada.Node.Keys;

/// <summary>Ed25519 (RFC 8032) by libsodium: the signatures of everything but TLS.</summary>
public static class Ed25519
{
    // A member signs thousands of times with one key; importing it each time would cost a third
    // more.
    private static readonly
        ConcurrentDictionary<Primitives.PublicKey, NSec.Cryptography.PublicKey> s_imported = [];

    /// <summary>
    /// Checks a signature; false for a malformed key or signature. From any thread.
    /// </summary>
    public static VerifySignature Verify { get; } = VerifyWith;

    private static bool VerifyWith(
        Primitives.PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!s_imported.TryGetValue(key, out NSec.Cryptography.PublicKey? imported))
        {
            if (!NSec.Cryptography.PublicKey.TryImport(
                SignatureAlgorithm.Ed25519, key.ToArray(), KeyBlobFormat.RawPublicKey, out imported)
                || imported is null)
            {
                return false;
            }

            if (s_imported.Count >= NodeLimits.ImportedKeysMax)
            {
                s_imported.Clear();
            }

            s_imported[key] = imported;
        }

        return SignatureAlgorithm.Ed25519.Verify(imported, message, signature);
    }
}

/// <summary>One private key in protected memory.</summary>
public sealed class Ed25519Key : IDisposable
{
    private readonly Key _key;

    /// <summary>The key of a seed of 32 bytes (RFC 8032, section 5.1.5).</summary>
    public Ed25519Key(ReadOnlySpan<byte> seed)
    {
        _key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        Public = new Primitives.PublicKey(_key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
        Sign = message => SignatureAlgorithm.Ed25519.Sign(_key, message);
    }

    public Primitives.PublicKey Public { get; }

    /// <summary>Signs with this key; from any thread.</summary>
    public SignMessage Sign { get; }

    public void Dispose() => _key.Dispose();
}
