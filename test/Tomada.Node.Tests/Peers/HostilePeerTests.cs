using System.Net;
using System.Net.Sockets;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Primitives;

namespace Tomada.Node.Tests.Peers;

/// <summary>
/// Two honest companies talk while a third, or a stranger, does what it likes over real sockets.
/// What is asserted is that the two go on, in order; never how fast.
/// </summary>
public sealed class HostilePeerTests : IAsyncLifetime
{
    private const int RoundTrips = 200;

    // Only a test that hangs meets this.
    private readonly CancellationTokenSource _watchdog = new(TimeSpan.FromSeconds(120));
    private readonly Room _room = Room.Random(founders: 3);
    private TestPeer _a = null!;
    private TestPeer _b = null!;
    private TestPeer _c = null!;
    private NodeKeys _keysOfC = null!;
    private Impostor _impostor = null!;

    private CancellationToken Stop => _watchdog.Token;

    public async ValueTask InitializeAsync()
    {
        _a = await TestPeer.StartAsync(_room, "br-aaa", Stop);
        _b = await TestPeer.StartAsync(_room, "br-bbb", Stop);
        _c = await TestPeer.StartAsync(_room, "br-ccc", Stop);
        Genesis genesis = (await Task.WhenAll(_a.EnterAsync(Stop), _b.EnterAsync(Stop)))[0];
        await _c.EnterAsync(Stop);
        // From here on the third company's keys are in other hands.
        await _c.StopAsync();
        _keysOfC = _c.LoadKeys();
        _impostor = new Impostor(_room.Network, genesis.NetworkId, _keysOfC, _c.Company);
        await Task.WhenAll(_a.UntilReachableAsync(1, Stop), _b.UntilReachableAsync(1, Stop));
    }

    public async ValueTask DisposeAsync()
    {
        await _watchdog.CancelAsync();
        _keysOfC.Dispose();
        _c.RemoveDirectory();
        await _b.DisposeAsync();
        await _a.DisposeAsync();
        _watchdog.Dispose();
    }

    [Fact]
    public async Task A_member_that_floods_valid_frames_waits_for_itself_alone()
    {
        using CancellationTokenSource enough = new();
        long flooded = 0;
        TaskCompletionSource pouring = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task flood = DialAsync(_keysOfC, async stream =>
        {
            Assert.NotNull(await _impostor.ShakeAsync(stream, Stop));
            byte[] frame = new byte[200];
            frame[0] = (byte)FrameKind.Replication;
            while (!enough.IsCancellationRequested)
            {
                await stream.WriteAsync(frame, several: false, Stop);
                if (++flooded == 2 * PeerLimits.IncomingFramesMax)
                {
                    pouring.TrySetResult();
                }
            }
        });

        // The loop of this node reads nothing yet: only the flood's own queue fills.
        await pouring.Task.WaitAsync(Stop);
        await PingAsync();
        await enough.CancelAsync();
        await flood;
    }

    [Fact]
    public async Task A_member_that_never_reads_loses_its_oldest_frames_and_delays_nobody()
    {
        TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task deaf = DialAsync(_keysOfC, async stream =>
        {
            Assert.NotNull(await _impostor.ShakeAsync(stream, Stop));
            connected.SetResult();
            await enough.Task.WaitAsync(Stop);
        });
        await connected.Task.WaitAsync(Stop);
        await _a.UntilReachableAsync(2, Stop);
        byte[] frame = new byte[PeerLimits.FrameBytesMax - 1];
        for (int i = 0; i < 2 * (int)(PeerLimits.SendBytesMax / PeerLimits.FrameBytesMax); i++)
        {
            Assert.True(_a.Network.TrySend(_c.Company, frame));
        }

        await PingAsync();
        enough.SetResult();
        await deaf;
    }

    /// <summary>
    /// What is written to it fills the connection for good, so that nothing but its silence tells.
    /// </summary>
    [Fact]
    public async Task A_member_that_neither_reads_nor_writes_is_soon_unreachable()
    {
        TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task mute = DialAsync(_keysOfC, async stream =>
        {
            Assert.NotNull(await _impostor.ShakeAsync(stream, Stop));
            await enough.Task.WaitAsync(Stop);
        });
        await _a.UntilReachableAsync(2, Stop);
        Assert.True(_a.Network.TrySend(_c.Company, new byte[PeerLimits.FrameBytesMax - 1]));

        await _a.UntilReachableAsync(1, Stop);
        Assert.False(_a.Network.TrySend(_c.Company, new byte[1]));
        enough.SetResult();
        await mute;
    }

    [Fact]
    public async Task A_frame_that_is_too_large_or_of_no_kind_ends_its_own_stream()
    {
        byte[][] bad =
        [
            [(byte)FrameKind.Replication, .. new byte[PeerLimits.FrameBytesMax]],
            [(byte)FrameKind.Founding, .. new byte[PeerLimits.FoundingBytesMax]],
            [(byte)FrameKind.Announcement, .. new byte[PeerLimits.DatagramBytesMax + 1]],
            [200, 1, 2, 3],
            [(byte)FrameKind.Replication],
            [(byte)FrameKind.Alive, .. new byte[Pulse.Size]],
            [(byte)FrameKind.Alive, .. new byte[Pulse.Size - 2]],
        ];
        foreach (byte[] frame in bad)
        {
            await DialAsync(_keysOfC, async stream =>
            {
                Assert.NotNull(await _impostor.ShakeAsync(stream, Stop));
                await stream.WriteAsync(frame, several: false, Stop);
                await EndAsync(stream);
            });
        }

        await PingAsync();
    }

