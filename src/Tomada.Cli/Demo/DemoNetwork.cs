using System.Diagnostics;
using Tomada.Node;
using Tomada.Node.Configuration;

namespace Tomada.Cli.Demo;

/// <summary>
/// Three processes that know a name, a code and a number become one network with stations.
/// </summary>
internal sealed class DemoNetwork(DemoWorld world)
{
    public async Task FormAsync(CancellationToken stop)
    {
        world.Display.Title("Three companies find each other");
        long lastStarted = StartNodes();
        await DiscoverAsync(stop);
        await FoundAsync(stop);
        await Task.WhenAll(PublishAsync(stop), FirstBlockAsync(lastStarted, stop));
        await StationsAsync(stop);
    }

    private long StartNodes()
    {
        (NetworkConfig network, MulticastConfig multicast) =
            LoopbackNetwork.Draw("demo", world.Companies.Count, simulated: true);
        foreach (DemoCompany company in world.Companies)
        {
            company.Init(network, multicast);
            company.StartNode();
        }

        world.Display.Step(
            $"network '{network.Name}', group {multicast.Group}:{multicast.Port}, "
            + "no addresses configured");
        return Stopwatch.GetTimestamp();
    }

    private async Task DiscoverAsync(CancellationToken stop)
    {
        foreach (DemoCompany company in world.Companies)
        {
            await world.UntilAsync(
                $"the control API of {company.Id}",
                () => Task.FromResult(NodeEndpoints.TryLoad(company.DataDirectory)),
                endpoints => endpoints?.Control is not null,
                stop);
        }

        int others = world.Companies.Count - 1;
        StatusAnswer[] statuses = await world.UntilAsync(
            "every node to meet the others",
            () => world.StatusesAsync(stop),
            all => all.All(each => each.Reachable.Length == others),
            stop);
        int pairs = world.Companies.Count * others;
        world.Prove(Criterion.Exactly(
            "discovery",
            statuses.Sum(each => each.Reachable.Length),
            pairs,
            "found",
            "by multicast on loopback"));
        world.Prove(Criterion.Exactly(
            "handshake",
            statuses.Sum(each => each.Reachable.Count(other => other != each.Company)),
            pairs,
            "proven",
            "mutual TLS bound to each company's identity key, both ways"));
    }

    private async Task FoundAsync(CancellationToken stop)
    {
        StatusAnswer[] statuses = await world.UntilAsync(
            "the genesis",
            () => world.StatusesAsync(stop),
            all => all.All(each => each.Phase == "RUNNING"),
            stop);
        string[] networks = [.. statuses.Select(each => each.Network).Distinct()];
        world.Prove(Criterion.Exactly(
            "genesis",
            networks.Length,
            1,
            "network",
            $"signed by all three: {networks[0][..16]}…"));
        foreach (DemoCompany company in world.Companies)
        {
            await world.UntilAsync(
                $"the public API of {company.Id}",
                () => Task.FromResult(company.Endpoints),
                endpoints => endpoints is { Http: not null, Mqtt: not null },
                stop);
        }
    }

    private async Task PublishAsync(CancellationToken stop)
    {
        DemoStations stations = new(world.Data, world.Cables, world.Decisions);
        await Task.WhenAll(world.Companies.Select(company => stations.StartAsync(company, stop)));
        foreach (DemoCompany company in world.Companies)
        {
            // Ends with the process; what it collects is read when the drive is over.
            _ = world.CollectAsync(company.Devices[0]);
        }
    }

    private async Task FirstBlockAsync(long lastStarted, CancellationToken stop)
    {
        await world.UntilAsync(
            "the first block", () =>
                world.StatusesAsync(stop), all => all.All(each => each.Height > 0), stop);
        world.Prove(new Criterion(
            "first-block",
            Math.Round(Stopwatch.GetElapsedTime(lastStarted).TotalMilliseconds),
            null,
            "ms",
            true,
            "from the last node's start until all three have it"));
    }

    private async Task StationsAsync(CancellationToken stop)
    {
        int expected = world.Data.Sites.Sites.Length;
        StationAnswer[][] online = await world.UntilAsync(
            "every station to be online",
            () => Task.WhenAll(
                world.Companies.Select(company => company.Control.StationsAsync(stop))),
            all => all.Sum(each => each.Count(station => station.Online)) == expected,
            stop);
        world.Prove(Criterion.Exactly(
            "stations-online",
            online.Sum(each => each.Count(station => station.Online)),
            expected,
            "stations",
            $"over MQTT, with {world.Data.Sites.Sites.Sum(site => site.Evses.Length)} EVSEs "
            + "on the ledger"));
    }
}
