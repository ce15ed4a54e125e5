using System.Buffers.Binary;
using Microsoft.Extensions.Time.Testing;
using Tomada.Node.Peers;

namespace Tomada.Node.Tests.Peers;

public sealed class PulseTests
{
    private readonly FakeTimeProvider _here = new();
    private readonly FakeTimeProvider _there = new();
    private readonly Pulse _mine;
    private readonly Pulse _theirs;

    public PulseTests()
    {
        // Clocks have any origin.
        Pass(10);
        _there.Advance(TimeSpan.FromDays(3));
        _mine = new Pulse(_here);
        _theirs = new Pulse(_there);
    }

    [Fact]
    public void The_time_that_the_other_side_held_a_beat_is_no_part_of_the_round_trip()
    {
        Exchange(toMs: 30, heldMs: 700, backMs: 50);

        Assert.Equal(80, _mine.RoundTripMs);
        Assert.Null(_theirs.RoundTripMs);
    }

    [Fact]
    public void The_shortest_of_the_newest_eight_counts()
    {
        Exchange(1, 0, 1);
        Exchange(300, 0, 300);
        Assert.Equal(2, _mine.RoundTripMs);
        for (int i = 0; i < 7; i++)
        {
            Exchange(200, 0, 200);
        }

        Assert.Equal(400, _mine.RoundTripMs);
    }

    [Fact]
    public void A_beat_that_echoes_what_was_not_said_measures_nothing()
    {
        long now = BinaryPrimitives.ReadInt64BigEndian(_mine.Beat().AsSpan(1));
        byte[] frame = _theirs.Beat();
        foreach ((long mine, int heldMs) in
            new (long, int)[] { (0, 0), (-5, 0), (now + 1, 0), (now, -1), (now - 10, 11) })
        {
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(9), mine);
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(17), heldMs);
            _mine.Hear(frame);
        }

        Assert.Null(_mine.RoundTripMs);
    }

    private void Exchange(int toMs, int heldMs, int backMs)
    {
        byte[] beat = _mine.Beat();
        Pass(toMs);
        _theirs.Hear(beat);
        Pass(heldMs);
        byte[] answer = _theirs.Beat();
        Pass(backMs);
        _mine.Hear(answer);
    }

    private void Pass(int ms)
    {
        _here.Advance(TimeSpan.FromMilliseconds(ms));
        _there.Advance(TimeSpan.FromMilliseconds(ms));
    }
}
