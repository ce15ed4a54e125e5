using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>The home company has seen the CDR; its window to dispute begins.</summary>
public sealed record AcknowledgeCdr(SessionId Session) : Body
{
    public static new Codec<AcknowledgeCdr> Codec { get; } =
        RecordCodec<AcknowledgeCdr>.Versioned(1)
        .Field(1, "session", x => x.Session, SessionId.Codec);
}

/// <summary>The home company accepts the CDR; its amount can be netted.</summary>
public sealed record AcceptCdr(SessionId Session) : Body
{
    public static new Codec<AcceptCdr> Codec { get; } = RecordCodec<AcceptCdr>.Versioned(1)
        .Field(1, "session", x => x.Session, SessionId.Codec);
}

/// <summary>
/// Any member closes the open period: accepted CDRs are netted, the rest waits for the next.
/// </summary>
/// <param name="Period">The open period; they count from 1.</param>
public sealed record ClosePeriod(int Period) : Body
{
    public static new Codec<ClosePeriod> Codec { get; } = RecordCodec<ClosePeriod>.Versioned(1)
        .Field(1, "period", x => x.Period, Codecs.Int(1, LedgerLimits.PeriodMax));
}

/// <summary>The debtor says that it has paid, outside the ledger (Pix, SEPA).</summary>
/// <param name="Period">A closed period.</param>
/// <param name="Number">The payment within the period, from 1.</param>
/// <param name="ReferenceHash">SHA-256 of the bank's reference; the reference itself stays
/// private.</param>
public sealed record ReportPayment(int Period, int Number, Digest ReferenceHash) : Body
{
    public static new Codec<ReportPayment> Codec { get; } = RecordCodec<ReportPayment>.Versioned(1)
        .Field(1, "period", x => x.Period, Codecs.Int(1, LedgerLimits.PeriodMax))
        .Field(2, "number", x => x.Number, Codecs.Int(1, LedgerLimits.MembersMax * 10))
        .Field(3, "referenceHash", x => x.ReferenceHash, Digest.Codec);
}

/// <summary>The creditor says that the money has come, with the same reference.</summary>
public sealed record ConfirmPayment(int Period, int Number, Digest ReferenceHash) : Body
{
    public static new Codec<ConfirmPayment> Codec { get; } =
        RecordCodec<ConfirmPayment>.Versioned(1)
        .Field(1, "period", x => x.Period, Codecs.Int(1, LedgerLimits.PeriodMax))
        .Field(2, "number", x => x.Number, Codecs.Int(1, LedgerLimits.MembersMax * 10))
        .Field(3, "referenceHash", x => x.ReferenceHash, Digest.Codec);
}
