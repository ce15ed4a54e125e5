using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Cluster;

namespace Tomada.Replication.Tests;

/// <summary>The simulated companies' transactions, made by hand.</summary>
internal static class Companies
{
    public static Genesis Three { get; } = ClusterCompanies.Found(3, simulated: true);

    public static Genesis One { get; } = ClusterCompanies.Found(1, simulated: true);

    public static CompanyId A { get; } = ClusterCompanies.Company(0);

    public static CompanyId B { get; } = ClusterCompanies.Company(1);

    public static CompanyId C { get; } = ClusterCompanies.Company(2);

    /// <summary>A site of the company; its number makes it another one.</summary>
    public static PutLocation Site(CompanyId company, long number = 1) => new(
        LocationId.Parse($"{company}/site-{number}"), "Posto", "BR-101 km 1", "Salvador",
        -12_970_000, -38_500_000, "America/Bahia");

    public static SignedTransaction Transaction(
        Genesis genesis, CompanyId company, long number, long validForMs = 60_000,
        Timestamp? now = null) =>
        SignedTransaction.Sign(
            new Transaction(
                genesis.NetworkId, company, 0, number,
                new Timestamp((now ?? ClusterCompanies.Epoch).UnixMs + validForMs),
                Site(company, number)),
            ClusterCompanies.IdentityOf(company));
}
