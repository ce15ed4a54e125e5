using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Simulation.Cluster;

/// <summary>What a company's desk knows of the members besides the ledger.</summary>
/// <param name="Wanted">Changes that its people want by now.</param>
/// <param name="AreAll">Whether no others will be wanted later.</param>
/// <param name="Reachable">Companies with a live channel.</param>
/// <param name="Lost">Its voting key whose votes its disk has lost; null: none.</param>
internal sealed record MembershipView(
    ImmutableArray<WantedChange> Wanted,
    bool AreAll,
    ImmutableSortedSet<CompanyId> Reachable,
    PublicKey? Lost);

/// <summary>Changes of the members: wanted, voted for, made ready, and seen to work.</summary>
internal static class MembershipDuties
{
    public static IEnumerable<Duty> Of(DeskView view, MembershipView members)
    {
        LedgerState state = view.State;
        if (state.Members.TryGetValue(view.Self, out MemberRecord? own))
        {
            PublicKey fresh = ClusterKeys.Fresh(view.Self);
            if (own.VotingKey == members.Lost)
            {
                yield return new Duty("fresh key", new RotateKey(
                    ClusterKeys.Change(state.Network, view.Self, fresh)));
            }

            foreach (WantedChange wanted in members.Wanted)
            {
                if (!wanted.IsSettled(state) && Wish(view, members, wanted) is { } wish)
                {
                    yield return new Duty($"wish {wanted.Change.Kind}", wish);
                }
            }

            if (view.IsHealed && members.AreAll && AreSettled(state, members.Wanted)
                && !state.Locations.ContainsKey(EndOf(view.Self)))
            {
                yield return new Duty("end", new PutLocation(
                    EndOf(view.Self), "Posto", "BR-101 km 2", "Salvador", -12_970_000,
                    -38_500_000, "America/Bahia"));
            }
        }

        MemberRecord held = own
            ?? ClusterCompanies.Member(ClusterCompanies.NumberOf(view.Self)).Member;
        if ((own is null || own.VotingKey != members.Lost)
            && MemberDuties.NextReady(state, held, members.Reachable, view.Now) is { } ready)
        {
            yield return new Duty("ready", ready);
        }
    }

    /// <summary>
    /// Whether all that was wanted came about, and everybody who is a member since has decided
    /// something.
    /// </summary>
    public static bool IsOver(LedgerState state, ImmutableArray<WantedChange> wanted) =>
        AreSettled(state, wanted)
        && state.Members.Keys.All(each => state.Locations.ContainsKey(EndOf(each)));

    private static bool AreSettled(LedgerState state, ImmutableArray<WantedChange> wanted) =>
        wanted.All(each => each.IsSettled(state));

    private static LocationId EndOf(CompanyId company) => LocationId.Parse($"{company}/end");

    private static Body? Wish(DeskView view, MembershipView members, WantedChange wanted)
    {
        MemberProposal? open = view.State.Proposals.GetValueOrDefault(wanted.Id);
        switch (wanted.Change)
        {
            case MemberChange.Rotate rotate:
                return open is null && rotate.Company == view.Self
                    ? new RotateKey(rotate.Key) : null;
            case MemberChange.Depart depart:
                return open is null && depart.Company == view.Self ? new Leave() : null;
            case MemberChange.Admit admit:
                // As where the invitation is enough: whoever sees the newcomer lets it in.
                return members.Reachable.Contains(admit.Member.Member.Company)
                    ? MemberDuties.NextAdmission(view.State, view.Self, [admit.Member]) : null;
            default:
                return view.Self == wanted.Change.Leaving
                    || (open?.Votes.Contains(view.Self) ?? false) ? null
                    : open is null ? new ProposeMember(wanted.Change)
                    : new VoteMember(wanted.Id, Approves: true);
        }
    }
}
