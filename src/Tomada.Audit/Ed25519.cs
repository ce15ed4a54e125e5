using System.Collections.Concurrent;
using NSec.Cryptography;
using Tomada.Primitives;

namespace Tomada.Audit;

/// <summary>
/// Ed25519 (RFC 8032) by libsodium. The verifier brings its own: it takes nothing from a node.
/// </summary>
public static class Ed25519
{
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

            if (s_imported.Count >= AuditLimits.ImportedKeysMax)
            {
                s_imported.Clear();
            }

            s_imported[key] = imported;
        }

        return SignatureAlgorithm.Ed25519.Verify(imported, message, signature);
    }
}
