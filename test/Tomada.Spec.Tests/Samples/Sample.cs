using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Spec.Tests;

/// <summary>Three companies, a site of B, and a trip of A that charges there.</summary>
internal static class Sample
{
    public static CompanyId A { get; } = CompanyId.Parse("br-aaa");

    public static CompanyId B { get; } = CompanyId.Parse("br-bbb");

    public static CompanyId C { get; } = CompanyId.Parse("br-ccc");

    public static ImmutableArray<CompanyId> Companies { get; } = [A, B, C];

    public static Timestamp Start { get; } = Timestamp.Parse("2026-11-23T12:00:00Z");

    public static EvseId Evse { get; } = EvseId.Parse("br-bbb/evse-1");

    public static Rules FasterRules { get; } =
        Rules.Default with { Version = 2, ClockFactor = 60 };

    public static ClockAnchor Clock { get; } = new(Start, Start, 1);

    public static OcpiTariff OcpiTariff { get; } = new(
        Currency.Brl,
        TaxIncluded.No,
        [
            new OcpiElement(
                [new OcpiPrice(PriceDimension.Time, 12_000_000, 170_000, 300)],
                new PriceRestrictions { Reservation = ReservationKind.Reservation }),
            new OcpiElement(
                [
                    new OcpiPrice(PriceDimension.Energy, 1_790_000, 170_000, 1),
                    new OcpiPrice(PriceDimension.Flat, 1_500_000, null, 1),
                ],
                new PriceRestrictions
                {
                    StartTime = new TimeOnly(22, 0),
                    EndTime = new TimeOnly(6, 30),
                    StartDate = new DateOnly(2026, 11, 1),
                    EndDate = new DateOnly(2027, 3, 1),
                    MinWh = 1_000,
                    MaxWh = 40_000,
                    MinPowerW = 3_600,
                    MaxPowerW = 150_000,
                    MinDurationS = 60,
                    MaxDurationS = 7_200,
                    Days = [Weekday.Saturday, Weekday.Sunday],
                }),
            new OcpiElement(
                [
                    new OcpiPrice(PriceDimension.Energy, 2_190_000, 170_000, 1),
                    new OcpiPrice(PriceDimension.ParkingTime, 6_000_000, 170_000, 60),
                ],
                new PriceRestrictions { MinCurrentMa = 16_000, MaxCurrentMa = 500_000 }),
        ],
        new PriceLimit(1_000_000, null),
        new PriceLimit(300_000_000, 351_000_000),
        "2026d");

    public static Tariff Tariff { get; } = new(
        Currency.Brl,
        [
            new TariffElement(
            [
                new PriceComponent(TariffDimension.Energy, 2_190_000, 1),
                new PriceComponent(TariffDimension.Time, 6_000_000, 60),
                new PriceComponent(TariffDimension.Flat, 1_500_000, 1),
            ]),
        ]);

    public static byte[] Secret { get; } = [.. Enumerable.Range(0, 32).Select(each => (byte)each)];

    public static TimeWindow Window { get; } =
        new(Start.Plus(TimeSpan.FromHours(2)), Start.Plus(TimeSpan.FromMinutes(150)));

    public static LegRequest Request { get; } = new(
        Evse,
        Window,
        20_000,
        Tariff.Hash(),
        new Money(6_000, Currency.Brl),
        LegRequest.HashSecret(Secret));

    public static ProposeTrip Proposal { get; } =
        new(Text("driver"), PriorityClass.Normal, 30_000, [Request]);

    public static ImmutableArray<SignedMember> Founders { get; } = [.. Companies.Select(Member)];

    public static SignedMember Newcomer { get; } = Member(CompanyId.Parse("br-ddd"));

    public static GenesisDraft Draft { get; } =
        new("Vectors", Founders, Rules.Default, Start, true);

    public static Genesis Genesis { get; } = new(
        Draft, [.. Companies.Select(each => Signer.Identity(each).Sign(Draft.SignedMessage()))]);

    public static Digest Network => Genesis.NetworkId;

    public static SignedTransaction TripTransaction { get; } = Sign(A, 1, Proposal);

    public static TripId Trip { get; } = new(TripTransaction.Id.Digest);

    public static LegId Leg { get; } = new(Trip, 1);

    public static SessionId Session { get; } = new(Leg, 1);

    public static SessionStart SessionStart { get; } =
        new(Session, Evse, Secret, Window.From.Plus(TimeSpan.FromMinutes(5)), 1_000_000);

    public static MeterReading Meter { get; } =
        new(Session, 1, Window.From.Plus(TimeSpan.FromMinutes(15)), 1_010_000);

    public static SessionEnd SessionEnd { get; } = new(
        Session, 2, Window.From.Plus(TimeSpan.FromMinutes(25)), 1_020_000, EndReason.Complete);

    public static Digest Text(string text) =>
        Digest.Of(System.Text.Encoding.UTF8.GetBytes(text));

    public static SignedTransaction Sign(CompanyId company, long number, Body body)
    {
        Transaction content =
            new(Network, company, 0, number, Start.Plus(TimeSpan.FromMinutes(5)), body);
        return SignedTransaction.Sign(content, Signer.Identity(company).Sign);
    }

    private static SignedMember Member(CompanyId company)
    {
        MemberRecord member = new(
            company,
            $"Companhia {company.PartyId}",
            Signer.Identity(company).Public,
            Signer.Voting(company).Public,
            Text($"tls {company}"));
        return new SignedMember(member, Signer.Identity(company).Sign(member.SignedMessage()));
    }
}
