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

        Assert.Empty(Faults(logs[0], told));
    }

    /// <summary>What was acknowledged and is not there as it was said, and what is there
    /// twice.</summary>
    public static IEnumerable<string> Faults(List<Line> log, List<Submission> told)
    {
        foreach (IGrouping<string, Line> same in log.GroupBy(each => each.Id)
            .Where(each => each.Count() > 1))
        {
            yield return $"{same.Key} is on the ledger {same.Count()} times";
        }

        ILookup<string, Line> byMark = log.ToLookup(each => each.Mark);
        foreach (Submission each in told)
        {
            Line[] found = [.. byMark[each.Mark]];
            if (found.Length > 1)
            {
                yield return $"{each.Mark} was asked for once and is there {found.Length} times";
            }
            else if (each.Id is not null && (found.Length == 0
                || found[0] != new Line(each.Id, each.Height, each.Index, each.Mark, "APPLIED")))
            {
                // Whoever got no answer may find it there or not; who got one must.
                yield return $"{each} was acknowledged; the ledger has {string.Join(", ", found)}";
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

}

/// <summary>One transaction as the public reads it.</summary>
internal sealed record Line(string Id, long Height, long Index, string Mark, string Outcome);
