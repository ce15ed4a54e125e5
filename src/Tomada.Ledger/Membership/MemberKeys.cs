using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// Which keys are taken: every key of members and of those who were, and every voting key that was
/// ever in force, for votes of long ago must not be mistaken for votes of now.
/// </summary>
internal static class MemberKeys
{
    /// <summary>Why a newcomer may not bring its keys; null when it may.</summary>
    public static string? WhyTaken(Working state, MemberRecord joining)
    {
        IEnumerable<MemberRecord> others = Records(state)
            .Where(each => each.Company != joining.Company);
        foreach (MemberRecord other in others)
        {
            if (other.IdentityKey == joining.IdentityKey || other.TlsKeyHash == joining.TlsKeyHash)
            {
                return $"member: {other.Company} has the same identity or TLS key";
            }
        }

        // Who comes back may bring the voting key it had: no one else ever voted with it.
        bool own = state.Parties.TryGet(joining.Company, out Party? party)
            && party.Member.VotingKey == joining.VotingKey;
        return !own && WasVotedWith(state, joining.VotingKey)
            ? "member: its voting key was used before"
            : null;
    }

    /// <summary>Why a key may not be rotated in; null when it may.</summary>
    public static string? WhyTaken(Working state, KeyChange key)
    {
        bool taken = key switch
        {
            KeyChange.IdentityKey identity =>
                Records(state).Any(each => each.IdentityKey == identity.Key),
            KeyChange.VotingKey voting => WasVotedWith(state, voting.Key),
            KeyChange.TlsKey tls => Records(state).Any(each => each.TlsKeyHash == tls.KeyHash),
            _ => throw new System.Diagnostics.UnreachableException(key.ToString()),
        };
        return taken ? "key: it is or was somebody's on this ledger" : null;
    }

    private static IEnumerable<MemberRecord> Records(Working state) =>
        state.Members.Rows.Values.Concat(state.Parties.Rows.Values.Select(each => each.Member));

    private static bool WasVotedWith(Working state, PublicKey key) =>
        state.Genesis.Draft.Founders.Any(each => each.Member.VotingKey == key)
        || state.MemberHistory.Rows.Values.Any(each =>
            each.Change.Joining?.Member.VotingKey == key
            || (each.Change is MemberChange.Rotate { Key: KeyChange.VotingKey rotated }
                && rotated.Key == key));
}
