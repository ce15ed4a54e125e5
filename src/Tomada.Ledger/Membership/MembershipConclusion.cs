using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// Lets at most one change of the members take effect, at the end of a block: everything in the
/// block was still decided and admitted under the members before, and the next height belongs to
/// the new ones. The others wait for their turn in the blocks that follow.
/// </summary>
internal static class MembershipConclusion
{
    /// <summary>Concludes the oldest change that is ready, if there is one.</summary>
    public static void Run(Working state, List<Entry> entries)
    {
        if (FirstRipe(state) is not { } id)
        {
            return;
        }

        TakeEffect(state, id);
        foreach ((Digest other, MemberProposal proposal) in state.Proposals.Rows)
        {
            if (MembershipRules.WhyImpossible(state, proposal.Change) is not null)
            {
                End(state, other, ProposalEnd.Void);
            }
        }

        if (FirstRipe(state) is { } next)
        {
            // On an idle network nobody else would make the block in which its turn comes.
            Deadlines.Set(
                state,
                DeadlineKind.MemberChange,
                next.ToString(),
                new Timestamp(state.Time.UnixMs + 1));
        }

        entries.Add(new RuleEntry(state.TakeEffects()));
    }

    /// <summary>The turn of a change has come; at the end of this block it takes effect.</summary>
    public static void TakeTurn(Working state, Digest id)
    {
        // If not, the log says so: a block that was made for it alone is never empty.
        if (FirstRipe(state) is null)
        {
            state.Emit(new MemberChangeWaits(id));
        }
    }

    /// <summary>Ends a proposal that has not taken effect.</summary>
    public static void End(Working state, Digest id, ProposalEnd end)
    {
        Close(state, id);
        state.Emit(new MemberProposalEnded(id, end));
    }

    private static void Close(Working state, Digest id)
    {
        Deadlines.Clear(state, DeadlineKind.MemberProposal, id.ToString());
        Deadlines.Clear(state, DeadlineKind.MemberChange, id.ToString());
        state.Proposals.Remove(id);
    }

    private static Digest? FirstRipe(Working state)
    {
        Timestamp since = MemberChanges.ReadySince(state.Time, state.Clock.Factor);
        Digest? first = null;
        Timestamp at = default;
        foreach ((Digest id, MemberProposal proposal) in state.Proposals.Rows)
        {
            if ((first is null || proposal.ProposedAt < at)
                && MemberChanges.IsApproved(state.Members.Rows, proposal)
                && MemberChanges.ReadinessOf(state.Members.Rows, proposal, since).IsEnough)
            {
                (first, at) = (id, proposal.ProposedAt);
            }
        }

        return first;
    }

    private static void TakeEffect(Working state, Digest id)
    {
        MemberProposal proposal = state.Proposals.Get(id);
        MemberChange change = proposal.Change;
        ImmutableSortedDictionary<CompanyId, MemberRecord> before = state.Members.Rows;
        Timestamp since = MemberChanges.ReadySince(state.Time, state.Clock.Factor);
        ConcludedChange concluded = new(
            id,
            change,
            MemberChanges.VotesOf(before, proposal),
            MemberChanges.ReadinessOf(before, proposal, since).Ready,
            state.Time);
        if (change.Leaving is { } leaving)
        {
            PartyStatus status = MemberChanges.StatusAfter(change)!.Value;
            state.Parties.Put(leaving, new Party(before[leaving], status, state.Time));
            state.Members.Remove(leaving);
            state.RulesVotes.Remove(leaving);
        }

        if (change.Joining is { } joining)
        {
            state.Parties.Remove(joining.Member.Company);
            state.Members.Put(joining.Member.Company, joining.Member);
        }

        if (change is MemberChange.Rotate rotate)
        {
            state.Members.Put(
                rotate.Company, MemberChanges.Rotated(before[rotate.Company], rotate.Key));
        }

        state.MemberHistory.Put(state.Height, concluded);
        Close(state, id);
        state.Emit(new MembersChanged(concluded));
    }
}
