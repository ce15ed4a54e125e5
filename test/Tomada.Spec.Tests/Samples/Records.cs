using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Spec.Tests;

/// <summary>Rows of the state, effects and entries of the sample trip.</summary>
internal static class Records
{
    public static Cdr Cdr { get; } = new(
        Sample.Session,
        Sample.A,
        Sample.Evse,
        Sample.Tariff.Hash(),
        new TimeWindow(Sample.SessionStart.At, Sample.SessionEnd.At),
        20_000,
        [
            new CdrLine(TariffDimension.Energy, 20_000, 2_190_000, 43_800_000),
            new CdrLine(TariffDimension.Time, 1_200, 6_000_000, 2_000_000),
            new CdrLine(TariffDimension.Flat, 1, 1_500_000, 1_500_000),
        ],
        new Money(4_730, Currency.Brl),
        CdrState.Issued,
        Sample.SessionEnd.At.Plus(TimeSpan.FromSeconds(2)),
        null,
        null);

    public static CdrPrice Price { get; } = new(
        Sample.Session,
        [
            new PriceLine(
                PriceDimension.Time, ReservationKind.Reservation, 1, Sample.Window.From,
                240_000, 300_000, 12_000_000, 170_000, 1_000_000),
            new PriceLine(
                PriceDimension.Energy, null, 3, Sample.SessionStart.At,
                20_000, 20_000, 2_190_000, null, 43_800_000),
        ],
        new Money(4_480, Currency.Brl),
        new Money(4_497, Currency.Brl),
        MetLimit.None);

    public static SessionReadings Readings { get; } = new(
        "America/Bahia",
        [
            new TimedReading(Sample.SessionStart.At, Sample.SessionStart.MeterWh),
            new TimedReading(Sample.SessionEnd.At, Sample.SessionEnd.MeterWh),
        ]);

    public static Cdr SettledCdr { get; } = Cdr with
    {
        State = CdrState.Settled,
        AcknowledgedAt = Cdr.IssuedAt.Plus(TimeSpan.FromSeconds(5)),
        SettledIn = 1,
    };

    public static AccountId Owed { get; } = new(Sample.B, AccountKind.Clearing, Currency.Brl);

    public static AccountId Owing { get; } = new(Sample.A, AccountKind.Clearing, Currency.Brl);

    public static Period Period { get; } = new(
        1,
        PeriodState.Closed,
        Sample.Start,
        Sample.Start.Plus(TimeSpan.FromDays(1)),
        [
            new Position(Sample.A, new Money(-4_730, Currency.Brl)),
            new Position(Sample.B, new Money(4_730, Currency.Brl)),
        ],
        [
            new Payment(
                1, Sample.A, Sample.B, Cdr.Total, PaymentState.Reported,
                Sample.Text("pix reference")),
        ]);

    public static Posting Posting { get; } = new(Owed, Owing, Cdr.Total);

    public static Trip Trip { get; } = new(
        Sample.Trip,
        Sample.A,
        Sample.Proposal.Driver,
        TripState.Confirmed,
        Sample.Start.Plus(TimeSpan.FromSeconds(1)),
        Sample.Start.Plus(TimeSpan.FromSeconds(31)),
        [new Leg(1, Sample.Request, LegState.Confirmed, 0)]);

    public static Session Session { get; } = new(
        Sample.Session,
        Sample.A,
        Sample.Evse,
        Sample.SessionStart,
        Sample.Meter.Sequence,
        Sample.Meter.At,
        Sample.Meter.MeterWh,
        SessionState.Active);

    public static BrokenLeg Broken { get; } = new(
        Sample.Leg, Sample.B, Sample.A, BreakReason.Faulted, true,
        Sample.Start.Plus(TimeSpan.FromMinutes(20)), 200,
        BrokenLeg.PenaltyOf(Sample.Request, Sample.A, 200), null);

    public static Party Party { get; } =
        new(Sample.Founders[2].Member, PartyStatus.Removed, Sample.Start);

    public static MemberProposal Proposal { get; } = new(
        Bodies.Change,
        Sample.A,
        Sample.Start,
        [Sample.A, Sample.B],
        [new ReadyMark(Sample.B, Sample.Start.Plus(TimeSpan.FromSeconds(5)))]);

