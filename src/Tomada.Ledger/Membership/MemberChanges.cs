using System.Collections.Immutable;
using System.Diagnostics;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>How far an approved change is from taking effect.</summary>
/// <param name="Ready">Companies of the new members whose Ready counts now.</param>
/// <param name="Awaited">The others of the new members.</param>
/// <param name="Needed">How many of the new members are needed.</param>
public sealed record Readiness(
    ImmutableArray<CompanyId> Ready, ImmutableArray<CompanyId> Awaited, int Needed)
{
    /// <summary>Whether enough are ready.</summary>
    public bool IsEnough => Ready.Length >= Needed;
}

/// <summary>
/// What a change of the members means and when it may happen (spec/consensus.md, Members that
/// change): functions of members and proposal alone.
/// </summary>
public static class MemberChanges
{
    /// <summary>The members after the change; it must be possible.</summary>
    public static ImmutableSortedDictionary<CompanyId, MemberRecord> After(
        ImmutableSortedDictionary<CompanyId, MemberRecord> members, MemberChange change)
    {
        if (change is MemberChange.Rotate rotate)
        {
            return members.SetItem(rotate.Company, Rotated(members[rotate.Company], rotate.Key));
        }

        ImmutableSortedDictionary<CompanyId, MemberRecord> after =
            change.Leaving is { } leaving ? members.Remove(leaving) : members;
        return change.Joining is { } joining
            ? after.SetItem(joining.Member.Company, joining.Member)
            : after;
    }

    /// <summary>The record with another key.</summary>
    public static MemberRecord Rotated(MemberRecord member, KeyChange key) => key switch
    {
        KeyChange.IdentityKey identity => member with { IdentityKey = identity.Key },
        KeyChange.VotingKey voting => member with { VotingKey = voting.Key },
        KeyChange.TlsKey tls => member with { TlsKeyHash = tls.KeyHash },
        _ => throw new UnreachableException(key.ToString()),
    };

    /// <summary>What a company that goes becomes; null when the change puts nobody out.</summary>
    public static PartyStatus? StatusAfter(MemberChange change) => change switch
    {
        MemberChange.Depart => PartyStatus.Left,
        MemberChange.Suspend => PartyStatus.Suspended,
        MemberChange.Remove => PartyStatus.Removed,
        MemberChange.Replace => PartyStatus.Replaced,
        MemberChange.Admit or MemberChange.Rotate => null,
        _ => throw new UnreachableException(change.ToString()),
    };

    /// <summary>The votes that count: those of the members of this moment.</summary>
    public static ImmutableArray<CompanyId> VotesOf(
        ImmutableSortedDictionary<CompanyId, MemberRecord> members, MemberProposal proposal) =>
        [.. proposal.Votes.Where(members.ContainsKey)];

    /// <summary>Whether enough members want it, or it is nobody else's affair.</summary>
    public static bool IsApproved(
        ImmutableSortedDictionary<CompanyId, MemberRecord> members, MemberProposal proposal) =>
        proposal.Change.IsOwnWill
        || VotesOf(members, proposal).Length >= Governance.QuorumOf(members.Count);

    /// <summary>
    /// Who is ready and how many must be. Enough are q + 1 of the new members, or all of them; when
    /// a member goes and none comes, a quorum of those who stay, as long as the margin over the
    /// quorum does not fall. So nobody is added while a member is missing that would be missed, but
    /// the missing one can go.
    /// </summary>
    /// <param name="members">The members of this moment.</param>
    /// <param name="proposal">The change.</param>
    /// <param name="readySince">Words given before this block time do not count any more.</param>
    public static Readiness ReadinessOf(
        ImmutableSortedDictionary<CompanyId, MemberRecord> members,
        MemberProposal proposal,
        Timestamp readySince)
    {
        ImmutableSortedDictionary<CompanyId, MemberRecord> after = After(members, proposal.Change);
        ImmutableArray<CompanyId> ready =
        [
            .. proposal.Ready
                .Where(each => each.At >= readySince && after.ContainsKey(each.Company))
                .Select(each => each.Company),
        ];
        return new Readiness(
            ready,
            [.. after.Keys.Where(company => !ready.Contains(company))],
            NeededFor(members.Count, after.Count, proposal.Change));
    }

    /// <summary>
    /// How many of the new members must be ready; none for a key, which its own proof makes ready.
    /// </summary>
    internal static int NeededFor(int before, int after, MemberChange change)
    {
        if (change is MemberChange.Rotate)
        {
            return 0;
        }

        int quorum = Governance.QuorumOf(after);
        int needed = Math.Min(quorum + 1, after);
        if (after >= before)
        {
            return needed;
        }

        // ready − q before and after: who goes by its own will is up, so it counts before. Who is
        // put out counts for nothing: a member that lies could keep itself in by being ready.
        int lost = change is MemberChange.Depart ? 1 : 0;
        bool marginKept = lost <= Governance.QuorumOf(before) - quorum;
        return marginKept ? quorum : needed;
    }

    /// <summary>The earliest block time whose Ready counts at this one.</summary>
    /// <param name="time">Block time.</param>
    /// <param name="clockFactor">Speed of the ledger clock.</param>
    public static Timestamp ReadySince(Timestamp time, int clockFactor) =>
        new(Math.Max(0, time.UnixMs - (LedgerLimits.ReadyValidMs * clockFactor)));
}
