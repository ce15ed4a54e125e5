using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Consensus;
using Tomada.Transparency;

namespace Tomada.Simulation.Cluster;

/// <summary>What a company can convict others of is brought onto the ledger, once.</summary>
internal static class EvidenceDuties
{
    public static IEnumerable<Duty> Of(DeskView view, VirtualDisk disk)
    {
        if (!view.State.Members.ContainsKey(view.Self))
        {
            yield break;
        }

        foreach (Evidence evidence in disk.Found)
        {
            if (GuiltId.Of(evidence) is { } id && IsOwed(view.State, view.Self, id))
            {
                yield return new Duty($"report {id}", new ReportEquivocation(evidence));
            }
        }

        foreach (TwoHeads evidence in disk.FoundHeads)
        {
            GuiltId id = GuiltId.Of(evidence);
            if (IsOwed(view.State, view.Self, id) && KeyOf(view.State, evidence) is { } key)
            {
                yield return new Duty($"report {id}", new ReportTwoHeads(evidence, key));
            }
        }
    }

    /// <summary>Whether nothing of it is left to be said.</summary>
    public static bool AreReported(LedgerState state, CompanyId self, VirtualDisk disk) =>
        disk.Found.TrueForAll(each => GuiltId.Of(each) is not { } id || !IsOwed(state, self, id))
        && disk.FoundHeads.TrueForAll(each => !IsOwed(state, self, GuiltId.Of(each)));

    /// <summary>Who is accused leaves it to the others, and what is there suffices.</summary>
    private static bool IsOwed(LedgerState state, CompanyId self, GuiltId id) =>
        id.Guilty != self && !state.Guilts.ContainsKey(id) && !state.HeadGuilts.ContainsKey(id)
        && state.Guilts.Keys.Concat(state.HeadGuilts.Keys)
            .Count(each => each.Guilty == id.Guilty) < LedgerLimits.GuiltsPerCompanyMax;

    private static PublicKey? KeyOf(LedgerState state, TwoHeads evidence) =>
        IdentityKeyHistory.Of(state, evidence.Guilty)
            .Where(key => evidence.Refute(
                state.Network, key, StandInSignatures.Verify) is null)
            .Select(key => (PublicKey?)key)
            .FirstOrDefault();
}
