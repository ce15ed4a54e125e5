using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Peers;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Spec.Tests;

/// <summary>Every type of the format, by the chapter of the document that lists it.</summary>
internal static class Format
{
    public static IReadOnlyList<KnownType> Basics { get; } =
    [
        Of("Digest", Digest.Codec),
        Of("PublicKey", PublicKey.Codec),
        Of("Timestamp", Timestamp.Codec),
        Of("Currency", Currency.Codec),
        Of("Money", Money.Codec),
        Of("TimeWindow", TimeWindow.Codec),
        Of("CompanyId", CompanyId.Codec),
        Of("LocationId", LocationId.Codec),
        Of("EvseId", EvseId.Codec),
        Of("TariffId", TariffId.Codec),
        Of("TransactionId", TransactionId.Codec),
        Of("TripId", TripId.Codec),
        Of("LegId", LegId.Codec),
        Of("SessionId", SessionId.Codec),
    ];

    public static IReadOnlyList<KnownType> Membership { get; } =
    [
        Of("MemberRecord", MemberRecord.Codec),
        Of("SignedMember", SignedMember.Codec),
        Of("Rules", Rules.Codec),
        Of("ClockAnchor", ClockAnchor.Codec),
        Of("GenesisDraft", GenesisDraft.Codec),
        Of("Genesis", Genesis.Codec),
        Of("Governance", Governance.Codec),
        Of("MemberChange", MemberChange.Codec),
        Of("Admit", MemberChange.Admit.Codec),
        Of("Suspend", MemberChange.Suspend.Codec),
        Of("Remove", MemberChange.Remove.Codec),
        Of("Replace", MemberChange.Replace.Codec),
        Of("Depart", MemberChange.Depart.Codec),
        Of("Rotate", MemberChange.Rotate.Codec),
        Of("KeyChange", KeyChange.Codec),
        Of("IdentityKey", KeyChange.IdentityKey.Codec),
        Of("VotingKey", KeyChange.VotingKey.Codec),
        Of("TlsKey", KeyChange.TlsKey.Codec),
        Of("ConcludedChange", ConcludedChange.Codec),
    ];

    public static IReadOnlyList<KnownType> Bodies { get; } =
    [
        Of("Transaction", Transaction.Codec),
        Of("Body", Body.Codec),
        Of("ProposeMember", ProposeMember.Codec),
        Of("VoteMember", VoteMember.Codec),
        Of("RotateKey", RotateKey.Codec),
        Of("SetRules", SetRules.Codec),
        Of("Leave", Leave.Codec),
        Of("Ready", Ready.Codec),
        Of("ReportEquivocation", ReportEquivocation.Codec),
        Of("ReportTwoHeads", ReportTwoHeads.Codec),
        Of("PutLocation", PutLocation.Codec),
        Of("PutEvse", PutEvse.Codec),
        Of("Connector", Connector.Codec),
        Of("PutTariff", PutTariff.Codec),
        Of("Tariff", Tariff.Codec),
        Of("TariffElement", TariffElement.Codec),
        Of("PriceComponent", PriceComponent.Codec),
        Of("PutOcpiTariff", PutOcpiTariff.Codec),
        Of("OcpiTariff", OcpiTariff.Codec),
        Of("OcpiElement", OcpiElement.Codec),
        Of("OcpiPrice", OcpiPrice.Codec),
        Of("PriceRestrictions", PriceRestrictions.Codec),
        Of("PriceLimit", PriceLimit.Codec),
        Of("SetEvseAvailability", SetEvseAvailability.Codec),
        Of("ProposeTrip", ProposeTrip.Codec),
        Of("LegRequest", LegRequest.Codec),
        Of("AnswerLeg", AnswerLeg.Codec),
        Of("BreakLeg", BreakLeg.Codec),
        Of("LegBreak", LegBreak.Codec),
        Of("StartSession", StartSession.Codec),
        Of("SessionStart", SessionStart.Codec),
        Of("ReportMeter", ReportMeter.Codec),
        Of("MeterReading", MeterReading.Codec),
        Of("EndSession", EndSession.Codec),
        Of("SessionEnd", SessionEnd.Codec),
        Of("AcknowledgeCdr", AcknowledgeCdr.Codec),
        Of("AcceptCdr", AcceptCdr.Codec),
        Of("ClosePeriod", ClosePeriod.Codec),
        Of("ReportPayment", ReportPayment.Codec),
        Of("ConfirmPayment", ConfirmPayment.Codec),
    ];

