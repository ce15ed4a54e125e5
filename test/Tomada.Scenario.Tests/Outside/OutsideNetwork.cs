using System.Net;
using System.Security.Cryptography;

namespace Tomada.Scenario.Tests.Outside;

/// <summary>
/// Three companies, each a process, that found each other by multicast on loopback and founded a
/// network; each has one site on the ledger and its station online. Tests share it, in any order;
/// who leaves a mark on it (a guilty company, a lost disk, another member) has one of its own.
/// </summary>
public sealed class OutsideNetwork : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(Waiting.TestMs);

    private readonly string _folder = Directory.CreateTempSubdirectory("tomada-scenario-").FullName;
    private readonly List<OutsideProcess> _stations = [];
    private readonly Lazy<Task> _up;

    public OutsideNetwork()
    {
        A = new Company("br-aaa", _folder);
        B = new Company("br-bbb", _folder);
        C = new Company("br-ccc", _folder);
        _up = new Lazy<Task>(StartAsync);
    }

    /// <summary>Whether its ledger clock may run faster than the world's.</summary>
    internal bool IsSimulated { get; init; }

    /// <summary>Where its stations and cars meet.</summary>
    internal string Cables => Path.Combine(_folder, "cables");

    internal Company A { get; }

    internal Company B { get; }

    internal Company C { get; }

    internal IReadOnlyList<Company> All => [A, B, C];

    /// <summary>Where the nodes announce themselves.</summary>
    internal IPEndPoint Multicast { get; } = new(
        new IPAddress([239, 255, .. RandomNumberGenerator.GetBytes(2)]),
        RandomNumberGenerator.GetInt32(20_000, 32_000));

    internal string Code { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    internal static Site SiteOf(int number) => Site.OnTheWay[number];

    /// <summary>A folder for a test, removed with everything else.</summary>
    internal string NewFolder() => Directory.CreateDirectory(
        Path.Combine(
            _folder, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)))).FullName;

    /// <summary>The options of init that bring a company into a network like this.</summary>
    internal string[] InitOptions(int founders) =>
    [
        "--network", $"outside-{Code[..6]}", "--code", Code, "--founders", $"{founders}",
        "--group", Multicast.Address.ToString(), "--port", $"{Multicast.Port}", "--interface", "lo",
        .. IsSimulated ? (string[])["--simulated"] : [],
    ];

    /// <summary>
    /// Starts it for the first test that needs it, and waits until it is whole: the test before may
    /// have killed a node, whose station then needs a moment to be back.
    /// </summary>
    internal async Task UpAsync()
    {
        await _up.Value;
        using CancellationTokenSource patience = new(s_patience);
        await WholeAsync(patience.Token);
    }

    /// <summary>All three at the same block: their statuses.</summary>
    internal Task<JsonNode[]> SettledAsync(CancellationToken stop) => Waiting.UntilAsync(
        "all companies to reach the same block",
        () => Task.WhenAll(All.Select(each => each.StatusAsync(stop))),
        all => all.Select(each => each["height"]!.GetValue<long>()).Distinct().Count() == 1
            && all.All(each => each["pending"]!.GetValue<int>() == 0),
        stop);

    /// <summary>All three at the same block, with one state root.</summary>
    internal async Task<string> OneRootAsync(CancellationToken stop)
    {
        JsonNode[] all = await SettledAsync(stop);
        return Assert.Single(all.Select(each => each["stateRoot"]!.GetValue<string>()).Distinct());
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_up.IsValueCreated)
        {
            await _up.Value.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (OutsideProcess station in _stations)
        {
            await station.DisposeAsync();
        }

        foreach (Company company in All)
        {
            await company.DisposeAsync();
        }

        if (Environment.GetEnvironmentVariable("TOMADA_KEEP") is null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task StartAsync()
    {
        using CancellationTokenSource patience = new(s_patience);
        CancellationToken stop = patience.Token;
        string cables = Directory.CreateDirectory(Cables).FullName;
        await Task.WhenAll(All.Select(each => each.InitAsync(stop, InitOptions(founders: 3))));
        foreach (Company company in All)
        {
            company.Start();
        }

        await Task.WhenAll(All.Select(each => each.RunningAsync(stop)));
        _stations.AddRange(await Task.WhenAll(
            All.Select((each, number) => SiteOf(number).OpenAsync(each, cables, stop))));
    }

    private async Task WholeAsync(CancellationToken stop)
    {
        await Task.WhenAll(All.Select(each => each.RunningAsync(stop)));
        foreach (Company company in All)
        {
            await Waiting.UntilAsync(
                $"the station of {company.Id} to be online",
                async () => (await company.ControlAsync("/control/v1/stations", null, stop)).Json,
                seen => seen.AsArray() is [{ } station] && station["online"]!.GetValue<bool>(),
                stop);
        }
    }
}
