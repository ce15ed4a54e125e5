using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// Remembers signatures that verified: a transaction is checked when it arrives and again when its
/// block is executed, and a hash is fifty times cheaper than an Ed25519 check.
/// </summary>
internal sealed class VerifiedSignatures(VerifySignature verify)
{
    private readonly HashSet<Digest> _known = [];
    private readonly Queue<Digest> _order = new();

    public bool Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        byte[] all = [.. key.ToArray(), .. signature, .. message];
        Digest id = Digest.Of(all);
        if (_known.Contains(id))
        {
            return true;
        }

        if (!verify(key, message, signature))
        {
            return false;
        }

        if (_order.Count == ReplicationLimits.VerifiedMax)
        {
            _known.Remove(_order.Dequeue());
        }

        _known.Add(id);
        _order.Enqueue(id);
        return true;
    }
}
