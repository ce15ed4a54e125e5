using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Cli.Bench;

/// <summary>
/// How long a newcomer takes to stand where a network stands: real stores, loops and signatures in
/// one process, with the peers' messages handed over in memory. The serving node is included, the
/// connection between them is not.
/// </summary>
internal static class SyncBench
{
    private const int Submitters = 512;
    private const int FramesMax = 4_096;
    private static readonly CompanyId s_founder = CompanyId.Parse("br-aaa");
    private static readonly CompanyId s_newcomer = CompanyId.Parse("br-bbb");
    private static readonly CompanyId s_other = CompanyId.Parse("br-ccc");

    public static async Task<int> RunAsync(int transactions, CancellationToken stop)
    {
        string folder = Directory.CreateTempSubdirectory("tomada-bench-").FullName;
        try
        {
            using Station founder = Station.Found(Path.Combine(folder, "founder"));
            Stopwatch elapsed = Stopwatch.StartNew();
            founder.Run(founder.Open());
            await GrowAsync(founder.Desk, transactions, stop);
            Say("chain", $"{transactions} transactions in {founder.Desk.State.Height} blocks, "
                + $"made in {Seconds(elapsed)}");
            await founder.StopAsync();

            elapsed.Restart();
            ReplicationLoop restarted = founder.Open();
            Say("start", $"{Seconds(elapsed)} from the newest snapshot");
            founder.Run(restarted);
            using Station first = founder.Join(s_newcomer, Path.Combine(folder, "first"));
            await SyncAsync("by snapshot", founder, first, bySnapshot: true, stop);
            using Station second = founder.Join(s_other, Path.Combine(folder, "second"));
            await SyncAsync("by blocks", founder, second, bySnapshot: false, stop);
            return ExitCodes.Passed;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task SyncAsync(
        string name, Station founder, Station newcomer, bool bySnapshot, CancellationToken stop)
    {
        Stopwatch elapsed = Stopwatch.StartNew();
        ReplicationLoop loop = newcomer.Open();
        founder.Reach(newcomer.Company);
        newcomer.Reach(s_founder);
        if (bySnapshot)
        {
            await loop.SyncAsync(stop);
            Say(name, $"{Seconds(elapsed)} to the state of block {newcomer.Desk.State.Height}");
        }

        newcomer.Run(loop);
        // A new block tells the newcomer how far the others are.
        await founder.Desk.SubmitAsync(Location(-newcomer.Company.Value[^1]), stop);
        await foreach (AppliedBlock block in
            newcomer.Desk.FollowAsync(newcomer.Desk.State.Height, stop))
        {
            if (block.Seal.Height == founder.Desk.State.Height)
            {
                break;
            }
        }

        Say(name, $"{Seconds(elapsed)} to the newest block");
        using PeriodicTimer look = new(TimeSpan.FromMilliseconds(50));
        while (newcomer.Store.ReadMissing().Count > 0)
        {
            await look.WaitForNextTickAsync(stop);
        }

        Say(name, $"{Seconds(elapsed)} to the whole chain");
        await newcomer.StopAsync();
        elapsed.Restart();
        newcomer.Open();
        Say(name, $"{Seconds(elapsed)} to start again");
        newcomer.Store.Dispose();
    }

    private static Task GrowAsync(LedgerDesk desk, int transactions, CancellationToken stop) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, transactions),
            new ParallelOptions { MaxDegreeOfParallelism = Submitters, CancellationToken = stop },
            async (number, ended) =>
            {
                TransactionResult result = await desk.SubmitAsync(Location(number), ended);
                if (!result.IsApplied)
                {
                    throw CommandException.Failed(result.Explain());
                }
            });

    private static PutLocation Location(int number) => new(
        new LocationId(s_founder, $"site-{number}"),
        "Posto",
        "BR-324, km 600",
        "Salvador",
        -12_971_111,
        -38_510_833,
        "America/Bahia");

    private static void Say(string what, string text) => Console.WriteLine($"{what,-12} {text}");

    private static string Seconds(Stopwatch elapsed) =>
        FormattableString.Invariant($"{elapsed.Elapsed.TotalSeconds:0.00} s");

    /// <summary>A company's store and loop, whose messages go straight to the other one.</summary>
    private sealed class Station : IPeerChannel, IDisposable
    {
        private readonly string _directory;
        private readonly NodeKeys _keys;
        private readonly Genesis _genesis;
        private readonly NodeMetrics _metrics = new();
        private readonly Channel<PeerEvent> _incoming =
            Channel.CreateBounded<PeerEvent>(FramesMax);

        private readonly Dictionary<CompanyId, Station> _others = [];
        private CancellationTokenSource _stop = new();
        private Task _running = Task.CompletedTask;

        private Station(CompanyId company, string directory, Genesis? genesis)
        {
            Company = company;
            _directory = Directory.CreateDirectory(directory).FullName;
            _keys = NodeKeys.Create(_directory, company, TimeProvider.System);
            _genesis = genesis ?? Founded();
        }

        public CompanyId Company { get; }

        public NodeStore Store { get; private set; } = null!;

        public LedgerDesk Desk { get; private set; } = null!;

        public ChannelReader<PeerEvent> Incoming => _incoming.Reader;

        public static Station Found(string directory) => new(s_founder, directory, null);

        public Station Join(CompanyId company, string directory)
        {
            Station joined = new(company, directory, _genesis);
            joined._others[Company] = this;
            _others[company] = joined;
            return joined;
        }

        public ReplicationLoop Open()
        {
            _stop = new CancellationTokenSource();
            Store = NodeStore.Open(_directory);
            ReplicationLoop loop = ReplicationLoop.Open(
                _genesis, Company, _keys, Store, this, TimeProvider.System,
                NullLogger.Instance, _metrics);
            Desk = loop.Desk;
            return loop;
        }

        public void Run(ReplicationLoop loop) =>
            _running = Task.Run(() => loop.RunAsync(_stop.Token), CancellationToken.None);

        public void Reach(CompanyId peer) =>
            _incoming.Writer.TryWrite(new PeerEvent.ReachableChanged([peer]));

        public void Send(CompanyId? to, ReadOnlyMemory<byte> message)
        {
            foreach ((CompanyId company, Station other) in _others)
            {
                if (to is null || to == company)
                {
                    // A full channel loses it, and consensus says it again.
                    other._incoming.Writer.TryWrite(new PeerEvent.Arrived(Company, message));
                }
            }
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
            Store.Dispose();
        }

        public void Dispose()
        {
            _stop.Cancel();
            _metrics.Dispose();
            _keys.Dispose();
        }

        private Genesis Founded()
        {
            // Old enough that a newcomer asks for a snapshot.
            DateTimeOffset time = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);
            GenesisDraft draft = new(
                "bench",
                [_keys.SignedMember(Company, "Founder")],
                Rules.Default,
                new Timestamp(time.ToUnixTimeMilliseconds()),
                Simulated: false);
            return new Genesis(draft, [_keys.SignIdentity(draft.SignedMessage())]);
        }
    }
}
