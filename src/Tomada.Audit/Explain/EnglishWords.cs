using System.Globalization;
using Tomada.Ledger;

namespace Tomada.Audit;

/// <summary>English.</summary>
internal sealed class EnglishWords : IWords
{
    public string Applied(string company, Deed deed, string effects) =>
        $"{company} {deed.Did} {deed.Rest}{(effects.Length == 0 ? "" : $": {effects}")}.";

    public string Refused(string company, Deed deed, string reason, string? detail) =>
        $"{company} tried to {deed.Do} {deed.Rest}, which was refused because {reason}"
            + $"{(detail is null ? "" : $" ({detail})")}.";

    public string ByRules(string effects) =>
        $"By the rules alone, as a deadline had passed: {effects}.";

    public string SealOf(Seal seal) => string.Create(
        CultureInfo.InvariantCulture,
        $"{seal.Proposer} made block {seal.Height} of {seal.Count} entries at {seal.Time}.");

    public Deed? DeedOf(Body body) => body switch
    {
        ProposeMember each => new("proposed", "propose", $"to {ChangeOf(each.Change)}"),
        VoteMember { Approves: true } each => new(
            "voted", "vote", $"for the change {each.Proposal.ToShortString()} of the members"),
        VoteMember each => new(
            "took back", "take back",
            $"its vote for the change {each.Proposal.ToShortString()} of the members"),
        RotateKey each => new("changed", "change", $"its {KeyOf(each.Key)}"),
        Leave => new("asked", "ask", "to leave the members"),
        Ready each => new(
            "said", "say",
            $"that it is ready for the change {each.Proposal.ToShortString()} of the members"),
        SetRules each => new(
            "voted", "vote", $"for version {each.Rules.Version} of the network's rules"),
        ReportEquivocation each => new(
            "brought", "bring",
            $"evidence that {each.Evidence.Guilty} contradicted itself at height "
                + $"{each.Evidence.Height}"),
        ReportTwoHeads each => new(
            "brought", "bring",
            $"evidence that {each.Evidence.Guilty} cosigned two heads that cannot be of one log, "
                + $"of {each.Evidence.First.Size} and {each.Evidence.Second.Size} entries"),
        PutLocation each => new(
            "published", "publish", $"the location {each.Location}, {each.Name} in {each.City}"),
        PutEvse each => new(
            "published", "publish",
            $"the EVSE {each.Evse} with {each.Connectors.Length} connectors"),
        PutTariff each => new("published", "publish", $"the tariff {each.Id}"),
        PutOcpiTariff each => new("published", "publish", $"the tariff {each.Id}"),
        SetEvseAvailability each => new(
            "declared", "declare",
            $"the EVSE {each.Evse} {StateOf(each.Availability)} until {each.ValidUntil}"),
        ProposeTrip each => new(
            "asked", "ask",
            $"for a trip of {each.Legs.Length} stops: "
                + string.Join(", ", each.Legs.Select(leg => $"{leg.Evse} from {leg.Window.From}"))),
        AnswerLeg { Accepted: true } each => new("accepted", "accept", $"the leg {each.Leg}"),
        AnswerLeg each => new(
            "refused", "refuse", $"the leg {each.Leg}, as {ReasonOf(each.Refused!.Value)}"),
        BreakLeg { Break: var each } => new(
            "broke", "break",
            $"the leg {each.Leg} at {each.Evse}, as {ReasonOf(each.Reason)}"),
        StartSession each => new(
            "started", "start",
            $"the session {each.Start.Session} at {each.Start.Evse} on the car's secret"),
        ReportMeter each => new(
            "reported", "report",
            $"the meter of session {each.Reading.Session}: {each.Reading.MeterWh} Wh at "
                + $"{each.Reading.At}"),
        EndSession each => new(
            "ended", "end", $"the session {each.End.Session} at {each.End.MeterWh} Wh"),
        _ => ClearingDeedOf(body),
    };

    private static Deed? ClearingDeedOf(Body body) => body switch
    {
        AcknowledgeCdr each => new("acknowledged", "acknowledge", $"the CDR of {each.Session}"),
        AcceptCdr each => new("accepted", "accept", $"the CDR of {each.Session}"),
        ClosePeriod each => new("closed", "close", $"the settlement period {each.Period}"),
        ReportPayment each => new(
            "reported", "report",
            $"that it has paid payment {each.Number} of period {each.Period}"),
        ConfirmPayment each => new(
            "confirmed", "confirm",
            $"that payment {each.Number} of period {each.Period} has come"),
        _ => null,
    };

