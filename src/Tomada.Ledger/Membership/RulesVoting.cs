using System.Globalization;

namespace Tomada.Ledger;

/// <summary>Members change the network's rules together.</summary>
internal static class RulesVoting
{
    public static Outcome Apply(Working state, TransactionContext context, SetRules body)
    {
        Rules asked = body.Rules;
        if (asked.Version != state.Rules.Version + 1)
        {
            return Outcome.Refused(OutcomeCode.OutOfRules, string.Create(
                CultureInfo.InvariantCulture,
                $"version: {asked.Version} does not follow {state.Rules.Version}"));
        }

        if (asked.ClockFactor != 1 && !state.Simulated)
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules, "clockFactor: only 1 in a network that is not simulated");
        }

        state.RulesVotes.Put(context.Sender, asked);
        int votes = state.RulesVotes.Rows.Values.Count(vote => vote == asked);
        if (votes >= Governance.QuorumOf(state.Members.Rows.Count))
        {
            TakeEffect(state, asked);
        }

        return Outcome.Applied;
    }

    private static void TakeEffect(Working state, Rules rules)
    {
        state.Rules = rules;
        if (rules.ClockFactor != state.Clock.Factor)
        {
            state.Clock = state.Clock.ChangeAt(state.Time, rules.ClockFactor);
        }

        foreach (Primitives.CompanyId voter in state.RulesVotes.Rows.Keys)
        {
            state.RulesVotes.Remove(voter);
        }

        state.Emit(new RulesChanged(rules, state.Clock));
    }
}
