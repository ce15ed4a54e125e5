using System.Collections.Concurrent;
using Tomada.Primitives;

namespace Tomada.Audit;

/// <summary>
/// Signatures that were checked ahead of the execution, which takes each out when it needs it: so
/// what is held does not grow with the log. From any thread.
/// </summary>
internal sealed class SeenSignatures(VerifySignature verify)
{
    private const int OnStackMax = 2_048;

    private readonly ConcurrentDictionary<Digest, bool> _true = [];

    /// <summary>Checks a signature and remembers it when it is true.</summary>
    public bool CheckAhead(
        PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        bool isTrue = verify(key, message, signature);
        if (isTrue)
        {
            _true[IdOf(key, message, signature)] = true;
        }

        return isTrue;
    }

    /// <summary>Knows a signature, once, or checks it.</summary>
    public bool Check(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        _true.TryRemove(IdOf(key, message, signature), out _)
        || verify(key, message, signature);

    private static Digest IdOf(
        PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        int length = PublicKey.Size + signature.Length + message.Length;
        Span<byte> all = length <= OnStackMax ? stackalloc byte[length] : new byte[length];
        key.CopyTo(all);
        signature.CopyTo(all[PublicKey.Size..]);
        message.CopyTo(all[(PublicKey.Size + signature.Length)..]);
        return Digest.Of(all);
    }
}
