using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// What a node does by itself about changes of the members; pure, so that nodes and simulations
/// decide alike.
/// </summary>
public static class MemberDuties
{
    /// <summary>
    /// A Ready that counts for less time than this, in ms of wall time, is said again.
    /// </summary>
    public const long RenewMs = 10_000;

    /// <summary>
    /// The word of being ready that the company owes now; null when there is none. It is owed for
    /// an approved change that keeps or makes it a member with these very keys, once as many of the
    /// new members are in reach as must be ready: a change that waits for a dead company makes no
    /// blocks.
    /// </summary>
    /// <param name="state">The newest state.</param>
    /// <param name="self">The company's keys as its node holds them.</param>
    /// <param name="reachable">Companies with a live channel.</param>
    /// <param name="ledgerNow">The ledger clock.</param>
    public static Ready? NextReady(
        LedgerState state,
        MemberRecord self,
        ImmutableSortedSet<CompanyId> reachable,
        Timestamp ledgerNow)
    {
        Timestamp now = ledgerNow > state.Time ? ledgerNow : state.Time;
        Timestamp since = MemberChanges.ReadySince(now, state.Clock.Factor);
        Timestamp fresh = new(since.UnixMs + (RenewMs * state.Clock.Factor));
        foreach ((Digest id, MemberProposal proposal) in state.Proposals)
        {
            if (proposal.Change is MemberChange.Rotate
                || !MemberChanges.IsApproved(state.Members, proposal))
            {
                continue;
            }

            ImmutableSortedDictionary<CompanyId, MemberRecord> after =
                MemberChanges.After(state.Members, proposal.Change);
            int inReach = after.Keys.Count(
                each => each == self.Company || reachable.Contains(each));
            bool said = proposal.Ready.Any(
                each => each.Company == self.Company && each.At >= fresh);
            if (!said
                && after.TryGetValue(self.Company, out MemberRecord? own)
                && HasKeys(own, self)
                && inReach >= MemberChanges.ReadinessOf(state.Members, proposal, since).Needed)
            {
                return new Ready(id, state.Height, state.Tip, state.Time);
            }
        }

        return null;
    }

    /// <summary>
    /// The admission that a member owes whoever has proven the invitation code, where its operator
    /// chose that the code is enough; null when there is none. Who was a member once is let in by
    /// people only.
    /// </summary>
    /// <param name="state">The newest state.</param>
    /// <param name="self">The company that votes.</param>
    /// <param name="invited">Companies with a live channel that proved the code.</param>
    public static ProposeMember? NextAdmission(
        LedgerState state, CompanyId self, IEnumerable<SignedMember> invited)
    {
        if (!state.Members.ContainsKey(self))
        {
            return null;
        }

        foreach (SignedMember candidate in invited)
        {
            CompanyId company = candidate.Member.Company;
            MemberChange.Admit change = new(candidate);
            MemberProposal? open = state.Proposals.Values.FirstOrDefault(
                each => each.Change.Joining?.Member.Company == company);
            bool wanted = open is null
                ? state.Proposals.Values.Count(each => each.ProposedBy == self)
                    < LedgerLimits.ProposalsPerMemberMax
                : open.Change.Id == change.Id && !open.Votes.Contains(self);
            if (wanted && !state.Members.ContainsKey(company)
                && !state.Parties.ContainsKey(company))
            {
                return new ProposeMember(change);
            }
        }

        return null;
    }

    private static bool HasKeys(MemberRecord known, MemberRecord held) =>
        known.IdentityKey == held.IdentityKey && known.VotingKey == held.VotingKey;
}
