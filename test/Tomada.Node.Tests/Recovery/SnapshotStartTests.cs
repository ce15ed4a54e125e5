using Microsoft.Data.Sqlite;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Recovery;

public sealed class SnapshotStartTests
{
    [Fact]
    public async Task A_start_takes_up_the_newest_snapshot_and_executes_the_rest()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        (Digest tip, Digest root) = await WithSnapshotsAsync(node);

        node.Start(snapshotEntriesMin: 1_000);
        long snapshot = node.Store.Snapshots.ReadHeads()[0].Height;
        Assert.InRange(snapshot, 2, node.Desk.State.Height - 1);
        Assert.Equal((tip, root), (node.Desk.State.Tip, node.Desk.State.StateRoot));
        Assert.True(node.Said($"executed what follows block {snapshot} in"));
        // What came from the snapshot takes part as before.
        await node.GrowAsync(node.Desk.State.Height + 3);
    }

    [Fact]
    public async Task A_damaged_snapshot_is_skipped_for_an_older_one_and_then_for_the_chain()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        (Digest tip, _) = await WithSnapshotsAsync(node);

        Damage(directory.Path, "UPDATE parts SET bytes = x'00' "
            + "WHERE height = (SELECT max(height) FROM heads)");
        node.Start(snapshotEntriesMin: 1_000);
        Assert.True(node.Said("is not used: part 0 is missing or damaged"));
        Assert.Equal(tip, node.Desk.State.Tip);
        Assert.Single(node.Store.Snapshots.ReadHeads());
        await node.StopAsync();

        Damage(directory.Path, "UPDATE heads SET bytes = x'00'");
        node.Start(snapshotEntriesMin: 1_000);
        Assert.True(node.Said("executed what follows block 0 in"));
        Assert.Equal(tip, node.Desk.State.Tip);
    }

    [Fact]
    public async Task A_snapshot_whose_rows_are_not_those_of_the_seal_is_not_used()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        (Digest tip, _) = await WithSnapshotsAsync(node);
        using (SnapshotStore snapshots = SnapshotStore.Open(directory.Path))
        {
            // Sound by its checksum: an older state under a newer name.
            SnapshotHead[] heads = [.. snapshots.ReadHeads()];
            Assert.Equal(2, heads.Length);
            byte[] older = snapshots.ReadPart(heads[1].Height, 0)!;
            snapshots.WritePart(heads[0].Height, 0, older);
        }

        node.Start(snapshotEntriesMin: 1_000);
        Assert.True(node.Said("is not used: the rows' root is"));
        Assert.Equal(tip, node.Desk.State.Tip);
    }

    [Fact]
    public async Task A_file_that_holds_no_snapshots_is_replaced()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        (Digest tip, _) = await WithSnapshotsAsync(node);
        await File.WriteAllTextAsync(
            System.IO.Path.Combine(directory.Path, SnapshotStore.FileName),
            new string('x', 8_192),
            TestContext.Current.CancellationToken);

        node.Start(snapshotEntriesMin: 1_000);
        Assert.Equal(tip, node.Desk.State.Tip);
        Assert.Empty(node.Store.Snapshots.ReadHeads());
    }

    private static void Damage(string directory, string sql)
    {
        using SqliteConnection file = NodeStore.Connect(
            System.IO.Path.Combine(directory, SnapshotStore.FileName), SqliteOpenMode.ReadWrite);
        file.Execute(sql);
    }

    /// <summary>Forty blocks with a snapshot now and then; the node is stopped.</summary>
    private static async Task<(Digest Tip, Digest Root)> WithSnapshotsAsync(LoneNode node)
    {
        node.Start(snapshotEntriesMin: 10);
        await node.GrowAsync(40);
        while (node.Store.Snapshots.ReadHeads().Count < 2)
        {
            await node.GrowAsync(node.Desk.State.Height + 1);
        }

        await node.StopAsync();
        // No snapshot of the tip: there is something left to execute.
        node.Start(snapshotEntriesMin: 100_000);
        await node.GrowAsync(node.Desk.State.Height + 2);
        (Digest, Digest) end = (node.Desk.State.Tip, node.Desk.State.StateRoot);
        await node.StopAsync();
        return end;
    }
}
