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
