using System.Security.Cryptography;
using Tomada.Node.Configuration;
using Tomada.Primitives;

namespace Tomada.Node.Peers;

/// <summary>
/// The shared secret of those who were invited: a hash of the network's name and code. What is
/// announced is a hash of this again, so whoever listens learns the network's tag but cannot prove
/// that it was invited.
/// </summary>
public sealed class Invitation
{
    private const string TagDomain = "tomada/v1/network-tag";
    private readonly byte[] _secret;

    public Invitation(NetworkConfig network)
    {
        _secret = network.InvitationKey.ToArray();
        Tag = Digest.Tagged(TagDomain, _secret);
    }

    /// <summary>Names the network on the air without inviting into it.</summary>
    public Digest Tag { get; }

    /// <summary>Proof over a message that the sender knows name and code; HMAC-SHA256.</summary>
    public Digest Prove(ReadOnlySpan<byte> message) => new(HMACSHA256.HashData(_secret, message));

    public bool IsProof(ReadOnlySpan<byte> message, Digest proof) =>
        CryptographicOperations.FixedTimeEquals(Prove(message).ToArray(), proof.ToArray());
}
