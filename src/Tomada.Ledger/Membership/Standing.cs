using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// What who is no member may ask of the ledger. A company that was one: what brings its open legs,
/// sessions, CDRs and payments to their end, as long as there are any. A company that an approved
/// change would make a member: that it is ready. Nobody else anything.
/// </summary>
internal sealed class Standing(
    ImmutableSortedDictionary<CompanyId, MemberRecord> members,
    ImmutableSortedDictionary<CompanyId, Party> parties,
    ImmutableSortedDictionary<Digest, MemberProposal> proposals,
    Func<CompanyId, bool> hasObligations)
{
    /// <summary>Whose key must have signed; null with a reason when the company may not.</summary>
    public (MemberRecord? Signer, string? Why) SignerOf(CompanyId company, Body body)
    {
        if (body is Ready ready)
        {
            return proposals.TryGetValue(ready.Proposal, out MemberProposal? proposal)
                && proposal.Change.Joining is { } joining && joining.Member.Company == company
                && MemberChanges.IsApproved(members, proposal)
                    ? (joining.Member, null)
                    : (null, $"company: {company} is not a member, nor about to be one");
        }

        if (!parties.TryGetValue(company, out Party? party))
        {
            return (null, $"company: {company} is not a member");
        }

        if (!EndsSomething(body))
        {
            return (
                null,
                $"company: {company} is a member no more; it may only end what is open");
        }

        return hasObligations(company)
            ? (party.Member, null)
            : (null, $"company: {company} is a member no more and has nothing open");
    }

    public static Standing Of(LedgerState state) => new(
        state.Members,
        state.Parties,
        state.Proposals,
        company => Obligations.Has(state.Holds, state.Trips, state.Accounts, company));

    public static Standing Of(Working state) => new(
        state.Members.Rows,
        state.Parties.Rows,
        state.Proposals.Rows,
        company => Obligations.Has(
            state.Holds.Rows, state.Trips.Rows, state.Accounts.Rows, company));

    private static bool EndsSomething(Body body) => body
        is AnswerLeg or BreakLeg or StartSession or ReportMeter or EndSession
        or AcknowledgeCdr or AcceptCdr or ReportPayment or ConfirmPayment;
}

/// <summary>What a company that is no member any more must still bring to its end.</summary>
public static class Obligations
{
    /// <summary>
    /// Whether a leg of the company has not ended, or money of it is not settled: its balances in
    /// suspense, clearing and settlement are not all zero.
    /// </summary>
    public static bool Has(LedgerState state, CompanyId company) =>
        Has(state.Holds, state.Trips, state.Accounts, company);

    internal static bool Has(
        ImmutableSortedDictionary<LegId, Hold> holds,
        ImmutableSortedDictionary<TripId, Trip> trips,
        ImmutableSortedDictionary<AccountId, Account> accounts,
        CompanyId company) =>
        accounts.Any(each => each.Key.Company == company
            && each.Key.Kind != AccountKind.Paid
            && each.Value.Debits != each.Value.Credits)
        || holds.Values.Any(hold => hold.Home == company
            || trips[hold.Leg.Trip].Legs[hold.Leg.Number - 1].Owner == company);
}
