using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>
/// What the control API knows of the node: little while it founds, everything once it runs.
/// </summary>
internal sealed class NodeStatus(CompanyId company, NodeMetrics metrics, CounterTotals totals)
{
    private volatile LedgerDesk? _desk;
    private volatile Func<int> _pending = () => 0;
    private volatile DeviceService? _devices;
    private long _chainChecked;

    /// <summary>Null until the network is formed.</summary>
    public LedgerDesk? Desk => _desk;

    /// <summary>Who may connect; null until the broker runs.</summary>
    public Devices.DeviceRegistry? Registry => _devices?.Registry;

    /// <summary>The company's devices; null until the broker runs.</summary>
    public DeviceService? Devices => _devices;

    /// <summary>Why the node does not vote; empty when it does.</summary>
    public Func<string> WhyNotVoting { get; set; } = () => "";

    /// <summary>Where the operator looks after the network; null in a node of nobody.</summary>
    public NetworkDesk? Network { get; set; }

    /// <summary>Validates the whole stored chain; null until the node runs.</summary>
    public Func<CancellationToken, IReadOnlyList<ChainFault>>? CheckChain { get; set; }

    /// <summary>Blocks that the newest check of the chain has looked at so far.</summary>
    public long ChainChecked => Volatile.Read(ref _chainChecked);

    /// <summary>Companies with a live, proven channel.</summary>
    public Func<IEnumerable<CompanyId>> Reachable { get; set; } = () => [];

    /// <summary>The newest block that an honest member has.</summary>
    public Func<long> NetworkHeight { get; set; } = () => 0;

    /// <summary>The network is formed, and the loop stands ready.</summary>
    public void Runs(ReplicationLoop loop, Storage.NodeStore store)
    {
        NetworkHeight = () => loop.NetworkHeight;
        CheckChain = stop => new ChainCheck(loop.Desk, store, loop.Log).Run(
            height => Volatile.Write(ref _chainChecked, height), stop);
        WhyNotVoting = () => loop.LostKey.WhyNotVoting(loop.Desk);
        Founded(loop.Desk, () => loop.PendingCount);
    }

    public void Founded(LedgerDesk desk, Func<int> pending)
    {
        _pending = pending;
        _desk = desk;
    }

    public void DevicesRun(DeviceService devices) => _devices = devices;

    public async Task<StationAnswer[]> StationsAsync(CancellationToken stop) =>
        _devices is { } devices ? await devices.StationsAsync(stop) : [];

    public StatusAnswer Snapshot()
    {
        ImmutableArray<string> reachable =
            [.. Reachable().Select(each => each.Value).Order(StringComparer.Ordinal)];
        if (_desk is not { } desk)
        {
            return new StatusAnswer(
                company.Value,
                Network?.Phase ?? "FOUNDING",
                [.. reachable],
                "",
                0,
                "",
                "",
                1,
                "",
                [],
                [.. reachable],
                0,
                totals.Snapshot());
        }

        Ledger.LedgerState state = desk.State;
        return new StatusAnswer(
            company.Value,
            "RUNNING",
            [],
            state.Network.ToString(),
            state.Height,
            state.Tip.ToString(),
            state.StateRoot.ToString(),
            state.Clock.Factor,
            desk.Now().ToString(),
            [.. state.Members.Keys.Select(each => each.Value)],
            [.. reachable],
            _pending(),
            totals.Snapshot())
        {
            Guilty =
            [
                .. state.Guilts.Keys.Concat(state.HeadGuilts.Keys)
                    .Select(each => each.Guilty.Value).Distinct(),
            ],
            NotVoting = WhyNotVoting(),
            NetworkHeight = Math.Max(state.Height, NetworkHeight()),
        };
    }

    /// <summary>Answers and counts a bad input.</summary>
    public IResult BadInput(string border, string why)
    {
        metrics.Refused(border, "malformed");
        return ControlApi.Problem(StatusCodes.Status400BadRequest, why);
    }
}