    public static ConcludedChange Concluded { get; } = new(
        Bodies.Change.Id,
        Bodies.Change,
        [Sample.A, Sample.B],
        [Sample.A, Sample.B, Sample.C],
        Sample.Start.Plus(TimeSpan.FromSeconds(9)));

    private static readonly ReadNode s_log = MerkleTree.NodesOf(
        [.. ((string[])["one", "two", "three"]).Select(
            each => MerkleTree.LeafHash(System.Text.Encoding.ASCII.GetBytes(each)))]);

    /// <summary>C endorsed two values in one ballot of height 2.</summary>
    public static Guilt Guilt { get; } = new(
        Evidence.Of(
            Sample.Network,
            LedgerState.FromGenesis(Sample.Genesis).GovernanceRoot,
            Endorsed(Sample.Text("one value")),
            Endorsed(Sample.Text("another value")))!,
        Signer.Voting(Sample.C).Public,
        Sample.A,
        Sample.Start.Plus(TimeSpan.FromSeconds(3)));

    public static GuiltId Guilty { get; } = GuiltId.Of(Guilt.Evidence)!.Value;

    /// <summary>C cosigned a head of two entries, and one of three that does not hold it.</summary>
    public static TwoHeads Heads { get; } = TwoHeads.Of(
        Sample.Network,
        Sample.C,
        Cosigned(2, Sample.Text("another root")),
        Cosigned(3, MerkleTree.Root(3, s_log)),
        s_log)!;

    public static HeadGuilt HeadGuilt { get; } = new(
        Heads,
        Signer.Identity(Sample.C).Public,
        Sample.B,
        Sample.Start.Plus(TimeSpan.FromSeconds(4)));

    public static SignedHead Cosigned(long size, Digest root) => SignedHead.Sign(
        new Checkpoint(Checkpoint.OriginOf(Sample.Network), size, root),
        Sample.C,
        1_795_435_200,
        Signer.Identity(Sample.C).Sign);

    public static IEnumerable<Effect> Effects() =>
    [
        new MemberProposed(Bodies.Change.Id),
        new MemberApproved(Bodies.Change.Id),
        new MembersChanged(Concluded),
        new MemberChangeWaits(Bodies.Change.Id),
        new MemberProposalEnded(Bodies.Change.Id, ProposalEnd.Void),
        new RulesChanged(Sample.FasterRules, Sample.Clock.ChangeAt(Trip.ProposedAt, 60)),
        new EquivocationProven(Guilty),
        new TripHeld(Sample.Trip, Trip.DecideBy),
        new TripConfirmed(Sample.Trip),
        new TripRefused(Sample.Leg, RefusalReason.StationUnreachable),
        new TripExpired(Sample.Trip),
        new LegEnded(Sample.Leg, LegState.Fulfilled),
        new TripEnded(Sample.Trip, TripState.Completed),
        new SessionStarted(Sample.Session, Sample.Evse),
        new CdrIssued(Cdr),
        new CdrAccepted(Sample.Session),
        new Posted([Posting]),
        new PeriodClosed(Period),
        new PaymentConfirmed(1, 1),
        new PeriodFinal(1),
        new CdrPriced(Price),
        new LegBroken(Broken),
    ];

    public static IEnumerable<Entry> Entries()
    {
        byte[] transaction = Sample.TripTransaction.Bytes.ToArray();
        return
        [
            new TransactionEntry(
                transaction, Outcome.Applied, [new TripHeld(Sample.Trip, Trip.DecideBy)]),
            new TransactionEntry(
                transaction,
                Outcome.Refused(OutcomeCode.WindowTaken, "leg 1: the window is taken"),
                []),
            new RuleEntry([new TripExpired(Sample.Trip)]),
            new Seal(
                1, Sample.Network, 0, 0, Transparency.MerkleTree.EmptyRoot, Sample.Text("state"),
                Sample.Text("governance"), Sample.Start.Plus(TimeSpan.FromSeconds(1)), Sample.A,
                null),
        ];
    }

    private static SignedVote Endorsed(Digest value)
    {
        VoteContent content = new(VoteType.Endorse, 2, 0, value);
        byte[] message = content.SignedBytes(
            Sample.Network, LedgerState.FromGenesis(Sample.Genesis).GovernanceRoot);
        return SignedVote.Of(content, Sample.C, Signer.Voting(Sample.C).Sign(message));
    }
}
