using Tomada.DeviceApi;
using Tomada.Node.Devices;
using Tomada.Node.Rebuilding;
using Tomada.Node.Storage;
using Tomada.Node.Tests.Recovery;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Rebuilding;

public sealed class RebuildTests
{
    private static readonly Timestamp s_now = Timestamp.Parse("2026-11-23T12:00:00Z");

    [Fact]
    public async Task The_state_comes_back_identical_and_the_node_goes_on_from_it()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(snapshotEntriesMin: 10);
        await node.GrowAsync(30);
        await node.StopAsync();

        node.Open(long.MaxValue);
        (Digest Tip, Digest Root) before = (node.Desk.State.Tip, node.Desk.State.StateRoot);
        int snapshots = node.Store.Snapshots.ReadHeads().Count;
        Assert.InRange(snapshots, 1, 2);
        List<long> said = [];
        Rebuilt result = Rebuild.State(
            node.Store, node.Desk.State.Genesis, LoneNode.Self, (_, done, _) => said.Add(done));
        Assert.True(result.IsIdentical, result.Detail);
        Assert.Contains($"{snapshots} snapshots compared", result.Detail, StringComparison.Ordinal);
        Assert.Equal(node.Desk.State.Height, said[^1]);
        Assert.Equal(1, node.Store.States.Oldest);
        await node.StopAsync();

        node.Start(long.MaxValue);
        Assert.Equal(before, (node.Desk.State.Tip, node.Desk.State.StateRoot));
        Assert.Equal(
            node.Desk.State.Height, Assert.Single(node.Store.Snapshots.ReadHeads()).Height);
        await node.GrowAsync(node.Desk.State.Height + 2);
    }

    [Fact]
    public async Task A_snapshot_that_says_something_else_than_the_blocks_is_named()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(snapshotEntriesMin: 10);
        await node.GrowAsync(30);
        await node.StopAsync();
        node.Open(long.MaxValue);
        SnapshotHead head = node.Store.Snapshots.ReadHeads()[^1];
        node.Store.Snapshots.WritePart(head.Height, 0, [1]);

        Rebuilt result =
            Rebuild.State(node.Store, node.Desk.State.Genesis, LoneNode.Self, (_, _, _) => { });
        Assert.False(result.IsIdentical);
        Assert.Contains($"after block {head.Height} ", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_all_blocks_nothing_is_deleted()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(snapshotEntriesMin: 10);
        await node.GrowAsync(30);
        await node.StopAsync();
        node.Open(long.MaxValue);
        int snapshots = node.Store.Snapshots.ReadHeads().Count;
        node.Store.Write(connection => connection.Execute("DELETE FROM blocks WHERE height = 7"));

        Rebuilt result =
            Rebuild.State(node.Store, node.Desk.State.Genesis, LoneNode.Self, (_, _, _) => { });
        Assert.False(result.IsIdentical);
        Assert.Contains("blocks 7 to 7", result.Detail, StringComparison.Ordinal);
        Assert.Equal(snapshots, node.Store.Snapshots.ReadHeads().Count);
    }

    [Fact]
    public async Task The_index_of_transactions_comes_back_and_a_wrong_one_is_named()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(long.MaxValue);
        await node.GrowAsync(5);
        NodeStore store = node.Store;
        (Digest before, Digest after, int rows) = store.RebuildIndex(_ => { });
        Assert.Equal(before, after);
        Assert.Equal(5, rows);

        store.Write(connection => connection.Execute(
            "DELETE FROM transactions WHERE height = 3"));
        (Digest wrong, Digest again, _) = store.RebuildIndex(_ => { });
        Assert.NotEqual(wrong, again);
        Assert.Equal(before, again);
    }

    [Fact]
    public void What_devices_were_told_comes_back_from_the_log()
    {
        using TempDirectory directory = new();
        using NodeStore store = NodeStore.Open(directory.Path, DeviceStore.Extension);
        DeviceStore devices = new(store);
        MessageId[] ids = Live(devices);
        (Digest before, Digest after, int rows) = devices.Rebuild();
        Assert.Equal(before, after);
        Assert.Equal(5, rows);
        Assert.Equal([4], Assert.Single(devices.ReadProofs()).Proof);
        Assert.Equal([5, 6], devices.FindReply("car/one", ids[1])!.Reply);
        Assert.Equal([9], devices.FindReservation(new TripId(Digest.Of([7])))!.Legs);
        Assert.Equal([2], Assert.Single(devices.ReadCredentials()).Hmac);

        store.Write(connection => connection.Execute("DELETE FROM device_reservations"));
        (Digest wrong, Digest again, _) = devices.Rebuild();
        Assert.NotEqual(wrong, again);
        Assert.Equal(before, again);
    }

    [Fact]
    public void What_was_kept_before_there_was_a_log_is_logged_at_the_next_start()
    {
        using TempDirectory directory = new();
        using NodeStore store = NodeStore.Open(directory.Path, DeviceStore.Extension);
        Live(new DeviceStore(store));
        store.Write(connection => connection.Execute("DELETE FROM device_log"));
        DeviceStore devices = new(store);
        (Digest before, Digest after, int rows) = devices.Rebuild();
        Assert.Equal(before, after);
        Assert.Equal(5, rows);
    }

    [Fact]
    public void A_reply_is_forgotten_after_a_day_in_the_log_too()
    {
        using TempDirectory directory = new();
        using NodeStore store = NodeStore.Open(directory.Path, DeviceStore.Extension);
        DeviceStore devices = new(store);
        Live(devices);
        int events = devices.ReadEvents().Count;
        devices.PutReply(
            "car/one",
            new MessageId(Guid.CreateVersion7()),
            new KeptReply(Digest.Zero, [1]),
            s_now.Plus(DeviceLimits.ReplyKept + TimeSpan.FromSeconds(1)));
        // Two replies went, of which one had been pending first; one came.
        Assert.Equal(events - 3 + 1, devices.ReadEvents().Count);
    }

    private static MessageId[] Live(DeviceStore devices)
    {
        MessageId[] ids =
            [.. Enumerable.Range(0, 2).Select(_ => new MessageId(Guid.CreateVersion7()))];
        devices.PutCredential("car/one", [1]);
        devices.PutCredential("car/one", [2]);
        devices.PutCredential("car/gone", [3]);
        devices.RemoveCredential("car/gone");
        devices.PutProof(new KeptProof("car/one", CredentialKind.Token, [4], 9));
        devices.PutProof(new KeptProof("car/gone", CredentialKind.Certificate, [5], 0));
        devices.RemoveProof("car/gone", CredentialKind.Certificate);
        devices.PutReply("car/one", ids[0], new KeptReply(Digest.Zero, null), s_now);
        devices.PutReservation("car/one", ids[0], [9]);
        devices.SetTrip("car/one", ids[0], new TripId(Digest.Of([7])));
        devices.PutReply("car/one", ids[0], new KeptReply(Digest.Zero, [4]), s_now);
        devices.PutReply("car/one", ids[1], new KeptReply(Digest.Zero, [5, 6]), s_now);
        return ids;
    }
}
