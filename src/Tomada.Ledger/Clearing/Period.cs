using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>The life of a settlement period.</summary>
public enum PeriodState
{
    Open = 1,

    /// <summary>Positions are fixed and payments instructed.</summary>
    Closed = 2,

    /// <summary>Every payment is confirmed by its creditor.</summary>
    Final = 3,
}

/// <summary>The life of a payment between two members.</summary>
public enum PaymentState
{
    Instructed = 1,
    Reported = 2,
    Confirmed = 3,
}

/// <summary>What a company owes (negative) or is owed (positive) after netting.</summary>
public sealed record Position(CompanyId Company, Money Net)
{
    public static Codec<Position> Codec { get; } = RecordCodec<Position>.Part()
        .Field(1, "company", x => x.Company, CompanyId.Codec)
        .Field(2, "net", x => x.Net, Money.Codec);
}

/// <summary>One of at most n−1 payments per currency that settle a period.</summary>
public sealed record Payment(
    int Number,
    CompanyId From,
    CompanyId To,
    Money Amount,
    PaymentState State,
    Digest? ReferenceHash)
{
    public static Codec<Payment> Codec { get; } = RecordCodec<Payment>.Part()
        .Field(1, "number", x => x.Number, Codecs.Int(1, LedgerLimits.MembersMax * 10))
        .Field(2, "from", x => x.From, CompanyId.Codec)
        .Field(3, "to", x => x.To, CompanyId.Codec)
        .Field(4, "amount", x => x.Amount, Money.Codec)
        .Field(5, "state", x => x.State, Codecs.Enum<PaymentState>())
        .OptionalValue(6, "referenceHash", x => x.ReferenceHash, Digest.Codec);
}

/// <summary>A settlement period on the ledger.</summary>
/// <param name="Number">From 1.</param>
/// <param name="State">Where it stands.</param>
/// <param name="From">Block time at which it opened.</param>
/// <param name="Until">Block time of its cut-off; absent while open.</param>
/// <param name="Positions">Ordered by currency, then company; they sum to zero per
/// currency.</param>
/// <param name="Payments">Numbered from 1.</param>
public sealed record Period(
    int Number,
    PeriodState State,
    Timestamp From,
    Timestamp? Until,
    ImmutableArray<Position> Positions,
    ImmutableArray<Payment> Payments)
{
    public static Codec<Period> Codec { get; } = RecordCodec<Period>.Versioned(1)
        .Field(1, "number", x => x.Number, Codecs.Int(1, LedgerLimits.PeriodMax))
        .Field(2, "state", x => x.State, Codecs.Enum<PeriodState>())
        .Field(3, "from", x => x.From, Timestamp.Codec)
        .OptionalValue(4, "until", x => x.Until, Timestamp.Codec)
        .Field(
            5,
            "positions",
            x => x.Positions,
            Codecs.List(Position.Codec, 0, LedgerLimits.MembersMax * 10))
        .Field(
            6,
            "payments",
            x => x.Payments,
            Codecs.List(Payment.Codec, 0, LedgerLimits.MembersMax * 10));
}

/// <summary>The books that a company has in each currency.</summary>
public enum AccountKind
{
    /// <summary>
    /// What it owes (credit) and is owed (debit) for accepted CDRs not yet netted.
    /// </summary>
    Clearing = 1,

    /// <summary>CDRs that are issued or acknowledged but not accepted.</summary>
    Suspense = 2,

    /// <summary>Net positions instructed and not yet confirmed as paid.</summary>
    Settlement = 3,

    /// <summary>What it has paid and received outside the ledger.</summary>
    Paid = 4,
}

/// <summary>One account.</summary>
public readonly record struct AccountId(CompanyId Company, AccountKind Kind, Currency Currency)
    : IComparable<AccountId>
{
    public static Codec<AccountId> Codec { get; } = RecordCodec<AccountId>.Part()
        .Field(1, "company", x => x.Company, CompanyId.Codec)
        .Field(2, "kind", x => x.Kind, Codecs.Enum<AccountKind>())
        .Field(3, "currency", x => x.Currency, Currency.Codec);

    public int CompareTo(AccountId other)
    {
        int order = Company.CompareTo(other.Company);
        order = order != 0 ? order : ((int)Kind).CompareTo((int)other.Kind);
        return order != 0 ? order : Currency.CompareTo(other.Currency);
    }

    public static bool operator <(AccountId left, AccountId right) => left.CompareTo(right) < 0;

    public static bool operator >(AccountId left, AccountId right) => left.CompareTo(right) > 0;

    public static bool operator <=(AccountId left, AccountId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(AccountId left, AccountId right) => left.CompareTo(right) >= 0;
}

/// <summary>Sums of an account in minor units; both only grow.</summary>
public sealed record Account(long Debits, long Credits)
{
    public static Codec<Account> Codec { get; } = RecordCodec<Account>.Versioned(1)
        .Field(1, "debits", x => x.Debits, Codecs.Long(0, long.MaxValue))
        .Field(2, "credits", x => x.Credits, Codecs.Long(0, long.MaxValue));
}

/// <summary>One double-entry line: the same amount to both sides.</summary>
public sealed record Posting(AccountId Debit, AccountId Credit, Money Amount)
{
    public static Codec<Posting> Codec { get; } = RecordCodec<Posting>.Part()
        .Field(1, "debit", x => x.Debit, AccountId.Codec)
        .Field(2, "credit", x => x.Credit, AccountId.Codec)
        .Field(3, "amount", x => x.Amount, Money.Codec);
}

/// <summary>A pending transfer: what a leg's home company may come to owe for it.</summary>
/// <param name="Leg">The leg; one hold each.</param>
/// <param name="Home">Whose limit it counts against.</param>
/// <param name="Amount">The leg's price cap.</param>
public sealed record Hold(LegId Leg, CompanyId Home, Money Amount)
{
    public static Codec<Hold> Codec { get; } = RecordCodec<Hold>.Versioned(1)
        .Field(1, "leg", x => x.Leg, LegId.Codec)
        .Field(2, "home", x => x.Home, CompanyId.Codec)
        .Field(3, "amount", x => x.Amount, Money.Codec);
}
