using Tomada.Ledger;
using Tomada.Replication;

namespace Tomada.Node.Tests.Recovery;

public sealed class StateSyncTests
{
    private const long Never = long.MaxValue;

    [Fact]
    public async Task A_newcomer_takes_a_snapshot_then_the_rest_and_then_the_blocks_below()
    {
        using TempDirectory first = new();
        using TempDirectory second = new();
        await using LoneNode founder = new(first.Path);
        await using LoneNode newcomer = new(second.Path, founder);
        await GrowWithSnapshotAsync(founder);
        founder.Reach(LoneNode.Peer);
        newcomer.Reach(LoneNode.Self);

        ReplicationLoop loop = newcomer.Open(Never);
        await loop.SyncAsync(gapMin: 1, TestContext.Current.CancellationToken);
        long snapshot = newcomer.Desk.State.Height;
        Assert.InRange(snapshot, 2, founder.Desk.State.Height);
        Assert.Equal(snapshot, newcomer.Store.TipHeight);
        Assert.Equal([new(1, snapshot - 1)], newcomer.Store.ReadMissing());

        newcomer.Run(loop);
        while (newcomer.Desk.State.Height < founder.Desk.State.Height
            || newcomer.Store.ReadMissing().Count > 0)
        {
            // A decision tells the newcomer where the others are.
            await founder.GrowAsync(founder.Desk.State.Height + 1);
        }

        AssertSameChain(founder, newcomer, snapshot + 1);
        await newcomer.StopAsync();
        newcomer.Start(Never);
        Assert.True(newcomer.Desk.State.Height >= snapshot);
        Assert.Empty(newcomer.Store.ReadMissing());
    }

    [Fact]
    public async Task A_running_node_far_behind_opens_anew_and_stands_at_a_snapshot()
    {
        using TempDirectory first = new();
        using TempDirectory second = new();
        await using LoneNode founder = new(first.Path);
        await using LoneNode behind = new(second.Path, founder);
        long height = await GrowAloneAsync(founder);

        // It cannot catch up by blocks: those are lost on their way.
        founder.Forge = message => message is PeerMessage.BlockAnswer ? null : message;
        ReplicationLoop loop = behind.Open(Never, new SnapshotLook(height, FromMs: 0));
        behind.Run(loop);
        behind.Reach(LoneNode.Self);
        while (!loop.FarAhead.IsCompleted)
        {
            // A decision tells it where the others are.
            await founder.GrowAsync(founder.Desk.State.Height + 1);
        }

        Assert.Equal(0, behind.Desk.State.Height);
        Assert.True(behind.Said("opens anew"));
        await behind.StopAsync();
        founder.Forge = message => message;
        behind.Reach(LoneNode.Self);
        ReplicationLoop anew = behind.Open(Never);
        await anew.SyncAsync(gapMin: height, TestContext.Current.CancellationToken);
        Assert.InRange(behind.Desk.State.Height, height, founder.Desk.State.Height);
        behind.Run(anew);
        long tip = founder.Desk.State.Height;
        while (behind.Desk.State.Height < tip || behind.Store.ReadMissing().Count > 0)
        {
            await founder.GrowAsync(founder.Desk.State.Height + 1);
        }

        AssertSameChain(founder, behind, height + 1);
    }

    [Theory]
    [InlineData("snapshots.db")]
    [InlineData("node.db")]
    public async Task A_power_cut_that_takes_half_of_a_taken_snapshot_costs_only_time(string lost)
    {
        using TempDirectory first = new();
        using TempDirectory second = new();
        using TempDirectory before = new();
        await using LoneNode founder = new(first.Path);
        await using LoneNode newcomer = new(second.Path, founder);
        long height = await GrowAloneAsync(founder);
        founder.Forge = message => message;
        newcomer.Open(Never);
        await newcomer.StopAsync();
        Replace(second.Path, before.Path, "node.db");
        newcomer.Reach(LoneNode.Self);
        ReplicationLoop loop = newcomer.Open(Never);
        await loop.SyncAsync(gapMin: 1, TestContext.Current.CancellationToken);
        Assert.InRange(newcomer.Store.TipHeight, height, founder.Desk.State.Height);
        await newcomer.StopAsync();

        // The block without its snapshot; or the snapshot, which was written first, alone.
        Replace(before.Path, second.Path, lost);
        newcomer.Start(Never);
        Assert.Equal(0, newcomer.Desk.State.Height);
        newcomer.Reach(LoneNode.Self);
        while (newcomer.Desk.State.Height < height + 3 || newcomer.Store.ReadMissing().Count > 0)
        {
            await founder.GrowAsync(founder.Desk.State.Height + 1);
        }

        AssertSameChain(founder, newcomer, height + 3);
    }

    /// <summary>
    /// Puts a database as it is in one directory into another; none where none is.
    /// </summary>
    private static void Replace(string from, string to, string database)
    {
        foreach (string suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(Path.Combine(to, database + suffix));
            if (File.Exists(Path.Combine(from, database + suffix)))
            {
                File.Copy(
                    Path.Combine(from, database + suffix), Path.Combine(to, database + suffix));
            }
        }
    }

