using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Consensus;

namespace Tomada.Simulation.Cluster;

/// <summary>
/// The companies of a history: ids, keys, price lists, and the genesis they signed.
/// </summary>
internal static class ClusterCompanies
{
    private const int IdentityKeys = 1_000;
    private const int StationKeys = 2_000;

    /// <summary>EVSEs of each company; trips use the first, a rival also the second.</summary>
    public const int EvsesEach = 2;

    /// <summary>The wall clock at virtual time 0, and the genesis time.</summary>
    public static Timestamp Epoch { get; } = Timestamp.Parse("2026-11-23T12:00:00Z");

    /// <summary>Short durations, so that a history sees the end of each.</summary>
    public static Rules RulesOf(bool simulated) => Rules.Default with
    {
        GridMs = 60_000,
        SessionGraceMs = simulated ? 3_600_000 : 60_000,
        AcceptanceMs = 60_000,
    };

    public static CompanyId Company(int number) =>
        CompanyId.Parse($"br-{(char)('a' + number)}{(char)('a' + number)}{(char)('a' + number)}");

    public static int NumberOf(CompanyId company) => company.Value[^1] - 'a';

    public static SignMessage IdentityOf(CompanyId company) =>
        StandInSignatures.SignerOf(StandInSignatures.KeyOf(IdentityKeys + NumberOf(company)));

    public static SignMessage VoterOf(CompanyId company) =>
        StandInSignatures.SignerOf(StandInSignatures.KeyOf(NumberOf(company)));

    public static PublicKey StationKey(EvseId evse) => StandInSignatures.KeyOf(
        StationKeys + (NumberOf(evse.Company) * EvsesEach) + (evse.ToString()[^1] - '0'));

    public static EvseId Evse(CompanyId company, int number) =>
        EvseId.Parse($"{company}/evse-{number}");

    public static LocationId Location(CompanyId company) => LocationId.Parse($"{company}/site");

    public static TariffId TariffOf(CompanyId company) => TariffId.Parse($"{company}/day");

    /// <summary>Each company's own price, so that net positions differ.</summary>
    public static Tariff Price(CompanyId company) => new(
        Currency.Brl,
        [
            new TariffElement(
            [
                new PriceComponent(
                    TariffDimension.Energy, 1_500_000 + (250_000 * NumberOf(company)), 1),
                new PriceComponent(TariffDimension.Flat, 1_000_000, 1),
            ]),
        ]);

    /// <summary>A company's signed keys, founder or not.</summary>
    public static SignedMember Member(int number)
    {
        CompanyId company = Company(number);
        MemberRecord member = new(
            company,
            $"Company {number}",
            StandInSignatures.KeyOf(IdentityKeys + number),
            StandInSignatures.KeyOf(number),
            Digest.Of([(byte)number]));
        return new SignedMember(member, IdentityOf(company)(member.SignedMessage()));
    }

    public static Genesis Found(int n, bool simulated)
    {
        ImmutableArray<SignedMember> founders = [.. Enumerable.Range(0, n).Select(Member)];
        GenesisDraft draft = new("simulated", founders, RulesOf(simulated), Epoch, simulated);
        byte[] message = draft.SignedMessage();
        return new Genesis(
            draft, [.. founders.Select(each => IdentityOf(each.Member.Company)(message))]);
    }
}
