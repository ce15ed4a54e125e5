using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>
/// Why an owner cannot keep a confirmed leg: a closed list, so that owners can be compared.
/// </summary>
public enum BreakReason
{
    /// <summary>The EVSE has a fault.</summary>
    Faulted = 1,

    /// <summary>It was switched off.</summary>
    Inoperative = 2,

    /// <summary>Another car stands there and stays.</summary>
    Occupied = 3,

    /// <summary>Nothing is heard of its station.</summary>
    StationUnreachable = 4,
}

/// <summary>What a station signs when it cannot keep a leg.</summary>
/// <param name="Leg">A confirmed leg whose session has not started.</param>
/// <param name="Evse">The leg's EVSE, whose station key signs.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When it was said, on the ledger clock; not before the trip was
/// proposed.</param>
public sealed record LegBreak(LegId Leg, EvseId Evse, BreakReason Reason, Timestamp At)
{
    public static Codec<LegBreak> Codec { get; } = RecordCodec<LegBreak>.Versioned(1)
        .Field(1, "leg", x => x.Leg, LegId.Codec)
        .Field(2, "evse", x => x.Evse, EvseId.Codec)
        .Field(3, "reason", x => x.Reason, Codecs.Enum<BreakReason>())
        .Field(4, "at", x => x.At, Timestamp.Codec);

    /// <summary>What the station's key signs.</summary>
    public byte[] SignedMessage(Digest network) =>
        Signing.Message("tomada/v1/leg-break", network.ToArray(), Codec.Encode(this));
}

/// <summary>
/// The owner breaks a confirmed leg before its session: the leg ends, the trip's other legs stand,
/// and the owner owes the home company the rules' penalty.
/// </summary>
/// <param name="Break">What is said.</param>
/// <param name="StationSignature">Of the station, where it can still sign; absent when it cannot.
/// It changes nothing of what is owed: it shows who said it.</param>
public sealed record BreakLeg(LegBreak Break, byte[]? StationSignature) : Body
{
    public static new Codec<BreakLeg> Codec { get; } = RecordCodec<BreakLeg>.Versioned(1)
        .Field(1, "break", x => x.Break, LegBreak.Codec)
        .Optional(2, "stationSignature", x => x.StationSignature, Signing.SignatureCodec);
}

/// <summary>A leg that its owner broke, and what it owes for that.</summary>
/// <param name="Leg">The leg; it is broken once.</param>
/// <param name="Owner">Who broke it, and owes.</param>
/// <param name="Home">Who is owed.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsSigned">Whether the station's signature stands in the log.</param>
/// <param name="At">Block time.</param>
/// <param name="Permille">Of the rules at that time; 0 when they name no penalty.</param>
/// <param name="Penalty">So much of the leg's price cap, rounded half-even to minor units; zero
/// when a company breaks a leg of its own trip.</param>
/// <param name="SettledIn">The period that netted it; absent when it has not been netted, or when
/// nothing is owed.</param>
public sealed record BrokenLeg(
    LegId Leg,
    CompanyId Owner,
    CompanyId Home,
    BreakReason Reason,
    bool IsSigned,
    Timestamp At,
    int Permille,
    Money Penalty,
    int? SettledIn)
{
    public static Codec<BrokenLeg> Codec { get; } = RecordCodec<BrokenLeg>.Versioned(1)
        .Field(1, "leg", x => x.Leg, LegId.Codec)
        .Field(2, "owner", x => x.Owner, CompanyId.Codec)
        .Field(3, "home", x => x.Home, CompanyId.Codec)
        .Field(4, "reason", x => x.Reason, Codecs.Enum<BreakReason>())
        .Field(5, "isSigned", x => x.IsSigned, Codecs.Bool)
        .Field(6, "at", x => x.At, Timestamp.Codec)
        .Field(7, "permille", x => x.Permille, Codecs.Int(0, 1_000))
        .Field(8, "penalty", x => x.Penalty, Money.Codec)
        .OptionalValue(9, "settledIn", x => x.SettledIn, Codecs.Int(1, LedgerLimits.PeriodMax));

    /// <summary>Whether its penalty still waits for netting.</summary>
    public bool IsOpen => Penalty.Amount > 0 && SettledIn is null;

    /// <summary>What is owed for a leg; pure, so that anybody recomputes it (I7).</summary>
    /// <param name="request">The leg as it was promised.</param>
    /// <param name="home">The trip's home company.</param>
    /// <param name="permille">0 to 1,000.</param>
    public static Money PenaltyOf(LegRequest request, CompanyId home, int permille)
    {
        Int128 product = request.Evse.Company == home
            ? Int128.Zero
            : (Int128)request.PriceCap.Amount * permille;
        return new Money(
            (long)TariffEngine.HalfEven(product, 1_000), request.PriceCap.Currency);
    }
}
