using System.Security.Cryptography;
using Tomada.Network.Tests.Lan;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Network.Tests;

/// <summary>Companies on machines of their own, joined by cables that can be made bad.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tomada-network-").FullName;
    private readonly List<Machine> _machines = [];

    private Cluster(int seed) => Cables = new TunSwitch(seed);

    public TunSwitch Cables { get; }

    public IReadOnlyList<Machine> Machines => _machines;

    /// <summary>Starts the nodes and waits until they founded a network.</summary>
    public static async Task<Cluster> StartAsync(int companies, int seed, CancellationToken stop)
    {
        Cluster cluster = new(seed);
        try
        {
            string code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            for (int i = 0; i < companies; i++)
            {
                cluster._machines.Add(new Machine(i, cluster._folder, cluster.Cables));
            }

            foreach (Machine each in cluster._machines)
            {
                await each.InitAsync(companies, code, cluster._machines[0].Address, stop);
                each.Start();
            }

            foreach (Machine each in cluster._machines)
            {
                await each.RunningAsync(stop);
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Who made the newest block: the leader stays as long as it can.</summary>
    public async Task<Machine> LeaderAsync(CancellationToken stop)
    {
        JsonNode? page = await _machines[0].TryGetAsync("/v1/blocks?limit=1", stop);
        string leader = page!["items"]![0]!["proposer"]!.GetValue<string>();
        return _machines.Single(each => each.Id == leader);
    }

    /// <summary>Waits until all are at one block, with nothing left to decide.</summary>
    public Task SettledAsync(CancellationToken stop) => Waiting.UntilAsync(
        "all nodes to reach the same block",
        () => Task.WhenAll(_machines.Select(each => each.TryStatusAsync(stop))),
        all => all.All(each => each is not null && each["pending"]!.GetValue<int>() == 0)
            && all.Select(each => each!["tip"]!.GetValue<string>()).Distinct().Count() == 1,
        stop);

    public async ValueTask DisposeAsync()
    {
        foreach (Machine each in _machines)
        {
            await each.DisposeAsync();
        }

        Cables.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Three of them, for all tests of an ordinary run; the first that needs them starts
/// them.</summary>
public sealed class ThreeMachines : IAsyncLifetime
{
    private const int Seed = 20_261;
    private readonly Lazy<Task<Cluster>> _up = new(
        () => Cluster.StartAsync(3, Seed, TestContext.Current.CancellationToken));

    internal Task<Cluster> UpAsync() => _up.Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_up.IsValueCreated)
        {
            Task<Cluster> up = _up.Value;
            await ((Task)up).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (up.IsCompletedSuccessfully)
            {
                await (await up).DisposeAsync();
            }
        }
    }
}
