using System.Net;
using Tomada.Cli.Demo;
using Tomada.Node;
using Tomada.Node.Configuration;
using Tomada.Primitives;

namespace Tomada.Cli.Bench;

/// <summary>
/// Companies that found a network by multicast on loopback, each a <c>tomada node</c> process.
/// </summary>
internal sealed class TomadaSystem : IBenchSystem
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(50);
    private readonly DemoCompany[] _companies;

    public TomadaSystem(string folder, int nodes) => _companies =
        [.. Enumerable.Range(0, nodes).Select(i => new DemoCompany(
            CompanyId.Parse($"br-{new string((char)('a' + i), 3)}"), $"Company {i + 1}", folder))];

    public string Name { get; } =
        $"tomada {typeof(TomadaSystem).Assembly.GetName().Version?.ToString(2)}";

    public int Nodes => _companies.Length;

    public int ProcessId(int node) => _companies[node].NodeProcessId;

    public async Task StartAsync(CancellationToken stop)
    {
        (NetworkConfig network, MulticastConfig multicast) =
            LoopbackNetwork.Draw("bench", Nodes, simulated: false);
        foreach (DemoCompany company in _companies)
        {
            company.Init(network, multicast);
            company.StartNode();
        }

        foreach (DemoCompany company in _companies)
        {
            await UntilAsync(
                company,
                () => Task.FromResult(
                    NodeEndpoints.TryLoad(company.DataDirectory) is { Http: not null }),
                stop);
        }

        foreach (DemoCompany company in _companies)
        {
            await UntilAsync(
                company,
                async () => (await company.Control.StatusAsync(stop)).Reachable.Length == Nodes - 1,
                stop);
        }
    }

    public async Task<int> LeaderAsync(CancellationToken stop)
    {
        System.Text.Json.JsonElement? page =
            await _companies[0].Public.GetAsync("/v1/blocks?limit=1", stop);
        string? proposer = page?.GetProperty("items").EnumerateArray()
            .Select(block => block.GetProperty("proposer").GetString()).FirstOrDefault();
        return Math.Max(0, Array.FindIndex(_companies, each => each.Id.Value == proposer));
    }

    public async Task<long?> HeightAsync(int node, CancellationToken stop) =>
        (await _companies[node].Control.StatusAsync(stop)).Height;

    public async Task<ISubmitter> ConnectAsync(int node, int slot, CancellationToken stop)
    {
        DemoCompany company = _companies[node];
        (byte[] json, int numberAt) = BenchBody.Of(company.Id, slot);
        return await HttpSubmitter.ConnectAsync(
            IPEndPoint.Parse(company.Endpoints.Control!),
            "/control/v1/transactions",
            ControlToken.LoadOrCreate(company.DataDirectory),
            json,
            head => (request, number) => BenchBody.WriteNumber(
                request.Slice(head + numberAt, BenchBody.NumberDigits), number),
            stop);
    }

    public Task KillAsync(int node) => _companies[node].KillNodeAsync();

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_companies.Select(company => company.DisposeAsync().AsTask()));

    private static async Task UntilAsync(
        DemoCompany company, Func<Task<bool>> isSo, CancellationToken stop)
    {
        do
        {
            company.RequireRunning();
            await Task.Delay(s_poll, stop);
        }
        while (!await isSo());
    }
}
