using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Ledger;

/// <summary>Evidence against members is checked and kept; nothing else follows from it.</summary>
internal static class EvidenceRules
{
    public static Outcome Apply(Working state, TransactionContext context, ReportEquivocation body)
    {
        Evidence evidence = body.Evidence;
        if (GuiltId.Of(evidence) is not { } id)
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules, "evidence: the votes do not contradict each other");
        }

        if (state.Guilts.TryGet(id, out _))
        {
            return Outcome.Refused(
                OutcomeCode.AlreadyExists, $"evidence: {id} is on the ledger already");
        }

        if (Count(state, id.Guilty) >= LedgerLimits.GuiltsPerCompanyMax)
        {
            return Outcome.Refused(
                OutcomeCode.LimitExceeded,
                $"evidence: so many proofs against {id.Guilty} are on the ledger already");
        }

        if (VotingKeyHistory.At(state, id.Guilty, id.Height) is not { } key)
        {
            return Outcome.Refused(
                OutcomeCode.NotFound, $"evidence: {id.Guilty} had no voting key at that height");
        }

        if (evidence.Refute(state.Network, key, context.Verify) is { } why)
        {
            return Outcome.Refused(OutcomeCode.OutOfRules, $"evidence: {why}");
        }

        state.Guilts.Put(id, new Guilt(evidence, key, context.Sender, state.Time));
        state.Emit(new EquivocationProven(id));
        return Outcome.Applied;
    }

    public static Outcome Apply(Working state, TransactionContext context, ReportTwoHeads body)
    {
        TwoHeads evidence = body.Evidence;
        GuiltId id = GuiltId.Of(evidence);
        if (state.HeadGuilts.TryGet(id, out _))
        {
            return Outcome.Refused(
                OutcomeCode.AlreadyExists, $"evidence: {id} is on the ledger already");
        }

        if (Count(state, id.Guilty) >= LedgerLimits.GuiltsPerCompanyMax)
        {
            return Outcome.Refused(
                OutcomeCode.LimitExceeded,
                $"evidence: so many proofs against {id.Guilty} are on the ledger already");
        }

        if (!IdentityKeyHistory.Of(state, id.Guilty).Contains(body.IdentityKey))
        {
            return Outcome.Refused(
                OutcomeCode.NotFound, $"identityKey: {id.Guilty} never had this key");
        }

        if (evidence.Refute(state.Network, body.IdentityKey, context.Verify) is { } why)
        {
            return Outcome.Refused(OutcomeCode.OutOfRules, $"evidence: {why}");
        }

        state.HeadGuilts.Put(
            id, new HeadGuilt(evidence, body.IdentityKey, context.Sender, state.Time));
        state.Emit(new EquivocationProven(id));
        return Outcome.Applied;
    }

    private static int Count(Working state, CompanyId guilty) =>
        state.Guilts.Rows.Keys.Count(each => each.Guilty == guilty)
        + state.HeadGuilts.Rows.Keys.Count(each => each.Guilty == guilty);
}
