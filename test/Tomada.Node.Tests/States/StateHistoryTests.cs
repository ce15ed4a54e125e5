using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Node.States;
using Tomada.Node.Tests.Recovery;
using Tomada.Primitives;

namespace Tomada.Node.Tests.States;

public sealed class StateHistoryTests
{
    [Fact]
    public void Every_height_is_proven_as_its_own_tree_proves_it()
    {
        using TempDirectory directory = new();
        using StateHistory history = StateHistory.Open(directory.Path);
        GrowingState chain = new();
        List<LedgerState> states = [.. chain.Grow(history, 40)];
        history.WaitUntilWritten();

        Digest[] paths = [.. states.SelectMany(GrowingState.PathsOf).Distinct()];
        foreach (LedgerState state in states)
        {
            foreach (Digest path in paths)
            {
                ProvenState proven = history.Prove(state.Height, path, state.StateRoot)!;
                Assert.Equal(state.Tree.Prove(path).Siblings, proven.Proof.Siblings);
                Assert.Equal(
                    state.Tree.Find(path), proven.Value is { } value ? Digest.Of(value) : null);
            }
        }
    }

    [Fact]
    public void What_a_block_writes_grows_with_what_it_changes_and_not_with_the_state()
    {
        using TempDirectory directory = new();
        using StateHistory history = StateHistory.Open(directory.Path);
        GrowingState chain = new();
        chain.Put(history, 20);
        history.WaitUntilWritten();
        long begin = history.Appended;
        chain.Put(history, 1);
        history.WaitUntilWritten();
        long inSmall = history.Appended - begin;

        chain.Put(history, 4_000);
        history.WaitUntilWritten();
        begin = history.Appended;
        chain.Put(history, 1);
        history.WaitUntilWritten();

        // Two hundred times the rows: a few levels more on each changed path.
        Assert.InRange(history.Appended - begin, inSmall, inSmall + (3 * 10));
    }

    [Fact]
    public void A_restart_goes_on_where_the_last_sync_was()
    {
        using TempDirectory directory = new();
        GrowingState chain = new();
        List<LedgerState> states = [];
        using (StateHistory history = StateHistory.Open(directory.Path))
        {
            states.AddRange(chain.Grow(history, 10));
        }

        using (StateHistory history = StateHistory.Open(directory.Path))
        {
            Assert.Equal(10, history.Newest);
            // As a start does: from a snapshot below, blocks come again.
            history.Stand(states[7]);
            history.OfferPatiently(chain.Blocks[8]);
            history.OfferPatiently(chain.Blocks[9]);
            states.AddRange(chain.Grow(history, 3));
            history.WaitUntilWritten();
            Assert.All(states, state => Assert.NotNull(
                history.Prove(state.Height, GrowingState.PathsOf(state).First(), state.StateRoot)));
            Assert.Equal(1, history.Oldest);
        }
    }

    [Fact]
    public void What_was_never_synced_is_cut_off_and_comes_again()
    {
        using TempDirectory directory = new();
        using TempDirectory killed = new();
        GrowingState chain = new();
        using StateHistory history = StateHistory.Open(directory.Path);
        List<LedgerState> states = [.. chain.Grow(history, 6)];
        history.Sync();
        states.AddRange(chain.Grow(history, 4));
        history.WaitUntilWritten();
        Copy(directory.Path, killed.Path);
        // The system had written half of the last nodes.
        string nodes = Directory.GetFiles(killed.Path, "0*.nodes", SearchOption.AllDirectories)[0];
        using (FileStream torn = File.OpenWrite(nodes))
        {
            torn.SetLength(torn.Length - 50);
        }

        using StateHistory again = StateHistory.Open(killed.Path);
        Assert.Equal(6, again.Newest);
        foreach (AppliedBlock block in chain.Blocks)
        {
            again.OfferPatiently(block);
        }

        again.WaitUntilWritten();
        Assert.All(states, state => Assert.NotNull(
            again.Prove(state.Height, GrowingState.PathsOf(state).First(), state.StateRoot)));
    }

    [Fact]
    public void A_flipped_byte_proves_nothing_and_the_next_block_begins_anew()
    {
        using TempDirectory directory = new();
        GrowingState chain = new();
        List<LedgerState> states = [];
        using (StateHistory history = StateHistory.Open(directory.Path))
        {
            states.AddRange(chain.Grow(history, 5));
        }

        string nodes =
            Directory.GetFiles(directory.Path, "0*.nodes", SearchOption.AllDirectories)[0];
        byte[] bytes = File.ReadAllBytes(nodes);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
        }