    public static IReadOnlyList<KnownType> Log { get; } =
    [
        Of("Entry", Entry.Codec),
        Of("TransactionEntry", TransactionEntry.Codec),
        Of("RuleEntry", RuleEntry.Codec),
        Of("Seal", Seal.Codec),
        Of("Block", Block.Codec),
        Of("Outcome", Outcome.Codec),
        Of("Effect", Effect.Codec),
        Of("RulesChanged", RulesChanged.Codec),
        Of("MemberProposed", MemberProposed.Codec),
        Of("MemberApproved", MemberApproved.Codec),
        Of("MembersChanged", MembersChanged.Codec),
        Of("MemberChangeWaits", MemberChangeWaits.Codec),
        Of("MemberProposalEnded", MemberProposalEnded.Codec),
        Of("EquivocationProven", EquivocationProven.Codec),
        Of("TripHeld", TripHeld.Codec),
        Of("TripConfirmed", TripConfirmed.Codec),
        Of("TripRefused", TripRefused.Codec),
        Of("TripExpired", TripExpired.Codec),
        Of("LegEnded", LegEnded.Codec),
        Of("TripEnded", TripEnded.Codec),
        Of("LegBroken", LegBroken.Codec),
        Of("SessionStarted", SessionStarted.Codec),
        Of("CdrIssued", CdrIssued.Codec),
        Of("CdrPriced", CdrPriced.Codec),
        Of("CdrAccepted", CdrAccepted.Codec),
        Of("Posted", Posted.Codec),
        Of("PeriodClosed", PeriodClosed.Codec),
        Of("PaymentConfirmed", PaymentConfirmed.Codec),
        Of("PeriodFinal", PeriodFinal.Codec),
    ];

    public static IReadOnlyList<KnownType> State { get; } =
    [
        Of("Party", Party.Codec),
        Of("MemberProposal", MemberProposal.Codec),
        Of("ReadyMark", ReadyMark.Codec),
        Of("Lane", Lane.Codec),
        Of("LaneId", LaneId.Codec),
        Of("GuiltId", GuiltId.Codec),
        Of("Guilt", Guilt.Codec),
        Of("HeadGuilt", HeadGuilt.Codec),
        Of("Evse", Evse.Codec),
        Of("Trip", Trip.Codec),
        Of("Leg", Leg.Codec),
        Of("Booking", Booking.Codec),
        Of("BrokenLeg", BrokenLeg.Codec),
        Of("Session", Session.Codec),
        Of("Cdr", Cdr.Codec),
        Of("CdrLine", CdrLine.Codec),
        Of("SessionReadings", SessionReadings.Codec),
        Of("TimedReading", TimedReading.Codec),
        Of("CdrPrice", CdrPrice.Codec),
        Of("PriceLine", PriceLine.Codec),
        Of("Hold", Hold.Codec),
        Of("AccountId", AccountId.Codec),
        Of("Account", Account.Codec),
        Of("Posting", Posting.Codec),
        Of("Period", Period.Codec),
        Of("Position", Position.Codec),
        Of("Payment", Payment.Codec),
        Of("StateEntry", StateEntry.Codec),
        Of("StateProof", StateProof.Codec),
        Of("StateAnswer", StateAnswer.Codec),
        Of("StateReceipt", StateReceipt.Codec),
        Of("DeadlineSubject", DeadlineSubject.Codec),
        Of("StatePart", StatePart.Codec),
        Of("StateSection", StateSection.Codec),
        Of("StateRow", StateRow.Codec),
    ];

    public static IReadOnlyList<KnownType> Votes { get; } =
    [
        Of("VoteSeal", VoteSeal.Codec),
        Of("Certificate", Certificate.Codec),
        Of("PromiseSeal", PromiseSeal.Codec),
        Of("Justification", Justification.Codec),
        Of("Lock", Consensus.Lock.Codec),
        Of("ConsensusMessage", ConsensusMessage.Codec),
        Of("Propose", ConsensusMessage.Propose.Codec),
        Of("Endorse", ConsensusMessage.Endorse.Codec),
        Of("Accept", ConsensusMessage.Accept.Codec),
        Of("Promise", ConsensusMessage.Promise.Codec),
        Of("Decided", ConsensusMessage.Decided.Codec),
        Of("Tip", ConsensusMessage.Tip.Codec),
        Of("BlockProof", BlockProof.Codec),
        Of("SignedVote", SignedVote.Codec),
        Of("Evidence", Evidence.Codec),
        Of("SignedHead", SignedHead.Codec),
        Of("TwoHeads", TwoHeads.Codec),
        Of("HeardVotes", HeardVotes.Codec),
        Of("HeardHeight", HeardHeight.Codec),
    ];

