using System.Diagnostics;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// Does what is due at the beginning of a block. The number of entries is bounded, so what a sweep
/// leaves is done by the next blocks; meanwhile the rules treat a passed deadline as passed.
/// </summary>
internal static class Sweeping
{
    public static void Run(Working state, List<Entry> entries)
    {
        Deadline[] due = [.. Deadlines.Due(state).Take(LedgerLimits.SweepMax)];
        foreach (Deadline deadline in due)
        {
            // An earlier deadline of this sweep may have ended the matter.
            if (Deadlines.Find(state, deadline.Subject.Kind, deadline.Subject.Id) is null)
            {
                continue;
            }

            Deadlines.Clear(state, deadline.Subject.Kind, deadline.Subject.Id);
            Act(state, deadline.Subject);
            if (state.EffectCount > 0)
            {
                entries.Add(new RuleEntry(state.TakeEffects()));
            }
        }
    }

    private static void Act(Working state, DeadlineSubject subject)
    {
        switch (subject.Kind)
        {
            case DeadlineKind.TripDecision:
                TripRules.Expire(state, new TripId(Digest.Parse(subject.Id)));
                break;
            case DeadlineKind.LegUnused:
                TripRules.EndLeg(state, LegId.Parse(subject.Id), LegState.Unused);
                break;
            case DeadlineKind.CdrSilence:
                CdrRules.Accept(state, SessionId.Parse(subject.Id));
                break;
            case DeadlineKind.SessionSilence:
                SessionRules.EndBySilence(state, SessionId.Parse(subject.Id));
                break;
            case DeadlineKind.MemberProposal:
                MembershipConclusion.End(state, Digest.Parse(subject.Id), ProposalEnd.Expired);
                break;
            case DeadlineKind.MemberChange:
                MembershipConclusion.TakeTurn(state, Digest.Parse(subject.Id));
                break;
            default:
                throw new UnreachableException(subject.ToString());
        }
    }
}
