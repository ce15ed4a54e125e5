using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>How a transaction in a block ended. Numbers are never reused.</summary>
public enum OutcomeCode
{
    /// <summary>The rules accepted it; its effects stand beside it.</summary>
    Applied = 0,

    /// <summary>The company may not do this: not its own EVSE, leg, CDR or payment.</summary>
    NotAllowed = 1,

    /// <summary>It names something that does not exist.</summary>
    NotFound = 2,

    /// <summary>It would create something that exists with other content.</summary>
    AlreadyExists = 3,

    /// <summary>What it names is not in a state that allows this.</summary>
    WrongState = 4,

    /// <summary>A value lies outside what the network rules allow.</summary>
    OutOfRules = 5,

    /// <summary>The window of an EVSE is taken.</summary>
    WindowTaken = 6,

    /// <summary>The EVSE is not offered: unavailable, or its offer has lapsed.</summary>
    NotAvailable = 7,

    /// <summary>The pinned tariff is not the EVSE's tariff.</summary>
    TariffChanged = 8,

    /// <summary>The home company's credit limit does not cover the holds.</summary>
    LimitExceeded = 9,

    /// <summary>The leg's secret does not match its hash.</summary>
    WrongSecret = 10,

    /// <summary>The station's signature does not verify.</summary>
    WrongStationSignature = 11,

    /// <summary>A meter ran backwards, or times do not ascend.</summary>
    NotMonotonic = 12,
}

/// <summary>
/// How a transaction in a block ended, with what a person needs to understand it.
/// </summary>
/// <param name="Code">The rule's answer.</param>
/// <param name="Detail">For a refusal: what and where, in English, for example "leg 3: …".</param>
public sealed record Outcome(OutcomeCode Code, string? Detail)
{
    public static Codec<Outcome> Codec { get; } = RecordCodec<Outcome>.Part()
        .Field(1, "code", x => x.Code, Codecs.Enum<OutcomeCode>())
        .Optional(2, "detail", x => x.Detail, Codecs.Text(1, LedgerLimits.TextMax));

    public static Outcome Applied { get; } = new(OutcomeCode.Applied, null);

    public bool IsApplied => Code == OutcomeCode.Applied;

    public static Outcome Refused(OutcomeCode code, string detail) => new(code, detail);
}
