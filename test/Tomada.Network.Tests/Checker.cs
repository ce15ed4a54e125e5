namespace Tomada.Network.Tests;

/// <summary>Compares what submitters were told with the ledger that everybody can read.</summary>
internal static class Checker
{
    /// <summary>
    /// Nothing that was acknowledged is lost, nothing appears twice, and all nodes tell the same.
    /// </summary>
    public static async Task CheckAsync(
        Cluster cluster, List<Submission> told, CancellationToken stop)
    {
        await cluster.SettledAsync(stop);
        List<Line>[] logs = await Task.WhenAll(
            cluster.Machines.Select(each => ReadLogAsync(each, stop)));
        List<string>[] chains = await Task.WhenAll(
            cluster.Machines.Select(each => ReadChainAsync(each, stop)));
        Assert.All(logs, each => Assert.Equal(logs[0], each));
        Assert.All(chains, each => Assert.Equal(chains[0], each));

        List<Line> log = logs[0];
        Assert.Equal(log.Count, log.Select(each => each.Id).Distinct().Count());
        ILookup<string, Line> byMark = log.ToLookup(each => each.Mark);
        foreach (Submission each in told)
        {
            Line[] found = [.. byMark[each.Mark]];
            if (each.Id is null)
            {
                // Whoever got no answer may find it there; but never twice.
                Assert.True(found.Length <= 1, $"{each} appears {found.Length} times");
            }
            else
            {
                Line line = Assert.Single(found);
                Assert.Equal(
                    new Line(each.Id, each.Height, each.Index, each.Mark, "APPLIED"), line);
            }
        }
    }

    private static async Task<List<Line>> ReadLogAsync(Machine at, CancellationToken stop) =>
    [
        .. (await at.ListAsync("/v1/transactions", stop)).Select(each => new Line(
            each["id"]!.GetValue<string>(),
            each["height"]!.GetValue<long>(),
            each["index"]!.GetValue<long>(),
            each["body"]?["id"]?.GetValue<string>() ?? "",
            each["outcome"]!["code"]!.GetValue<string>())),
    ];

    /// <summary>Height, digest and state root of every block.</summary>
    private static async Task<List<string>> ReadChainAsync(Machine at, CancellationToken stop) =>
    [
        .. (await at.ListAsync("/v1/blocks", stop)).Select(
            each => $"{each["height"]} {each["digest"]} {each["stateRoot"]}"),
    ];

    /// <summary>One transaction as the public reads it.</summary>
    private sealed record Line(string Id, long Height, long Index, string Mark, string Outcome);
}
