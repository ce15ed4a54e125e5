using System.Text;
using CsCheck;
using Tomada.DeviceApi;
using Tomada.Node.Broker;
using Tomada.Primitives;

namespace Tomada.Node.Tests.Broker;

public sealed class DeviceOrderTests
{
    private static readonly TimeSpan s_held = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_ask = TimeSpan.FromSeconds(2);
    private static readonly DeviceAddress s_station =
        new(CompanyId.Parse("br-aaa"), DeviceKind.Station, "one");

    [Fact]
    public void Messages_that_arrive_in_any_order_go_on_in_theirs() =>
        Gen.Shuffle(Enumerable.Range(2, 20).ToArray()).Sample(shuffled =>
        {
            DeviceOrder order = new(s_held, s_ask);
            List<long> seen = [.. Seqs(order.Take(Heartbeat(1, 1), 0))];
            foreach (int seq in shuffled)
            {
                seen.AddRange(Seqs(order.Take(Heartbeat(1, seq), 100)));
            }

            return seen.SequenceEqual(Enumerable.Range(1, 21).Select(each => (long)each))
                && order.Due(long.MaxValue).Count == 0;
        });

    [Fact]
    public void Nothing_waits_for_ever_and_what_is_late_is_let_through()
    {
        DeviceOrder order = new(s_held, s_ask);
        order.Take(Heartbeat(1, 1), 0);
        Assert.Empty(order.Take(Heartbeat(1, 3), 0));
        Assert.Empty(order.Overdue(249));
        Assert.Equal([3L], Seqs(order.Overdue(250)));
        Assert.Equal([2L], Seqs(order.Take(Heartbeat(1, 2), 300)));
        Assert.Empty(order.Due(10_000));
    }

    [Fact]
    public void Where_order_is_kept_a_message_never_waits()
    {
        DeviceOrder order = new(TimeSpan.Zero, s_ask);
        order.Take(Heartbeat(1, 1), 0);
        Assert.Equal([5L], Seqs(order.Take(Heartbeat(1, 5), 0)));
        Assert.Equal(new Gap(s_station, 1, 2, 5), Assert.Single(order.Due(2_000)));
    }

    [Fact]
    public void A_gap_is_asked_for_until_it_is_filled_or_a_few_times()
    {
        DeviceOrder order = new(TimeSpan.Zero, s_ask);
        order.Take(Heartbeat(1, 1), 0);
        order.Take(Heartbeat(1, 6), 0);
        Assert.Empty(order.Due(1_999));
        Assert.Equal(new Gap(s_station, 1, 2, 6), Assert.Single(order.Due(2_000)));
        order.Take(Heartbeat(1, 3), 2_100);
        Assert.Equal(
            [new Gap(s_station, 1, 2, 3), new Gap(s_station, 1, 4, 6)], order.Due(4_000));
        order.Close(new Gap(s_station, 1, 2, 6));
        Assert.Empty(order.Due(60_000));

        order.Take(Heartbeat(1, 8), 60_000);
        int asked = Enumerable.Range(1, 10).Sum(each => order.Due(60_000 + (each * 2_000)).Count);
        Assert.Equal(BrokerLimits.GapAsksMax, asked);
    }

    [Fact]
    public void The_number_behind_a_birth_is_the_wills_and_no_gap()
    {
        DeviceOrder order = new(s_held, s_ask);
        order.Take(Of(1, 1, "state", """{"online":true,"firmware":"1"}"""), 0);
        Assert.Equal([3L], Seqs(order.Take(Heartbeat(1, 3), 0)));
        Assert.Equal(
            [2L], Seqs(order.Take(Of(1, 2, "state", """{"online":false,"firmware":"1"}"""), 0)));
        Assert.Empty(order.Due(long.MaxValue));
    }

    [Fact]
    public void A_new_start_ends_the_waiting_for_the_one_before()
    {
        DeviceOrder order = new(s_held, s_ask);
        order.Take(Heartbeat(4, 1), 0);
        order.Take(Heartbeat(4, 3), 0);
        IReadOnlyList<Received> ready = order.Take(Heartbeat(5, 1), 10);
        Assert.Equal([(4L, 3L), (5L, 1L)], ready.Select(
            each => (each.Envelope.Bs, each.Envelope.Seq)));
        Assert.Equal(5, order.BootOf(s_station));

        // What comes late of an older start is let through, for the desks to see that it is stale.
        Assert.Equal([2L], Seqs(order.Take(Heartbeat(4, 2), 20)));
        Assert.Empty(order.Due(long.MaxValue));
    }

    [Fact]
    public void A_device_cannot_make_the_node_keep_more_than_its_limit()
    {
        DeviceOrder order = new(s_held, s_ask);
        order.Take(Heartbeat(1, 1), 0);
        int let = Enumerable.Range(1, 10_000)
            .Sum(each => order.Take(Heartbeat(1, 1 + (2 * each)), 0).Count);
        Assert.Equal(10_000 - BrokerLimits.HeldMax, let);
        Assert.Equal(BrokerLimits.GapsMax, order.Due(10_000).Count);
    }

    private static IEnumerable<long> Seqs(IReadOnlyList<Received> messages) =>
        messages.Select(each => each.Envelope.Seq);

    private static Received Heartbeat(long bs, long seq) => Of(bs, seq, "heartbeat", "{}");

    private static Received Of(long bs, long seq, string path, string body)
    {
        string payload =
            $$"""{"v":1,"id":"{{Guid.CreateVersion7()}}","ts":"2026-11-23T14:00:00.000Z" """
            + $$""","bs":{{bs}},"seq":{{seq}},"body":{{body}}}""";
        Assert.True(Envelope.TryDecode(
            Encoding.UTF8.GetBytes(payload), out Envelope? envelope, out string? why), why);
        Assert.True(UpTopic.TryParse(path, out UpTopic? topic));
        return new Received(s_station, topic!, envelope, null);
    }
}
