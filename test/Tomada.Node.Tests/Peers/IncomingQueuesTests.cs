using System.Threading.Channels;
using Tomada.Node.Peers;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Peers;

/// <summary>Whose frame the loop takes next.</summary>
public sealed class IncomingQueuesTests
{
    private static readonly CompanyId s_loud = CompanyId.Parse("br-aaa");
    private static readonly CompanyId s_quiet = CompanyId.Parse("br-bbb");
    private static readonly CompanyId s_third = CompanyId.Parse("br-ccc");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_are_read_in_turn_and_each_keeps_its_order()
    {
        IncomingQueues queues = new();
        IncomingQueues.Lane loud = queues.Open(s_loud);
        for (byte i = 0; i < 4; i++)
        {
            await loud.AddAsync(new byte[] { i }, Stop);
        }

        await queues.Open(s_quiet).AddAsync(new byte[] { 10 }, Stop);
        await queues.Open(s_third).AddAsync(new byte[] { 20 }, Stop);
        Assert.Equal([0, 10, 20, 1, 2, 3], Drain(queues));
    }

    [Fact]
    public async Task A_full_queue_holds_its_own_stream_alone()
    {
        IncomingQueues queues = new();
        IncomingQueues.Lane loud = queues.Open(s_loud);
        for (int i = 0; i < PeerLimits.IncomingFramesMax; i++)
        {
            await loud.AddAsync(new byte[] { 1 }, Stop);
        }

        ValueTask held = loud.AddAsync(new byte[] { 2 }, Stop);
        Assert.False(held.IsCompleted);
        ValueTask free = queues.Open(s_quiet).AddAsync(new byte[] { 10 }, Stop);
        Assert.True(free.IsCompletedSuccessfully);

        Assert.True(queues.TryRead(out _));
        await held;
        Assert.Equal(PeerLimits.IncomingFramesMax + 1, Drain(queues).Length);
    }

    [Fact]
    public async Task Large_frames_fill_a_queue_by_their_bytes_and_one_always_fits()
    {
        IncomingQueues queues = new();
        IncomingQueues.Lane loud = queues.Open(s_loud);
        byte[] large = new byte[(PeerLimits.IncomingBytesMax / 2) + 1];
        await loud.AddAsync(large, Stop);
        ValueTask held = loud.AddAsync(large, Stop);
        Assert.False(held.IsCompleted);
        Assert.True(queues.TryRead(out _));
        await held;
    }

    [Fact]
    public async Task Who_is_reachable_comes_before_any_frame_and_only_the_newest_set()
    {
        IncomingQueues queues = new();
        await queues.Open(s_loud).AddAsync(new byte[] { 1 }, Stop);
        queues.Tell([s_loud]);
        queues.Tell([s_loud, s_quiet]);
        Assert.True(await queues.WaitToReadAsync(Stop));
        Assert.True(queues.TryRead(out PeerEvent? first));
        Assert.Equal(2, Assert.IsType<PeerEvent.ReachableChanged>(first).Reachable.Count);
        Assert.Equal([1], Drain(queues));
        queues.End();
        Assert.False(await queues.WaitToReadAsync(Stop));
    }

    [Fact]
    public async Task The_loop_takes_its_own_inputs_and_the_peers_by_turns()
    {
        Channel<ReplicatorInput> own = Channel.CreateBounded<ReplicatorInput>(8);
        IncomingQueues queues = new();
        LoopInputs inputs = new(own.Reader, queues);
        IncomingQueues.Lane lane = queues.Open(s_loud);
        for (byte i = 0; i < 3; i++)
        {
            await lane.AddAsync(new byte[] { i }, Stop);
            Assert.True(own.Writer.TryWrite(new ReplicatorInput.Tick(i, new Timestamp(0))));
        }

        Assert.True(await inputs.WaitAsync(Stop));
        List<bool> fromPeers = [];
        while (inputs.TryTake(out ReplicatorInput? input))
        {
            fromPeers.Add(input is ReplicatorInput.Received);
        }

        Assert.Equal([true, false, true, false, true, false], fromPeers);
    }

    [Fact]
    public async Task Small_frames_that_wait_are_written_together_and_come_apart_again()
    {
        SendQueue queue = new();
        byte[][] small = [[1], [2, 2], [3, 3, 3]];
        byte[] large = new byte[PeerLimits.BatchBytesMax];
        foreach (byte[] frame in (byte[][])[.. small, large, [4]])
        {
            queue.Enqueue(frame);
        }

        (ReadOnlyMemory<byte> together, bool several) = await queue.DequeueAsync(Stop);
        Assert.True(several);
        foreach (byte[] frame in small)
        {
            Assert.True(SendQueue.TrySplit(ref together, out ReadOnlyMemory<byte> one));
            Assert.Equal(frame, one.ToArray());
        }

        Assert.True(together.IsEmpty);
        Assert.False((await queue.DequeueAsync(Stop)).Several);
        Assert.Equal([4], (await queue.DequeueAsync(Stop)).Bytes.ToArray());
    }

    [Fact]
    public void Lengths_that_lie_are_no_batch()
    {
        foreach (byte[] bad in (byte[][])[[0, 0, 0], [0, 0, 0, 2, 1], [255, 255, 255, 255, 1]])
        {
            ReadOnlyMemory<byte> several = bad;
            Assert.False(SendQueue.TrySplit(ref several, out _));
        }
    }

    private static byte[] Drain(IncomingQueues queues)
    {
        List<byte> all = [];
        while (queues.TryRead(out PeerEvent? happened))
        {
            all.Add(Assert.IsType<PeerEvent.Arrived>(happened).Bytes.Span[0]);
        }

        return [.. all];
    }
}