    public string? EffectOf(Effect effect) => effect switch
    {
        RulesChanged each => $"version {each.Rules.Version} of the rules holds from here on",
        MemberProposed => "the change is open for votes",
        MemberApproved => "a quorum stands behind the change",
        MembersChanged each => $"the members changed, {ChangeOf(each.Concluded.Change)}",
        MemberChangeWaits => "the change waits until enough are ready",
        MemberProposalEnded each => $"the proposal ended as {each.End}",
        EquivocationProven each => $"{each.Guilt.Guilty} is proven guilty",
        TripHeld each => $"every leg is held until {each.DecideBy}",
        TripConfirmed => "the trip is confirmed on all its legs",
        TripRefused each =>
            $"the trip is refused at leg {each.Leg.Number} and every leg is released",
        TripExpired => "the trip expired and every leg is released",
        LegEnded each =>
            $"leg {each.Leg.Number} ended {EndOf(each.End)}",
        LegBroken { Broken: { Penalty.Amount: 0 } each } =>
            $"{each.Owner} owes nothing for leg {each.Leg.Number}",
        LegBroken { Broken: var each } =>
            $"{each.Owner} owes {each.Home} {each.Penalty} for leg {each.Leg.Number}",
        TripEnded each =>
            $"the trip ended {(each.End == TripState.Completed ? "completed" : "in part")}",
        SessionStarted each => $"the session runs at {each.Evse}",
        CdrIssued each =>
            $"the rules price {each.Cdr.EnergyWh} Wh at {each.Cdr.Total}, which {each.Cdr.Home} "
                + $"owes {each.Cdr.Owner}",
        CdrPriced each =>
            $"the tariff's {each.Price.Lines.Length} lines make {each.Price.BeforeTaxes} before "
                + $"taxes and {each.Price.AfterTaxes} with them",
        CdrAccepted each => $"the CDR of {each.Session} is accepted",
        Posted each => $"{each.Postings.Length} postings move the money",
        PeriodClosed each =>
            $"{each.Period.Positions.Length} positions net to {each.Period.Payments.Length} "
                + "payments",
        PaymentConfirmed each => $"payment {each.Number} of period {each.Period} is done",
        PeriodFinal each => $"period {each.Period} is final",
        _ => null,
    };

    public string? WhyOf(OutcomeCode code) => code switch
    {
        OutcomeCode.Applied => "it was applied",
        OutcomeCode.NotAllowed => "the company may not do it",
        OutcomeCode.NotFound => "what it names does not exist",
        OutcomeCode.AlreadyExists => "it exists with other content",
        OutcomeCode.WrongState => "what it names is not in a state that allows it",
        OutcomeCode.OutOfRules => "a value lies outside the network's rules",
        OutcomeCode.WindowTaken => "the window is taken",
        OutcomeCode.NotAvailable => "the EVSE is not offered",
        OutcomeCode.TariffChanged => "the pinned tariff is not the EVSE's",
        OutcomeCode.LimitExceeded => "a limit does not cover it",
        OutcomeCode.WrongSecret => "the secret is not the leg's",
        OutcomeCode.WrongStationSignature => "the station did not sign it",
        OutcomeCode.NotMonotonic => "a meter or a clock ran backwards",
        _ => null,
    };

    private static string ChangeOf(MemberChange change) => change switch
    {
        MemberChange.Admit each => $"admit {each.Member.Member.Company}",
        MemberChange.Suspend each => $"suspend {each.Company}",
        MemberChange.Remove each => $"remove {each.Company}",
        MemberChange.Replace each =>
            $"replace {each.Company} by {each.Successor.Member.Company}",
        MemberChange.Depart each => $"let {each.Company} go",
        MemberChange.Rotate each => $"give {each.Company} a new {KeyOf(each.Key)}",
        _ => change.Kind,
    };

    private static string KeyOf(KeyChange key) => key switch
    {
        KeyChange.IdentityKey => "identity key",
        KeyChange.VotingKey => "voting key",
        _ => "TLS key",
    };

    private static string StateOf(Availability state) => state switch
    {
        Availability.Available => "available",
        Availability.Inoperative => "inoperative",
        _ => "out of order",
    };

    private static string EndOf(LegState end) => end switch
    {
        LegState.Fulfilled => "fulfilled",
        LegState.Broken => "broken",
        _ => "unused",
    };

    private static string ReasonOf(BreakReason reason) => reason switch
    {
        BreakReason.Occupied => "another car stands there",
        BreakReason.Faulted => "it has a fault",
        BreakReason.Inoperative => "it was switched off",
        _ => "the station cannot be reached",
    };

    private static string ReasonOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Occupied => "it is occupied",
        RefusalReason.Faulted => "it is faulted",
        RefusalReason.Inoperative => "it is inoperative",
        RefusalReason.StationUnreachable => "the station cannot be reached",
        _ => "the station refused",
    };
}
