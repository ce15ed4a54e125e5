using System.Collections.Immutable;
using System.Globalization;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// ProposeMember, VoteMember, RotateKey, Leave and Ready: they open proposals, and add votes and
/// words of being ready to them. <see cref="MembershipConclusion"/> lets one take effect.
/// </summary>
internal static class MembershipRules
{
    public static Outcome Apply(Working state, TransactionContext context, ProposeMember body)
    {
        if (body.Change.IsOwnWill)
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules, $"change: {body.Change.Kind} is not voted on");
        }

        Digest id = body.Change.Id;
        if (state.Proposals.Contains(id))
        {
            Vote(state, id, context.Sender, approves: true);
            return Outcome.Applied;
        }

        return Refuse(state, context, body.Change)
            ?? Open(state, context.Sender, id, body.Change, [context.Sender]);
    }

    public static Outcome Apply(Working state, TransactionContext context, VoteMember body)
    {
        if (!state.Proposals.TryGet(body.Proposal, out MemberProposal? proposal))
        {
            return NoProposal;
        }

        if (proposal.Change.IsOwnWill)
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules, $"proposal: {proposal.Change.Kind} is not voted on");
        }

        Vote(state, body.Proposal, context.Sender, body.Approves);
        return Outcome.Applied;
    }

    public static Outcome Apply(Working state, TransactionContext context, RotateKey body)
    {
        if (state.Proposals.Rows.Values.Any(each =>
            each.Change is MemberChange.Rotate && each.ProposedBy == context.Sender))
        {
            return Outcome.Refused(
                OutcomeCode.WrongState, "key: another key of this company waits for its turn");
        }

        MemberChange.Rotate change = new(context.Sender, body.Key);
        return Refuse(state, context, change)
            ?? RefuseProof(state, context, body.Key)
            ?? Open(state, context.Sender, change.Id, change, []);
    }

    public static Outcome Apply(Working state, TransactionContext context, Leave body)
    {
        MemberChange.Depart change = new(context.Sender);
        return state.Proposals.Contains(change.Id)
            ? Outcome.Refused(OutcomeCode.AlreadyExists, "it waits already for those who stay")
            : Refuse(state, context, change)
                ?? Open(state, context.Sender, change.Id, change, []);
    }

    public static Outcome Apply(Working state, TransactionContext context, Ready body)
    {
        if (!state.Proposals.TryGet(body.Proposal, out MemberProposal? proposal))
        {
            return NoProposal;
        }

        if (!MemberChanges.IsApproved(state.Members.Rows, proposal))
        {
            return Outcome.Refused(OutcomeCode.WrongState, "proposal: no quorum stands behind it");
        }

        if (!MemberChanges.After(state.Members.Rows, proposal.Change).ContainsKey(context.Sender))
        {
            return Outcome.Refused(
                OutcomeCode.NotAllowed, $"proposal: {context.Sender} is no member after it");
        }

        if (RefuseTip(state, body) is { } why)
        {
            return Outcome.Refused(OutcomeCode.OutOfRules, why);
        }

        state.Proposals.Put(body.Proposal, proposal.WithReady(context.Sender, state.Time));
        return Outcome.Applied;
    }

    /// <summary>Why the change can never be made as things stand; null when it can.</summary>
    internal static string? WhyImpossible(Working state, MemberChange change)
    {
        if (change is MemberChange.Rotate rotate)
        {
            return state.Members.Contains(rotate.Company)
                ? MemberKeys.WhyTaken(state, rotate.Key)
                : $"company: {rotate.Company} is not a member";
        }

        if (change.Leaving is { } leaving && !state.Members.Contains(leaving))
        {
            return $"company: {leaving} is not a member";
        }

        int after = state.Members.Rows.Count
            + (change.Joining is null ? 0 : 1) - (change.Leaving is null ? 0 : 1);
        if (after is < 1 or > LedgerLimits.MembersMax)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{after} members are not between 1 and {LedgerLimits.MembersMax}");
        }

        return change.Joining is { } joining ? WhyNotJoining(state, joining.Member) : null;
    }

    private static Outcome NoProposal =>
        Outcome.Refused(OutcomeCode.NotFound, "proposal: none of this id is open");

    private static string? WhyNotJoining(Working state, MemberRecord member)
    {
        if (state.Members.Contains(member.Company))
        {
            return $"member: {member.Company} is a member already";
        }

        // An id stays with the company that had it first: others owe it, and it owes.
        return state.Parties.TryGet(member.Company, out Party? party)
            && party.Member.IdentityKey != member.IdentityKey
                ? $"member: {member.Company} was a member with another identity key"
                : MemberKeys.WhyTaken(state, member);
    }

    private static Outcome? Refuse(
        Working state, TransactionContext context, MemberChange change)
    {
        if (WhyImpossible(state, change) is { } why)
        {
            return Outcome.Refused(OutcomeCode.OutOfRules, why);
        }

        if (change.Joining is { } joining && !joining.IsValid(context.Verify))
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules, "member: not signed by its own identity key");
        }

        // A key or a departure never waits behind proposals; there is one of each per company.
        MemberProposal[] open =
            [.. state.Proposals.Rows.Values.Where(each => !each.Change.IsOwnWill)];
        int own = open.Count(each => each.ProposedBy == context.Sender);
        return change.IsOwnWill || (own < LedgerLimits.ProposalsPerMemberMax
            && open.Length < LedgerLimits.ProposalsMax)
                ? null
                : Outcome.Refused(OutcomeCode.LimitExceeded, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{own} proposals of {context.Sender} and {open.Length} in all are open"));
    }

    private static Outcome? RefuseProof(Working state, TransactionContext context, KeyChange key)
    {
        (PublicKey Key, byte[] Proof)? proven = key switch
        {
            KeyChange.IdentityKey identity => (identity.Key, identity.Proof),
            KeyChange.VotingKey voting => (voting.Key, voting.Proof),
            KeyChange.TlsKey => null,
            _ => throw new System.Diagnostics.UnreachableException(key.ToString()),
        };
        return proven is not { } each || context.Verify(
            each.Key,
            KeyChange.SignedMessage(state.Network, context.Sender, each.Key),
            each.Proof)
                ? null
                : Outcome.Refused(OutcomeCode.OutOfRules, "key: the new key did not sign for it");
    }

    private static string? RefuseTip(Working state, Ready body)
    {
        // Against the newest block, not against now: on an idle network that one is old as well.
        long age = state.ParentTime.UnixMs - body.TipTime.UnixMs;
        long ageMax = LedgerLimits.ReadyTipAgeMsMax * state.Clock.Factor;
        if (body.Height >= state.Height || age < 0)
        {
            return "tip: it is not before this block";
        }

        if (body.Height == state.Height - 1
            && (body.Tip != state.ParentTip || body.TipTime != state.ParentTime))
        {
            return $"tip: block {body.Height} is {state.ParentTip.ToShortString()}";
        }

        return age <= ageMax
            ? null
            : string.Create(
                CultureInfo.InvariantCulture, $"tip: {age} ms old; {ageMax} ms are allowed");
    }

    private static Outcome Open(
        Working state,
        CompanyId sender,
        Digest id,
        MemberChange change,
        ImmutableArray<CompanyId> votes)
    {
        MemberProposal proposal = new(change, sender, state.Time, votes, []);
        state.Proposals.Put(id, proposal);
        long lastsMs = LedgerLimits.ProposalLastsMs * state.Clock.Factor;
        Deadlines.Set(
            state,
            DeadlineKind.MemberProposal,
            id.ToString(),
            new Timestamp(state.Time.UnixMs + lastsMs));
        state.Emit(new MemberProposed(id));
        if (MemberChanges.IsApproved(state.Members.Rows, proposal))
        {
            state.Emit(new MemberApproved(id));
        }

        return Outcome.Applied;
    }

    private static void Vote(Working state, Digest id, CompanyId voter, bool approves)
    {
        MemberProposal before = state.Proposals.Get(id);
        MemberProposal after = before.WithVote(voter, approves);
        if (after.Votes.IsEmpty)
        {
            MembershipConclusion.End(state, id, ProposalEnd.Withdrawn);
            return;
        }

        state.Proposals.Put(id, after);
        if (!MemberChanges.IsApproved(state.Members.Rows, before)
            && MemberChanges.IsApproved(state.Members.Rows, after))
        {
            state.Emit(new MemberApproved(id));
        }
    }
}
