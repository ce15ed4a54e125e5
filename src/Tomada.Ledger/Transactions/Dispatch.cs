using System.Diagnostics;

namespace Tomada.Ledger;

/// <summary>The rule for each kind of transaction; the only place that knows them all.</summary>
internal static class Dispatch
{
    /// <summary>Whether a rule exists for the kind; without one it cannot enter a block.</summary>
    public static bool IsKnown(Body body) => body
        is not (StartSession or ReportMeter or EndSession
            or AcknowledgeCdr or AcceptCdr or ClosePeriod or ReportPayment or ConfirmPayment);

    public static Outcome Apply(Working state, TransactionContext context, Body body) => body switch
    {
        SetRules each => RulesVoting.Apply(state, context, each),
        PutLocation each => StationRules.Apply(state, context, each),
        PutTariff each => StationRules.Apply(state, context, each),
        PutEvse each => StationRules.Apply(state, context, each),
        SetEvseAvailability each => StationRules.Apply(state, context, each),
        ProposeTrip each => TripProposals.Apply(state, context, each),
        AnswerLeg each => TripAnswers.Apply(state, context, each),
        _ => throw new UnreachableException(body.GetType().Name),
    };
}
