using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>
/// What an entry changed beyond what its transaction says by itself. Owners, desks and auditors
/// follow the log through these. Numbers are never reused.
/// </summary>
public abstract record Effect
{
    private static readonly UnionCodec<Effect> s_codec = new UnionCodec<Effect>()
        .Case(1, RulesChanged.Codec)
        .Case(2, MemberProposed.Codec)
        .Case(3, MemberApproved.Codec)
        .Case(4, MembersChanged.Codec)
        .Case(5, MemberChangeWaits.Codec)
        .Case(6, MemberProposalEnded.Codec)
        .Case(7, EquivocationProven.Codec)
        .Case(40, TripHeld.Codec)
        .Case(41, TripConfirmed.Codec)
        .Case(42, TripRefused.Codec)
        .Case(43, TripExpired.Codec)
        .Case(44, LegEnded.Codec)
        .Case(45, TripEnded.Codec)
        .Case(46, LegBroken.Codec)
        .Case(60, SessionStarted.Codec)
        .Case(61, CdrIssued.Codec)
        .Case(62, CdrPriced.Codec)
        .Case(80, CdrAccepted.Codec)
        .Case(81, Posted.Codec)
        .Case(82, PeriodClosed.Codec)
        .Case(83, PaymentConfirmed.Codec)
        .Case(84, PeriodFinal.Codec);

    private protected Effect()
    {
    }

    public static Codec<Effect> Codec => s_codec;

    /// <summary>Every kind there is, for tests that each is handled.</summary>
    public static IEnumerable<Type> Kinds => s_codec.Types;
}

/// <summary>A quorum asked for these rules; they hold from this block on.</summary>
public sealed record RulesChanged(Rules Rules, ClockAnchor Clock) : Effect
{
    public static new Codec<RulesChanged> Codec { get; } = RecordCodec<RulesChanged>.Part()
        .Field(1, "rules", x => x.Rules, Rules.Codec)
        .Field(2, "clock", x => x.Clock, ClockAnchor.Codec);
}

/// <summary>Every leg of the trip is held until the deadline.</summary>
public sealed record TripHeld(TripId Trip, Timestamp DecideBy) : Effect
{
    public static new Codec<TripHeld> Codec { get; } = RecordCodec<TripHeld>.Part()
        .Field(1, "trip", x => x.Trip, TripId.Codec)
        .Field(2, "decideBy", x => x.DecideBy, Timestamp.Codec);
}

/// <summary>The last owner accepted: the trip is confirmed on all legs.</summary>
public sealed record TripConfirmed(TripId Trip) : Effect
{
    public static new Codec<TripConfirmed> Codec { get; } = RecordCodec<TripConfirmed>.Part()
        .Field(1, "trip", x => x.Trip, TripId.Codec);
}

/// <summary>An owner refused a leg: every leg of the trip is released.</summary>
public sealed record TripRefused(LegId Leg, RefusalReason Reason) : Effect
{
    public static new Codec<TripRefused> Codec { get; } = RecordCodec<TripRefused>.Part()
        .Field(1, "leg", x => x.Leg, LegId.Codec)
        .Field(2, "reason", x => x.Reason, Codecs.Enum<RefusalReason>());
}

/// <summary>The deadline passed before every owner had accepted: every leg is released.</summary>
public sealed record TripExpired(TripId Trip) : Effect
{
    public static new Codec<TripExpired> Codec { get; } = RecordCodec<TripExpired>.Part()
        .Field(1, "trip", x => x.Trip, TripId.Codec);
}

/// <summary>A confirmed leg came to its end.</summary>
public sealed record LegEnded(LegId Leg, LegState End) : Effect
{
    public static new Codec<LegEnded> Codec { get; } = RecordCodec<LegEnded>.Part()
        .Field(1, "leg", x => x.Leg, LegId.Codec)
        .Field(2, "end", x => x.End, Codecs.Enum<LegState>());
}

/// <summary>The last leg of a confirmed trip ended.</summary>
public sealed record TripEnded(TripId Trip, TripState End) : Effect
{
    public static new Codec<TripEnded> Codec { get; } = RecordCodec<TripEnded>.Part()
        .Field(1, "trip", x => x.Trip, TripId.Codec)
        .Field(2, "end", x => x.End, Codecs.Enum<TripState>());
}

/// <summary>An owner broke a confirmed leg; what it owes is posted beside this.</summary>
public sealed record LegBroken(BrokenLeg Broken) : Effect
{
    public static new Codec<LegBroken> Codec { get; } = RecordCodec<LegBroken>.Part()
        .Field(1, "broken", x => x.Broken, BrokenLeg.Codec);
}

/// <summary>A session began; the leg is charging.</summary>
public sealed record SessionStarted(SessionId Session, EvseId Evse) : Effect
{
    public static new Codec<SessionStarted> Codec { get; } = RecordCodec<SessionStarted>.Part()
        .Field(1, "session", x => x.Session, SessionId.Codec)
        .Field(2, "evse", x => x.Evse, EvseId.Codec);
}

/// <summary>A session ended and the rules priced it.</summary>
public sealed record CdrIssued(Cdr Cdr) : Effect
{
    public static new Codec<CdrIssued> Codec { get; } = RecordCodec<CdrIssued>.Part()
        .Field(1, "cdr", x => x.Cdr, Cdr.Codec);
}

/// <summary>An OCPI tariff priced the session of the CDR that was issued with it.</summary>
public sealed record CdrPriced(CdrPrice Price) : Effect
{
    public static new Codec<CdrPriced> Codec { get; } = RecordCodec<CdrPriced>.Part()
        .Field(1, "price", x => x.Price, CdrPrice.Codec);
}

/// <summary>A CDR was accepted, by word or by silence.</summary>
public sealed record CdrAccepted(SessionId Session) : Effect
{
    public static new Codec<CdrAccepted> Codec { get; } = RecordCodec<CdrAccepted>.Part()
        .Field(1, "session", x => x.Session, SessionId.Codec);
}

/// <summary>Money moved between accounts.</summary>
public sealed record Posted(ImmutableArray<Posting> Postings) : Effect
{
    public static new Codec<Posted> Codec { get; } = RecordCodec<Posted>.Part()
        .Field(
            1, "postings", x => x.Postings, Codecs.List(Posting.Codec, 1, LedgerLimits.EffectsMax));
}

/// <summary>A period was cut off and netted.</summary>
public sealed record PeriodClosed(Period Period) : Effect
{
    public static new Codec<PeriodClosed> Codec { get; } = RecordCodec<PeriodClosed>.Part()
        .Field(1, "period", x => x.Period, Period.Codec);
}

/// <summary>The creditor confirmed a payment.</summary>
public sealed record PaymentConfirmed(int Period, int Number) : Effect
{
    public static new Codec<PaymentConfirmed> Codec { get; } = RecordCodec<PaymentConfirmed>.Part()
        .Field(1, "period", x => x.Period, Codecs.Int(1, LedgerLimits.PeriodMax))
        .Field(2, "number", x => x.Number, Codecs.Int(1, LedgerLimits.MembersMax * 10));
}

/// <summary>The last payment of a period was confirmed.</summary>
public sealed record PeriodFinal(int Period) : Effect
{
    public static new Codec<PeriodFinal> Codec { get; } = RecordCodec<PeriodFinal>.Part()
        .Field(1, "period", x => x.Period, Codecs.Int(1, LedgerLimits.PeriodMax));
}
