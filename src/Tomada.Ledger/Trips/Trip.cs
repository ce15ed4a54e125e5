using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>The life of a trip. Refused, Expired, Completed and Partial are ends.</summary>
public enum TripState
{
    /// <summary>Every leg is held; owners are asked.</summary>
    Held = 1,

    /// <summary>Every owner accepted.</summary>
    Confirmed = 2,

    /// <summary>One owner refused; every leg is released.</summary>
    Refused = 3,

    /// <summary>The deadline passed first; every leg is released.</summary>
    Expired = 4,

    /// <summary>Every leg was fulfilled.</summary>
    Completed = 5,

    /// <summary>Every leg has ended, at least one of them unfulfilled.</summary>
    Partial = 6,
}

/// <summary>The life of a leg. A confirmed leg has exactly one end.</summary>
public enum LegState
{
    Held = 1,

    /// <summary>Its owner accepted; the trip still waits for others.</summary>
    Accepted = 2,

    Confirmed = 3,

    /// <summary>A session runs.</summary>
    Charging = 4,

    /// <summary>End: the trip was refused or expired.</summary>
    Released = 5,

    /// <summary>End: a session took place.</summary>
    Fulfilled = 6,

    /// <summary>End: the window and its grace passed without a session.</summary>
    Unused = 7,

    /// <summary>End: its owner could not keep it, and owes the penalty.</summary>
    Broken = 8,
}

/// <summary>A leg on the ledger.</summary>
/// <param name="Number">From 1, in driving order.</param>
/// <param name="Request">What was asked and is promised.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempt">Sessions started so far.</param>
public sealed record Leg(int Number, LegRequest Request, LegState State, int Attempt)
{
    public static Codec<Leg> Codec { get; } = RecordCodec<Leg>.Part()
        .Field(1, "number", x => x.Number, Codecs.Int(1, LegId.NumberMax))
        .Field(2, "request", x => x.Request, LegRequest.Codec)
        .Field(3, "state", x => x.State, Codecs.Enum<LegState>())
        .Field(4, "attempt", x => x.Attempt, Codecs.Int(0, SessionId.AttemptMax));

    /// <summary>The company whose EVSE it is.</summary>
    public CompanyId Owner => Request.Evse.Company;
}

/// <summary>A trip on the ledger.</summary>
/// <param name="Id">Id of its ProposeTrip.</param>
/// <param name="Home">The company that asked and pays.</param>
/// <param name="Driver">Pseudonym of the driver, for this trip only.</param>
/// <param name="State">Where it stands.</param>
/// <param name="ProposedAt">Block time of its ProposeTrip.</param>
/// <param name="DecideBy">From this block time on an undecided trip is expired.</param>
/// <param name="Legs">In driving order.</param>
public sealed record Trip(
    TripId Id,
    CompanyId Home,
    Digest Driver,
    TripState State,
    Timestamp ProposedAt,
    Timestamp DecideBy,
    ImmutableArray<Leg> Legs)
{
    public static Codec<Trip> Codec { get; } = RecordCodec<Trip>.Versioned(1)
        .Field(1, "id", x => x.Id, TripId.Codec)
        .Field(2, "home", x => x.Home, CompanyId.Codec)
        .Field(3, "driver", x => x.Driver, Digest.Codec)
        .Field(4, "state", x => x.State, Codecs.Enum<TripState>())
        .Field(5, "proposedAt", x => x.ProposedAt, Timestamp.Codec)
        .Field(6, "decideBy", x => x.DecideBy, Timestamp.Codec)
        .Field(7, "legs", x => x.Legs, Codecs.List(Leg.Codec, 1, LegId.NumberMax));
}

/// <summary>A stretch of an EVSE's time that belongs to a leg.</summary>
public sealed record Booking(TimeWindow Window, LegId Leg)
{
    public static Codec<Booking> Codec { get; } = RecordCodec<Booking>.Part()
        .Field(1, "window", x => x.Window, TimeWindow.Codec)
        .Field(2, "leg", x => x.Leg, LegId.Codec);
}