    public static IReadOnlyList<KnownType> Peers { get; } =
    [
        Of("Announcement", Announcement.Codec),
        Of("HandshakeMessage", HandshakeMessage.Codec),
        Of("Hello", Hello.Codec),
        Of("Proof", Proof.Codec),
        Of("Refused", Refused.Codec),
        Of("FoundingMessage", FoundingMessage.Codec),
        Of("DraftSigned", DraftSigned.Codec),
        Of("DraftAbandoned", DraftAbandoned.Codec),
        Of("GenesisHeld", GenesisHeld.Codec),
        Of("FoundingBusy", FoundingBusy.Codec),
        Of("FoundingAsked", FoundingAsked.Codec),
        Of("PeerMessage", PeerMessage.Codec),
        Of("Voting", PeerMessage.Voting.Codec),
        Of("Gossip", PeerMessage.Gossip.Codec),
        Of("BlockRequest", PeerMessage.BlockRequest.Codec),
        Of("BlockAnswer", PeerMessage.BlockAnswer.Codec),
        Of("Syncing", PeerMessage.Syncing.Codec),
        Of("SyncMessage", SyncMessage.Codec),
        Of("SnapshotAsked", SyncMessage.SnapshotAsked.Codec),
        Of("SnapshotOffered", SyncMessage.SnapshotOffered.Codec),
        Of("SealsAsked", SyncMessage.SealsAsked.Codec),
        Of("Seals", SyncMessage.Seals.Codec),
        Of("SealLink", SealLink.Codec),
        Of("PartAsked", SyncMessage.PartAsked.Codec),
        Of("Part", SyncMessage.Part.Codec),
        Of("SnapshotHead", SnapshotHead.Codec),
        Of("LeaderTerm", LeaderTerm.Codec),
        Of("HeldVotes", PeerMessage.HeldVotes.Codec),
        Of("GuiltFound", PeerMessage.GuiltFound.Codec),
        Of("NewestVoteAsked", PeerMessage.NewestVoteAsked.Codec),
        Of("NewestVote", PeerMessage.NewestVote.Codec),
        Of("ShownVote", ShownVote.Codec),
        Of("Cosigned", PeerMessage.Cosigned.Codec),
        Of("HeadsAsked", PeerMessage.HeadsAsked.Codec),
        Of("HeadCosignature", HeadCosignature.Codec),
        Of("OutlookSaid", PeerMessage.OutlookSaid.Codec),
        Of("OutlookAsked", PeerMessage.OutlookAsked.Codec),
        Of("OutlookWord", OutlookWord.Codec),
        Of("OutlookContent", OutlookContent.Codec),
        Of("EvseOutlook", EvseOutlook.Codec),
    ];

    /// <summary>The enums that stand in records.</summary>
    public static IReadOnlyList<Type> Enums { get; } =
    [
        typeof(PartyStatus), typeof(ProposalEnd),
        typeof(ConnectorStandard), typeof(PowerType), typeof(Availability),
        typeof(TariffDimension), typeof(PriorityClass), typeof(Ledger.RefusalReason),
        typeof(BreakReason), typeof(EndReason),
        typeof(OutcomeCode), typeof(TripState), typeof(LegState), typeof(SessionState),
        typeof(CdrState), typeof(PeriodState), typeof(PaymentState), typeof(AccountKind),
        typeof(VoteType), typeof(EvidenceKind), typeof(PeerRefusal), typeof(DeadlineKind),
        typeof(PriceDimension), typeof(TaxIncluded), typeof(ReservationKind), typeof(Weekday),
        typeof(MetLimit), typeof(EvseCondition),
    ];

    public static IEnumerable<KnownType> All =>
        [.. Basics, .. Membership, .. Bodies, .. Log, .. State, .. Votes, .. Peers];

    public static KnownType Find(string name) => All.Single(each => each.Name == name);

    private static KnownType<T> Of<T>(string name, Codec<T> codec)
        where T : notnull => new(name, codec);
}