    [Fact]
    public async Task Before_the_handshake_a_message_is_small()
    {
        using TempDirectory directory = new();
        using NodeKeys stranger = NodeKeys.Create(
            directory.Path, CompanyId.Parse("br-zzz"), TimeProvider.System);
        await DialAsync(stranger, async stream =>
        {
            await stream.WriteAsync(
                new byte[PeerLimits.HandshakeBytesMax * 4], several: false, Stop);
            await EndAsync(stream);
        });
        await PingAsync();
    }

    [Fact]
    public async Task Connections_that_say_nothing_are_few_for_an_address_and_end_in_time()
    {
        List<Socket> silent = [];
        try
        {
            for (int i = 0; i < 4 * PeerLimits.UnprovenPerAddressMax; i++)
            {
                Socket socket =
                    new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                silent.Add(socket);
                socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
                await ConnectAsync(socket);
            }

            await PingAsync();
            // Each of them is closed by the node, whether it was one too many or came too late.
            foreach (Socket socket in silent)
            {
                Assert.Equal(0, await ReceiveAsync(socket));
            }
        }
        finally
        {
            silent.ForEach(socket => socket.Dispose());
        }
    }

    [Theory]
    [InlineData(PeerRefusal.Version)]
    [InlineData(PeerRefusal.Tag)]
    [InlineData(PeerRefusal.Network)]
    [InlineData(PeerRefusal.Certificate)]
    [InlineData(PeerRefusal.Proof)]
    public async Task A_handshake_with_a_lie_is_refused_by_name(PeerRefusal lie)
    {
        using TempDirectory directory = new();
        using NodeKeys others = NodeKeys.Create(
            directory.Path, CompanyId.Parse("br-ccc"), TimeProvider.System);
        Hello honest = _impostor.Hello();
        Hello hello = lie switch
        {
            PeerRefusal.Version => honest with { Version = 2 },
            PeerRefusal.Tag => honest with { Tag = Digest.Of([1]) },
            PeerRefusal.Network => honest with { Network = new NetworkId(Digest.Of([2])) },
            _ => honest,
        };
        // The record and the proof may be copied; the TLS key may not.
        NodeKeys shown = lie == PeerRefusal.Certificate ? others : _keysOfC;
        await DialAsync(shown, async stream =>
        {
            await stream.WriteAsync(hello, Stop);
            Assert.IsType<Hello>(await stream.ReadHandshakeAsync(Stop));
            if (lie == PeerRefusal.Proof)
            {
                Assert.IsType<Proof>(await stream.ReadHandshakeAsync(Stop));
                await stream.WriteAsync(
                    new Proof(new byte[Signing.SignatureSize], Digest.Zero), Stop);
            }

            Refused refused = Assert.IsType<Refused>(await stream.ReadHandshakeAsync(Stop));
            Assert.Equal(lie, refused.Reason);
        });
        await PingAsync();
    }

    [Fact]
    public async Task A_proof_that_was_recorded_proves_nothing_the_next_time()
    {
        Proof? recorded = null;
        Hello hello = _impostor.Hello();
        await DialAsync(_keysOfC, async stream =>
            recorded = await _impostor.ShakeAsync(stream, Stop, hello));
        Assert.NotNull(recorded);

        await DialAsync(_keysOfC, async stream =>
        {
            await stream.WriteAsync(hello, Stop);
            Assert.IsType<Hello>(await stream.ReadHandshakeAsync(Stop));
            Assert.IsType<Proof>(await stream.ReadHandshakeAsync(Stop));
            await stream.WriteAsync(recorded, Stop);
            Refused refused = Assert.IsType<Refused>(await stream.ReadHandshakeAsync(Stop));
            Assert.Equal(PeerRefusal.Proof, refused.Reason);
        });
        await PingAsync();
    }

    [Fact]
    public void Every_refusal_is_explained() => Assert.All(
        Enum.GetValues<PeerRefusal>(), each => Assert.NotEmpty(RefusalLog.Explain(each)));

    /// <summary>The two honest ones talk, in order, whatever else arrives in between.</summary>
    private async Task PingAsync()
    {
        for (int i = 0; i < RoundTrips; i++)
        {
            byte[] ping = BitConverter.GetBytes(i);
            Assert.True(_b.Network.TrySend(_a.Company, ping));
            Assert.Equal(ping, await NextOfAsync(_a, _b.Company));
            Assert.True(_a.Network.TrySend(_b.Company, ping));
            Assert.Equal(ping, await NextOfAsync(_b, _a.Company));
        }
    }

    private async Task<byte[]> NextOfAsync(TestPeer at, CompanyId from)
    {
        while (true)
        {
            PeerEvent.Arrived arrived = await at.NextArrivedAsync(Stop);
            if (arrived.From == from)
            {
                return arrived.Bytes.ToArray();
            }
        }
    }

    private Task DialAsync(NodeKeys keys, Func<PeerStream, Task> run) =>
        Impostor.DialAsync(_a.Network.EndPoint, keys, run, Stop);

    /// <summary>Reads until the node ends the stream.</summary>
    private async Task EndAsync(PeerStream stream)
    {
        while (await stream.ReadAsync(Stop) is not null)
        {
            Stop.ThrowIfCancellationRequested();
        }
    }

    private async Task ConnectAsync(Socket socket)
    {
        try
        {
            await socket.ConnectAsync(_a.Network.EndPoint, Stop);
        }
        catch (SocketException)
        {
            // One too many, and closed before this side noticed that it was open.
        }
    }

    private async Task<int> ReceiveAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[64], Stop);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