        File.WriteAllBytes(nodes, bytes);
        using StateHistory damaged = StateHistory.Open(directory.Path);
        Digest path = GrowingState.PathsOf(states[2]).First();
        Assert.Throws<StateDamagedException>(
            () => damaged.Prove(3, path, states[2].StateRoot));
        LedgerState next = chain.Grow(damaged, 1).Single();
        damaged.WaitUntilWritten();
        Assert.Null(damaged.Failure);
        Assert.NotNull(damaged.Prove(next.Height, path, next.StateRoot));
    }

    [Fact]
    public void Heights_older_than_a_day_go_and_ends_of_periods_stay()
    {
        using TempDirectory directory = new();
        using StateHistory history = StateHistory.Open(directory.Path, partBytesMin: 1);
        GrowingState chain = new();
        List<LedgerState> states = [.. chain.Grow(history, 5)];
        LedgerState end = chain.ClosePeriod(history);
        chain.Pass(TimeSpan.FromHours(12));
        chain.Put(history, 50);
        states.AddRange(chain.Grow(history, 5));
        history.WaitUntilWritten();
        Assert.Equal(1, history.Oldest);

        chain.Pass(TimeSpan.FromHours(13));
        LedgerState last = chain.Put(history, 200);
        history.WaitUntilWritten();
        Assert.Null(history.Prove(3, default, default));
        Assert.InRange(history.Oldest!.Value, end.Height, last.Height - 1);
        Assert.Equal([end.Height], history.PeriodEnds);
        foreach (Digest path in GrowingState.PathsOf(end))
        {
            ProvenState proven = history.Prove(end.Height, path, end.StateRoot)!;
            Assert.Equal(end.Tree.Find(path), Digest.Of(proven.Value!));
        }
    }

    [Fact]
    public void The_byte_limit_drops_the_oldest_heights_first()
    {
        using TempDirectory directory = new();
        using StateHistory history =
            StateHistory.Open(directory.Path, partBytesMin: 2_000, bytesMax: 200_000);
        GrowingState chain = new();
        LedgerState last = null!;
        while (history.Oldest is null or 1)
        {
            last = chain.Put(history, 20);
            history.WaitUntilWritten();
            Assert.InRange(last.Height, 1, 1_000);
        }

        Assert.NotNull(history.Prove(last.Height, default, last.StateRoot));
        Assert.False(history.Has(1));
    }

    [Fact]
    public void A_history_of_another_chain_is_thrown_away()
    {
        using TempDirectory directory = new();
        using (StateHistory history = StateHistory.Open(directory.Path))
        {
            _ = new GrowingState().Grow(history, 10).Count();
        }

        using StateHistory other = StateHistory.Open(directory.Path);
        GrowingState chain = new(name: "other");
        // The same rows would be the same state, whosesoever they are.
        chain.Put(other, 3);
        LedgerState state = chain.Put(other, 1);
        other.WaitUntilWritten();
        Assert.Equal(2, other.Newest);
        Assert.NotNull(other.Prove(2, default, state.StateRoot));
    }

    [Fact]
    public async Task A_killed_node_proves_every_height_after_its_start()
    {
        using TempDirectory directory = new();
        using TempDirectory killed = new();
        await using LoneNode node = new(directory.Path);
        node.Start(snapshotEntriesMin: 10);
        await node.GrowAsync(30);
        ImmutableArray<Digest> roots = [.. Enumerable.Range(1, 30).Select(
            height => ((Seal)Entry.Codec.Decode(
                node.Store.ReadBlock(height)!.Decode().Entries[^1])).StateRoot)];
        await node.StopAsync();
        // As after a power cut: nothing above the last sync is there.
        string synced = System.IO.Path.Combine(directory.Path, "states", "synced");
        await File.WriteAllTextAsync(synced, "12 0\n", TestContext.Current.CancellationToken);
        node.Start(snapshotEntriesMin: 10);
        node.Store.States.WaitUntilWritten();
        // The newest snapshot is above 12 here, so what is between is lost; never more than that.
        Assert.True(node.Store.States.Has(30));
        for (int height = 1; height <= 12; height++)
        {
            Assert.NotNull(node.Store.States.Prove(height, default, roots[height - 1]));
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (string directory in Directory.GetDirectories(from))
        {
            Directory.CreateDirectory(directory.Replace(from, to, StringComparison.Ordinal));
        }

        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, file.Replace(from, to, StringComparison.Ordinal));
        }
    }
}
