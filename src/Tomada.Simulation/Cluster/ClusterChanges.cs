using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Consensus;

namespace Tomada.Simulation.Cluster;

/// <summary>What may be wanted of the members in a history.</summary>
public enum ClusterChangeKind
{
    /// <summary>A company that was no founder joins.</summary>
    Admit = 1,

    /// <summary>A member is put out.</summary>
    Remove = 2,

    /// <summary>A member is put out and a newcomer comes in its place.</summary>
    Replace = 3,

    /// <summary>A member goes by its own will.</summary>
    Leave = 4,

    /// <summary>A member changes its voting key.</summary>
    Rotate = 5,

    /// <summary>A member is put out until it is let in again, which nobody does here.</summary>
    Suspend = 6,

    /// <summary>A member changes its TLS key.</summary>
    RotateTls = 7,

    /// <summary>A member changes the key that signs its transactions.</summary>
    RotateIdentity = 8,
}

/// <summary>A change that people want from a moment on.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Company">Number of the company that goes or rotates; -1: none.</param>
/// <param name="AtMs">Virtual time from which on they say so.</param>
public sealed record ClusterChange(ClusterChangeKind Kind, int Company, int AtMs);

/// <summary>A change that took effect.</summary>
/// <param name="Kind">As the ledger calls it.</param>
/// <param name="AtMs">Virtual time at which the first node appended its block.</param>
/// <param name="IsNodeDown">Whether the node that dies was down then.</param>
public sealed record ClusterChangeMet(string Kind, long AtMs, bool IsNodeDown);

/// <summary>A change as the ledger writes it.</summary>
internal sealed record WantedChange(int AtMs, MemberChange Change, Digest Id)
{
    /// <summary>The plan's changes on a network.</summary>
    public static ImmutableArray<WantedChange> Of(ClusterPlan plan, Digest network) =>
    [
        .. plan.Changes.Select(each =>
        {
            MemberChange change = Of(plan, each, network);
            return new WantedChange(each.AtMs, change, change.Id);
        }),
    ];

    /// <summary>Whether nothing of it is left to be wanted.</summary>
    public bool IsSettled(LedgerState state)
    {
        if (Change is MemberChange.Rotate rotate)
        {
            return !state.Members.ContainsKey(rotate.Company)
                || state.MemberHistory.Values.Any(each => each.Proposal == Id);
        }

        return (Change.Joining is not { } joining
                || state.Members.ContainsKey(joining.Member.Company))
            && (Change.Leaving is not { } leaving || !state.Members.ContainsKey(leaving));
    }

    private static MemberChange Of(ClusterPlan plan, ClusterChange change, Digest network)
    {
        CompanyId company = ClusterCompanies.Company(Math.Max(change.Company, 0));
        return change.Kind switch
        {
            ClusterChangeKind.Admit => new MemberChange.Admit(ClusterCompanies.Member(plan.N)),
            ClusterChangeKind.Remove => new MemberChange.Remove(company, "silent"),
            ClusterChangeKind.Suspend => new MemberChange.Suspend(company, "under inquiry"),
            ClusterChangeKind.Replace => new MemberChange.Replace(
                company, ClusterCompanies.Member(plan.N), "its machine burnt"),
            ClusterChangeKind.Leave => new MemberChange.Depart(company),
            ClusterChangeKind.Rotate => new MemberChange.Rotate(
                company, ClusterKeys.Change(network, company, ClusterKeys.Planned(company))),
            ClusterChangeKind.RotateIdentity => new MemberChange.Rotate(
                company, ClusterKeys.IdentityChange(network, company)),
            ClusterChangeKind.RotateTls => new MemberChange.Rotate(
                company, new KeyChange.TlsKey(Digest.Of(Encoding.ASCII.GetBytes(company.Value)))),
            _ => throw new UnreachableException(change.ToString()),
        };
    }
}

/// <summary>
/// The voting keys of a company: the first one, the one that a planned rotation brings, and the one
/// that it takes when its votes were lost. They outlive its disk.
/// </summary>
internal static class ClusterKeys
{
    private const int PlannedKeys = 3_000;
    private const int FreshKeys = 4_000;
    private const int IdentityKeys = 5_000;

    public static PublicKey Planned(CompanyId company) =>
        StandInSignatures.KeyOf(PlannedKeys + ClusterCompanies.NumberOf(company));

    public static PublicKey Fresh(CompanyId company) =>
        StandInSignatures.KeyOf(FreshKeys + ClusterCompanies.NumberOf(company));

    /// <summary>Signs with a key that the company holds; null for another.</summary>
    public static SignMessage? SignerOf(CompanyId company, PublicKey key) =>
        key == Planned(company) || key == Fresh(company)
            || key == ClusterCompanies.Member(ClusterCompanies.NumberOf(company)).Member.VotingKey
                ? StandInSignatures.SignerOf(key)
                : null;

    /// <summary>Signs what a company submits, with the key that the ledger names by now.</summary>
    public static SignMessage IdentitySigner(LedgerState state, CompanyId company) =>
        state.Members.TryGetValue(company, out MemberRecord? member)
            ? StandInSignatures.SignerOf(member.IdentityKey)
            : ClusterCompanies.IdentityOf(company);

    /// <summary>The words of a rotation of the identity.</summary>
    public static KeyChange.IdentityKey IdentityChange(Digest network, CompanyId company)
    {
        PublicKey key =
            StandInSignatures.KeyOf(IdentityKeys + ClusterCompanies.NumberOf(company));
        return new KeyChange.IdentityKey(key, StandInSignatures.SignerOf(key)(
            KeyChange.SignedMessage(network, company, key)));
    }

    /// <summary>The words of a rotation, with the new key's own signature.</summary>
    public static KeyChange.VotingKey Change(Digest network, CompanyId company, PublicKey key) =>
        new(key, StandInSignatures.SignerOf(key)(
            KeyChange.SignedMessage(network, company, key)));
}
