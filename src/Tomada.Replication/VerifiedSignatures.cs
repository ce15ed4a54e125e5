using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// Remembers signatures that verified: a transaction is checked when it arrives and again when its
/// block is executed, a vote again inside a certificate, and a hash is fifty times cheaper than an
/// Ed25519 check.
/// </summary>
internal sealed class VerifiedSignatures(VerifySignature verify)
{
    private const int OnStackMax = 1_024;

    /// <summary>
    /// For what was checked when it came: it waits only while its signer's key is the same.
    /// </summary>
    public static VerifySignature Before { get; } = static (_, _, _) => true;

    private readonly HashSet<Digest> _known = [];
    private readonly Queue<Digest> _order = new();

    /// <summary>Checks a signature, or knows it.</summary>
    public bool Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Digest id = IdOf(key, message, signature);
        if (_known.Contains(id))
        {
            return true;
        }

        if (!verify(key, message, signature))
        {
            return false;
        }

        Remember(id);
        return true;
    }

    /// <summary>Takes the word of this process for a signature that it made itself.</summary>
    public bool Trust(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Remember(IdOf(key, message, signature));
        return true;
    }

    private void Remember(Digest id)
    {
        if (!_known.Add(id))
        {
            return;
        }

        if (_order.Count == ReplicationLimits.VerifiedMax)
        {
            _known.Remove(_order.Dequeue());
        }

        _order.Enqueue(id);
    }

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
