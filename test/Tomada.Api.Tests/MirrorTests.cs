using System.Text;
using Tomada.Audit;
using Tomada.Ledger;
using Tomada.Node;

namespace Tomada.Api.Tests;

/// <summary>The offline verifier against what a real node serves.</summary>
public sealed class MirrorTests(OneCompany company) : IDisposable
{
    private readonly MirrorFolder _mirror =
        new(Directory.CreateTempSubdirectory("tomada-mirror-").FullName);

    public void Dispose() => Directory.Delete(_mirror.Path, recursive: true);

    [Fact]
    public async Task A_mirror_of_a_node_passes_every_check_and_grows_with_its_log()
    {
        await UpdateAsync();
        Assert.Empty(ChainFsck.Run(_mirror).Findings);
        Assert.Empty(LogReplay.Run(_mirror).Findings);

        TransactionResult added = await company.AddBlockAsync();
        await company.Client.TextAsync($"/v1/transactions/{added.Id}/receipt?wait=10s");
        await UpdateAsync();
        Assert.Empty(LogReplay.Run(_mirror).Findings);
        FoundEntry? found = EntryFinder.Find(_mirror, added.Id.ToString());
        Assert.Equal(added.Index, found!.Index);
        Assert.IsType<TransactionEntry>(found.Entry);
    }

    [Fact]
    public async Task A_driven_trip_is_followed_through_the_mirror()
    {
        await UpdateAsync();
        TrailReport trail = TripTrail.Follow(_mirror, company.Driven, Language.English);
        Assert.Empty(trail.Report.Findings);
        Assert.Equal("reservation", trail.Steps[0].Stage);
        Assert.Contains(trail.Steps, each => each.Stage == "cdr");
    }

    [Theory]
    [InlineData("csv", "")]
    [InlineData("jsonl", "")]
    [InlineData("jsonl", "from=2&to=6")]
    public async Task What_a_node_exports_is_what_its_log_holds(string format, string part)
    {
        await UpdateAsync();
        long size = MirrorHead.Read(_mirror, null, Ed25519.Verify).Head.Size;
        string query = part.Length > 0 ? part : $"to={size}";
        using MemoryStream rows = new(Encoding.UTF8.GetBytes(
            await company.Client.TextAsync($"/v1/export/transactions.{format}?{query}")));
        byte[] manifest = Encoding.UTF8.GetBytes(
            await company.Client.TextAsync($"/v1/export/transactions/manifest?{query}"));
        AuditReport report = ExportCheck.Run(rows, _mirror, manifest);
        Assert.Empty(report.Findings);
        Assert.NotEqual(0, report.Counts.Single(each => each.Id == "rows").Measured);
    }

    private async Task UpdateAsync()
    {
        using HttpClient http = new() { BaseAddress = company.Client.Address };
        HttpLog log = new(http, TimeProvider.System);
        AuditReport report = await new MirrorUpdate(_mirror, log.FetchAsync, Ed25519.Verify)
            .RunAsync(company.Desk.State.Network, TestContext.Current.CancellationToken);
        Assert.Empty(report.Findings);
    }
}
