using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>Who goes first within a block. It never takes away a confirmed leg.</summary>
public enum PriorityClass
{
    /// <summary>Cannot reach any other station; costs a quota.</summary>
    Emergency = 0,

    Normal = 1,

    Flexible = 2,
}

/// <summary>Why an owner refuses a leg: a closed list, so that refusals can be compared.</summary>
public enum RefusalReason
{
    Occupied = 1,
    Faulted = 2,
    Inoperative = 3,
    StationUnreachable = 4,
    StationRefused = 5,
}

/// <summary>One charging stop that is asked for.</summary>
/// <param name="Evse">Where.</param>
/// <param name="Window">When; on the grid of the rules.</param>
/// <param name="EnergyWh">How much, in Wh; 1 to 1,000,000.</param>
/// <param name="Tariff">Hash of the tariff that will price it.</param>
/// <param name="PriceCap">What the session may cost at the most; it binds the owner, and is
/// held.</param>
/// <param name="SecretHash">SHA-256 of the secret that the car gives to the station at the
/// plug.</param>
public sealed record LegRequest(
    EvseId Evse, TimeWindow Window, long EnergyWh, Digest Tariff, Money PriceCap, Digest SecretHash)
{
    public static Codec<LegRequest> Codec { get; } = RecordCodec<LegRequest>.Part()
        .Field(1, "evse", x => x.Evse, EvseId.Codec)
        .Field(2, "window", x => x.Window, TimeWindow.Codec)
        .Field(3, "energyWh", x => x.EnergyWh, Codecs.Long(1, LedgerLimits.EnergyWhMax))
        .Field(4, "tariff", x => x.Tariff, Digest.Codec)
        .Field(5, "priceCap", x => x.PriceCap, Money.Codec)
        .Field(6, "secretHash", x => x.SecretHash, Digest.Codec);

    /// <summary>The hash that commits to a secret of 32 bytes.</summary>
    public static Digest HashSecret(byte[] secret) => Digest.Tagged("tomada/v1/secret", secret);
}

/// <summary>Asks for every leg of a trip at once; the sender is the home company.</summary>
/// <param name="Driver">HMAC of the trip under a key that only the home company holds: a pseudonym
/// for one trip.</param>
/// <param name="Priority">Order within the block.</param>
/// <param name="DecideWithinMs">Time for the owners to answer after inclusion; 1 s to the rules'
/// maximum.</param>
/// <param name="Legs">1 to 16, in driving order; windows ascend.</param>
public sealed record ProposeTrip(
    Digest Driver,
    PriorityClass Priority,
    long DecideWithinMs,
    ImmutableArray<LegRequest> Legs) : Body
{
    public static new Codec<ProposeTrip> Codec { get; } = RecordCodec<ProposeTrip>.Versioned(1)
        .Field(1, "driver", x => x.Driver, Digest.Codec)
        .Field(2, "priority", x => x.Priority, Codecs.Enum<PriorityClass>())
        .Field(3, "decideWithinMs", x => x.DecideWithinMs, Codecs.Long(1_000, 3_600_000))
        .Field(4, "legs", x => x.Legs, Codecs.List(LegRequest.Codec, 1, LegId.NumberMax));
}

/// <summary>The owner's answer for one held leg.</summary>
/// <param name="Leg">A held leg whose EVSE is the sender's.</param>
/// <param name="Refused">Why not; absent when the owner accepts.</param>
public sealed record AnswerLeg(LegId Leg, RefusalReason? Refused) : Body
{
    public static new Codec<AnswerLeg> Codec { get; } = RecordCodec<AnswerLeg>.Versioned(1)
        .Field(1, "leg", x => x.Leg, LegId.Codec)
        .OptionalValue(2, "refused", x => x.Refused, Codecs.Enum<RefusalReason>());

    public bool Accepted => Refused is null;
}
