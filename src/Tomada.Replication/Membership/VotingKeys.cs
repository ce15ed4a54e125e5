using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// Signs each height's votes with the key that the ledger names for it. Without that key, as after
/// a lost disk or before a fresh one is in force, the replica follows and does not vote.
/// </summary>
internal sealed class VotingKeys(
    ReplicatorOptions options, VerifiedSignatures signatures)
{
    private SignMessage? _sign;
    private PublicKey _key;

    /// <summary>Whether the key of the height that follows is held.</summary>
    public bool IsHeld => _sign is not null;

    /// <summary>Moves to the height after this state.</summary>
    public void MoveTo(LedgerState state)
    {
        MemberRecord? member = state.Members.GetValueOrDefault(options.Self);
        _key = member?.VotingKey ?? default;
        _sign = member is null ? null
            : options.SignerOf is { } signerOf ? signerOf(member.VotingKey)
            : options.SignVote;
    }

    /// <summary>Signs a vote, and knows it when it comes back in a certificate.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        Invariant.Require(_sign is not null, "who does not hold its voting key does not vote");
        byte[] signature = _sign(message);
        signatures.Trust(_key, message, signature);
        return signature;
    }
}
