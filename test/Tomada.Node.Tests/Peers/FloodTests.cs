using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Peers;

/// <summary>
/// Whole nodes of which one member turned hostile: the other two must go on deciding.
/// </summary>
public sealed class FloodTests : IAsyncDisposable
{
    private const int Transactions = 20;
    private static readonly string[] s_ids = ["br-aaa", "br-bbb", "br-ccc"];

    // Only a test that hangs meets this.
    private readonly CancellationTokenSource _watchdog = new(TimeSpan.FromSeconds(120));
    private readonly Room _room = Room.Random(founders: 3);
    private readonly TempDirectory[] _folders = [new(), new(), new()];
    private readonly CancellationTokenSource[] _stops = [new(), new(), new()];
    private readonly List<Task> _nodes = [];
    private readonly HttpClient _http = new();

    private CancellationToken Stop => _watchdog.Token;

    public async ValueTask DisposeAsync()
    {
        foreach (CancellationTokenSource each in _stops)
        {
            await each.CancelAsync();
        }

        await Task.WhenAll(_nodes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (IDisposable each in (IDisposable[])[.. _folders, .. _stops, _http, _watchdog])
        {
            each.Dispose();
        }
    }

    [Fact]
    public async Task Two_nodes_decide_while_the_third_member_floods_them_with_all_it_may_send()
    {
        for (int i = 0; i < s_ids.Length; i++)
        {
            Init(i);
            _nodes.Add(NodeHost.RunAsync(_folders[i].Path, _stops[i].Token));
        }

        await ServingAsync();
        await _stops[2].CancelAsync();
        await _nodes[2];
        using NodeKeys stolen = NodeKeys.LoadOrCreate(
            _folders[2].Path, CompanyId.Parse(s_ids[2]), TimeProvider.System);
        Impostor impostor = new(_room.Network, NetworkOf(2), stolen, CompanyId.Parse(s_ids[2]));

        using CancellationTokenSource enough =
            CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Flood[] floods = [new(), new()];
        Task[] pouring = [.. floods.Select((flood, i) => impostor.DialAsync(
            EndPointOf(i, each => each.Peer!), stream => flood.PourAsync(
                impostor, stream, enough.Token), enough.Token))];
        await Task.WhenAll(floods.Select(each => each.Started.Task.WaitAsync(Stop)));
        for (int i = 0; i < Transactions; i++)
        {
            long before = floods.Sum(each => each.Frames);
            Assert.Equal(HttpStatusCode.OK, await SubmitAsync(i % 2, $"tariff-{i}"));
            Assert.All(pouring, each => Assert.False(each.IsCompleted));
            Assert.True(floods.Sum(each => each.Frames) > before, "the flood dried up");
        }

        await enough.CancelAsync();
        await Task.WhenAll(pouring);
    }

    private void Init(int number)
    {
        IPEndPoint free = new(IPAddress.Loopback, 0);
        CompanyId company = CompanyId.Parse(s_ids[number]);
        new NodeConfig(
            company, s_ids[number], _room.Network, _room.Multicast, new ListenConfig(free),
            new MqttConfig(MqttMode.Embedded, free), new ListenConfig(free),
            new ListenConfig(free)).Save(_folders[number].Path);
        NodeKeys.Create(_folders[number].Path, company, TimeProvider.System).Dispose();
    }

    private async Task ServingAsync()
    {
        while (_folders.Any(each => NodeEndpoints.TryLoad(each.Path)?.Mqtt is null))
        {
            Assert.All(_nodes, each => Assert.False(each.IsCompleted, each.Exception?.ToString()));
            Stop.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Digest NetworkOf(int number)
    {
        using NodeStore store =
            NodeStore.Open(_folders[number].Path, DeviceService.StoreExtension);
        return FoundingService.ReadGenesis(store)!.NetworkId;
    }

    private IPEndPoint EndPointOf(int number, Func<NodeEndpoints, string> which) =>
        IPEndPoint.Parse(which(NodeEndpoints.TryLoad(_folders[number].Path)!));

    private async Task<HttpStatusCode> SubmitAsync(int number, string tariff)
    {
        Body body = new PutTariff(
            TariffId.Parse($"{s_ids[number]}/{tariff}"),
            new Tariff(
                Currency.Parse("BRL"),
                [new TariffElement([new PriceComponent(TariffDimension.Energy, 1, 1)])]));
        string token = await File.ReadAllTextAsync(
            Path.Combine(_folders[number].Path, ControlToken.FileName), Stop);
        using HttpRequestMessage request = new(
            HttpMethod.Post,
            $"http://{EndPointOf(number, each => each.Control!)}/control/v1/transactions");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        request.Content = new StringContent(
            Encoding.UTF8.GetString(Body.Codec.EncodeJson(body)), Encoding.UTF8,
            "application/json");
        using HttpResponseMessage answer = await _http.SendAsync(request, Stop);
        return answer.StatusCode;
    }

    /// <summary>Requests, hearsay, votes that are none, and plain noise, without end.</summary>
    private sealed class Flood
    {
        private const int ToStart = 2_000;
        private long _frames;

        public long Frames => Interlocked.Read(ref _frames);

        public TaskCompletionSource Started { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task PourAsync(Impostor impostor, PeerStream stream, CancellationToken stop)
        {
            Assert.NotNull(await impostor.ShakeAsync(stream, stop));
            byte[][] frames =
            [
                FrameOf(new PeerMessage.BlockRequest(1)),
                FrameOf(new PeerMessage.Gossip([new byte[1_000]])),
                FrameOf(new PeerMessage.Voting(new ConsensusMessage.Tip(1))),
                [(byte)FrameKind.Replication, .. new byte[100]],
                [(byte)FrameKind.Founding, .. new byte[100]],
                [(byte)FrameKind.Announcement, .. new byte[100]],
            ];
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                await stream.WriteAsync(frames[i % frames.Length], several: false, stop);
                if (Interlocked.Increment(ref _frames) == ToStart)
                {
                    Started.SetResult();
                }
            }
        }

        private static byte[] FrameOf(PeerMessage message) =>
            [(byte)FrameKind.Replication, .. PeerMessage.Codec.Encode(message)];
    }
}
