using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// I12: whoever is a member was a founder, or came by a change that the members of that moment
/// wanted and were ready for. And what goes with it: no key is two companies', and the hash that
/// votes sign is that of the members.
/// </summary>
internal static class MembershipInvariants
{
    /// <summary>Repeats every change since genesis.</summary>
    public static void Check(LedgerState state)
    {
        ImmutableSortedDictionary<CompanyId, MemberRecord> members =
            state.Genesis.Draft.Founders.ToImmutableSortedDictionary(
                each => each.Member.Company, each => each.Member);
        ImmutableSortedDictionary<CompanyId, Party> parties =
            ImmutableSortedDictionary<CompanyId, Party>.Empty;
        foreach (ConcludedChange each in state.MemberHistory.Values)
        {
            RequireAllowed(each, members);
            if (each.Change.Leaving is { } leaving)
            {
                parties = parties.SetItem(leaving, new Party(
                    members[leaving], MemberChanges.StatusAfter(each.Change)!.Value, each.At));
            }

            members = MemberChanges.After(members, each.Change);
            parties = each.Change.Joining is { } joining
                ? parties.Remove(joining.Member.Company)
                : parties;
        }

        Invariant.Require(
            state.Members.Values.SequenceEqual(members.Values)
                && state.Parties.Values.SequenceEqual(parties.Values),
            "I12 members change only by vote or evidence");
        Invariant.Require(
            state.GovernanceRoot == Governance.Of(state.Members).Root(),
            "the governance root is that of the members");
        RequireDistinctKeys(state.Members);
        foreach ((Digest id, MemberProposal proposal) in state.Proposals)
        {
            Invariant.Require(
                id == proposal.Change.Id
                    && (proposal.Change.IsOwnWill || !proposal.Votes.IsEmpty)
                    && state.Of(Tables.DeadlineTimes).ContainsKey(
                        new DeadlineSubject(DeadlineKind.MemberProposal, id.ToString())),
                $"I12 proposal {id} has its id, a vote and an end");
        }
    }

    /// <summary>Checks what this block did to the members.</summary>
    public static void CheckChanged(Working state)
    {
        LedgerState parent = state.Parent;
        if (ReferenceEquals(state.Members.Rows, parent.Members))
        {
            return;
        }

        bool recorded = state.MemberHistory.TryGet(state.Height, out ConcludedChange? concluded);
        Invariant.Require(
            recorded && state.MemberHistory.Rows.Count == parent.MemberHistory.Count + 1,
            "I12 a block that changes the members says why, once");
        RequireAllowed(concluded!, parent.Members);
        Invariant.Require(
            state.Members.Rows.SequenceEqual(
                MemberChanges.After(parent.Members, concluded!.Change)),
            "I12 the members change as the change says");
        RequireDistinctKeys(state.Members.Rows);
    }

    private static void RequireAllowed(
        ConcludedChange concluded, ImmutableSortedDictionary<CompanyId, MemberRecord> members)
    {
        MemberChange change = concluded.Change;
        ImmutableSortedDictionary<CompanyId, MemberRecord> after =
            MemberChanges.After(members, change);
        Invariant.Require(
            concluded.Proposal == change.Id
                && concluded.Votes.All(members.ContainsKey)
                && concluded.Votes.Distinct().Count() == concluded.Votes.Length
                && (change.IsOwnWill
                    || concluded.Votes.Length >= Governance.QuorumOf(members.Count)),
            $"I12 {change.Kind} has the votes of a quorum of its members");
        Invariant.Require(
            concluded.Ready.All(after.ContainsKey)
                && concluded.Ready.Distinct().Count() == concluded.Ready.Length
                && concluded.Ready.Length
                    >= MemberChanges.NeededFor(members.Count, after.Count, change),
            $"I12 enough of the new members were ready for {change.Kind}");
    }

    private static void RequireDistinctKeys(
        ImmutableSortedDictionary<CompanyId, MemberRecord> members) => Invariant.Require(
        members.Values.Select(each => each.IdentityKey).Distinct().Count() == members.Count
            && members.Values.Select(each => each.VotingKey).Distinct().Count() == members.Count,
        "I11 no key signs for two members");
}
