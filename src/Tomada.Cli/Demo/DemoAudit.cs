using System.Text.Json;
using Tomada.Audit;
using Tomada.Node;
using Ed25519 = Tomada.Audit.Ed25519;

namespace Tomada.Cli.Demo;

/// <summary>All three companies tell the same story, and all of it.</summary>
internal sealed class DemoAudit(DemoWorld world, DemoTrip trip)
{
    /// <summary>
    /// What is promised of a decision, in ms: with all companies up, and with one of three down.
    /// </summary>
    private const double DecisionLimitMs = 2_000;

    private const double DegradedDecisionLimitMs = 3_000;

    public async Task RunAsync(CancellationToken stop)
    {
        world.Display.Title("The audit");
        StatusAnswer[] statuses = await world.UntilAsync(
            "all companies to reach the same block",
            () => world.StatusesAsync(stop),
            all => all.Select(each => each.Height).Distinct().Count() == 1,
            stop);
        world.Prove(Criterion.Exactly(
            "state-roots-equal",
            statuses.Select(each => each.StateRoot).Distinct().Count(),
            1,
            "state root",
            $"at block {statuses[0].Height}: {statuses[0].StateRoot[..16]}…"));
        await CompleteAsync(stop);
        await VerifyAsync(stop);
        world.Prove(Criterion.Within(
            "consensus-p95",
            world.Decisions.Percentile(95),
            world.Options.Kill ? DegradedDecisionLimitMs : DecisionLimitMs,
            $"submit to answer over HTTP: {world.Decisions}"));
        world.Prove(new Criterion(
            "node-memory",
            world.Companies.Max(each => each.NodeMemory()) / (1024 * 1024),
            null,
            "MiB",
            true,
            "largest resident node"));
    }

    /// <summary>
    /// What a stranger would do: copies the log of every company, runs the whole of it again
    /// without asking anybody, and looks for two companies that show different ones.
    /// </summary>
    private async Task VerifyAsync(CancellationToken stop)
    {
        List<MirrorFolder> mirrors = [];
        List<AuditReport> reports = [];
        foreach (DemoCompany company in world.Companies)
        {
            MirrorFolder mirror =
                new(Path.Combine(world.Folder, "mirrors", company.Id.ToString()));
            Directory.CreateDirectory(mirror.Path);
            using HttpClient http = new() { BaseAddress = company.Public.Address };
            HttpLog log = new(http, TimeProvider.System);
            reports.Add(await new MirrorUpdate(mirror, log.FetchAsync, Ed25519.Verify)
                .RunAsync(null, stop));
            mirrors.Add(mirror);
        }

        AuditReport replay = LogReplay.Run(mirrors[0]);
        reports.Add(replay);
        reports.Add(SplitView.Compare(mirrors).Report);
        double entries = replay.Counts.Single(each => each.Id == "entries").Measured;
        world.Prove(Criterion.Exactly(
            "audit-verified",
            reports.Sum(each => each.Findings.Length),
            0,
            "finding",
            $"{entries} entries run again offline, cosigned, the same at all three companies"));
    }

    /// <summary>
    /// What the blocks count is what the list of transactions shows, at every company, and both
    /// trips are in it: the confirmed one and the refused one.
    /// </summary>
    private async Task CompleteAsync(CancellationToken stop)
    {
        int missing = 0;
        HashSet<string>? first = null;
        int refused = 0;
        foreach (DemoCompany company in world.Companies)
        {
            List<JsonElement> transactions =
                await company.Public.ListAsync("/v1/transactions", stop);
            List<JsonElement> blocks = await company.Public.ListAsync("/v1/blocks", stop);
            HashSet<string> ids =
                [.. transactions.Select(each => each.GetProperty("id").GetString()!)];
            first ??= ids;
            refused = blocks.Sum(each => each.GetProperty("refused").GetInt32());
            missing += Math.Abs(
                blocks.Sum(each => each.GetProperty("transactions").GetInt32()) - ids.Count)
                + first.Count(id => !ids.Contains(id)) + ids.Count(id => !first.Contains(id))
                + (ids.Contains(trip.Id) ? 0 : 1) + (ids.Contains(trip.RefusedId) ? 0 : 1);
        }

        world.Prove(Criterion.Exactly(
            "audit-complete",
            missing,
            0,
            "missing",
            $"{first!.Count} transactions, {refused} refused, the same at all three companies"));
    }
}
