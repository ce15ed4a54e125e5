using System.Diagnostics;

namespace Tomada.Ledger;

/// <summary>The rule for each kind of transaction; the only place that knows them all.</summary>
internal static class Dispatch
{
    public static Outcome Apply(Working state, TransactionContext context, Body body) => body switch
    {
        ProposeMember each => MembershipRules.Apply(state, context, each),
        VoteMember each => MembershipRules.Apply(state, context, each),
        RotateKey each => MembershipRules.Apply(state, context, each),
        Leave each => MembershipRules.Apply(state, context, each),
        Ready each => MembershipRules.Apply(state, context, each),
        SetRules each => RulesVoting.Apply(state, context, each),
        ReportEquivocation each => EvidenceRules.Apply(state, context, each),
        ReportTwoHeads each => EvidenceRules.Apply(state, context, each),
        PutLocation each => StationRules.Apply(state, context, each),
        PutTariff each => StationRules.Apply(state, context, each),
        PutOcpiTariff each => StationRules.Apply(state, context, each),
        PutEvse each => StationRules.Apply(state, context, each),
        SetEvseAvailability each => StationRules.Apply(state, context, each),
        ProposeTrip each => TripProposals.Apply(state, context, each),
        AnswerLeg each => TripAnswers.Apply(state, context, each),
        BreakLeg each => BreakRules.Apply(state, context, each),
        StartSession each => SessionRules.Apply(state, context, each),
        ReportMeter each => SessionRules.Apply(state, context, each),
        EndSession each => SessionRules.Apply(state, context, each),
        AcknowledgeCdr each => CdrRules.Apply(state, context, each),
        AcceptCdr each => CdrRules.Apply(state, context, each),
        ClosePeriod each => PeriodRules.Apply(state, context, each),
        ReportPayment each => PeriodRules.Apply(state, context, each),
        ConfirmPayment each => PeriodRules.Apply(state, context, each),
        _ => throw new UnreachableException(body.GetType().Name),
    };
}