    [Fact]
    public async Task A_node_that_opened_anew_does_not_look_again_before_its_time()
    {
        using TempDirectory first = new();
        using TempDirectory second = new();
        await using LoneNode founder = new(first.Path);
        await using LoneNode behind = new(second.Path, founder);
        long height = await GrowAloneAsync(founder);
        founder.Forge = message => message is PeerMessage.BlockAnswer ? null : message;
        bool hasLooked = false;
        behind.Forge = message =>
        {
            hasLooked |= message is PeerMessage.Syncing;
            return message;
        };
        ReplicationLoop loop = behind.Open(
            Never, SnapshotLook.After(TimeProvider.System) with { GapMin = 1 });
        behind.Run(loop);
        behind.Reach(LoneNode.Self);
        while (loop.NetworkHeight <= height)
        {
            await founder.GrowAsync(founder.Desk.State.Height + 1);
        }

        // It knows how far it is behind, and executes blocks as soon as they come.
        founder.Forge = message => message;
        long tip = founder.Desk.State.Height;
        while (behind.Desk.State.Height < tip)
        {
            await founder.GrowAsync(founder.Desk.State.Height + 1);
        }

        Assert.False(hasLooked);
        Assert.False(loop.FarAhead.IsCompleted);
    }

    [Fact]
    public void A_network_too_young_for_snapshots_is_asked_for_none()
    {
        long nowMs = TimeProvider.System.MonotonicMs();
        long young = SnapshotLook.Default
            .InNetworkOf(TimeSpan.FromMinutes(1), TimeProvider.System).FromMs;
        Assert.InRange(young - nowMs, 9 * 60_000, (9 * 60_000) + 30_000);
        Assert.Equal(SnapshotLook.Default, SnapshotLook.Default
            .InNetworkOf(NodeLimits.SyncNetworkAgeMin, TimeProvider.System));
    }

    /// <summary>
    /// A chain with a snapshot, of which the other node has heard nothing; the snapshot's height.
    /// </summary>
    private static async Task<long> GrowAloneAsync(LoneNode founder)
    {
        founder.Forge = _ => null;
        founder.Reach(LoneNode.Peer);
        await GrowWithSnapshotAsync(founder);
        return founder.Store.Snapshots.ReadHeads()[0].Height;
    }

    [Theory]
    [InlineData("row")]
    [InlineData("seal")]
    [InlineData("proof")]
    [InlineData("term")]
    [InlineData("silence")]
    public async Task A_bad_snapshot_is_not_used_and_leaves_nothing_behind(string lie)
    {
        using TempDirectory first = new();
        using TempDirectory second = new();
        await using LoneNode founder = new(first.Path);
        await using LoneNode newcomer = new(second.Path, founder);
        await GrowWithSnapshotAsync(founder);
        newcomer.Reach(LoneNode.Self);
        founder.Forge = message => message is PeerMessage.Syncing { Message: var sync }
            ? Lie(lie, sync) is { } forged ? new PeerMessage.Syncing(forged) : null
            : message;

        ReplicationLoop loop = newcomer.Open(Never);
        Task syncing = loop.SyncAsync(gapMin: 1, TestContext.Current.CancellationToken);
        if (lie == "silence")
        {
            // Who leaves is not waited for.
            while (!newcomer.Said("Taking the snapshot"))
            {
                await Task.Yield();
            }

            newcomer.Reach();
        }

        await syncing;
        Assert.True(newcomer.Said("is not used"));
        Assert.Equal(0, newcomer.Desk.State.Height);
        Assert.Equal(0, newcomer.Store.TipHeight);
        Assert.Empty(newcomer.Store.Snapshots.ReadHeads());
        newcomer.Run(loop);
    }

    private static SyncMessage? Lie(string lie, SyncMessage message) => (lie, message) switch
    {
        ("row", SyncMessage.Part part) => part with
        {
            Bytes = StatePart.Codec.Encode(
            Changed(StatePart.Codec.Decode(part.Bytes)))
        },
        ("seal", SyncMessage.Seals seals) => seals with
        {
            Links = seals.Links.SetItem(1, seals.Links[1] with { Seal = seals.Links[0].Seal }),
        },
        ("proof", SyncMessage.Seals seals) => seals with
        {
            Links = seals.Links.SetItem(
                seals.Links.Length - 1, seals.Links[^1] with { Proof = null }),
        },
        ("term", SyncMessage.SnapshotOffered { Head: { } head } offer) => offer with
        {
            Head = head with
            {
                Term = head.Term with { Since = head.Term.Since.Plus(TimeSpan.FromSeconds(1)) },
            },
        },
        ("silence", SyncMessage.Part) => null,
        _ => message,
    };

    /// <summary>The same rows but one.</summary>
    private static StatePart Changed(StatePart part)
    {
        StateSection lanes = part.Sections.Single(each => each.Table == "lane");
        return new StatePart(part.Sections.Replace(lanes, lanes with
        {
            Rows =
            [
                lanes.Rows[0] with { Value = Lane.Codec.Encode(Lane.Unused.Use(9)) },
            ],
        }));
    }

    private static void AssertSameChain(LoneNode founder, LoneNode newcomer, long height)
    {
        for (long at = 1; at <= height; at++)
        {
            Assert.Equal(
                founder.Store.ReadBlock(at)!.Bytes, newcomer.Store.ReadBlock(at)!.Bytes);
            Assert.Equal(founder.Store.ReadCertificate(at), newcomer.Store.ReadCertificate(at));
        }
    }

    private static async Task GrowWithSnapshotAsync(LoneNode founder)
    {
        founder.Start(snapshotEntriesMin: 10);
        do
        {
            await founder.GrowAsync(founder.Desk.State.Height + 1);
        }
        while (founder.Store.Snapshots.ReadHeads().Count == 0);
    }
}
