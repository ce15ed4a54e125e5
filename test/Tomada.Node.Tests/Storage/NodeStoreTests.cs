using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Node.Tests.Storage;

public sealed class NodeStoreTests
{
    private static TransactionId Id(int n) => new(Digest.Of(BitConverter.GetBytes(n)));

    private static AppendedBlock Block(long height, int firstIndex) => new(
        height,
        firstIndex,
        Ledger.Block.Codec.Encode(
            new Block([[(byte)(firstIndex & 255)], [(byte)((firstIndex + 1) & 255)]])),
        [(byte)(height & 255), 1],
        [new IndexedTransaction(Id(firstIndex), firstIndex)]);

    private static StoreBatch Blocks(params ImmutableArray<AppendedBlock> blocks) =>
        new() { Blocks = blocks };

    [Fact]
    public void What_was_written_is_there_after_a_restart()
    {
        using TempDirectory directory = new();
        using (NodeStore store = NodeStore.Open(directory.Path))
        {
            store.Write(new StoreBatch
            {
                Blocks = [Block(1, 0), Block(2, 2)],
                Votes = [new(3, 1, 0, [7]), new(3, 1, 1, [8]), new(4, 2, 0, [9])],
                PendingAdded = [new(Id(20), [20]), new(Id(21), [21]), new(Id(20), [20])],
                Meta = [new("genesis", [1, 2, 3])],
            });
        }

        using NodeStore reopened = NodeStore.Open(directory.Path);
        Assert.Equal(2, reopened.TipHeight);
        Assert.Equal([1, 2], reopened.ReadBlocks(1, 10).Select(block => block.Height));
        Assert.Equal([2], reopened.ReadNewestBlocks(1).Select(block => block.Height));
        Assert.Equal([2, 1], reopened.ReadCertificate(2)!);
        Assert.Equal([3], reopened.ReadEntry(3)!);
        Assert.Null(reopened.ReadEntry(4));
        Assert.Null(reopened.ReadEntry(-1));
        Assert.Equal(new TransactionPlace(2, 2), reopened.FindTransaction(Id(2)));
        Assert.Null(reopened.FindTransaction(Id(99)));
        Assert.Equal([7, 8, 9], reopened.ReadVotes(3).Select(vote => vote.Bytes[0]));
        Assert.Equal([20, 21], reopened.ReadPending().Select(each => each.Bytes[0]));
        Assert.Equal([1, 2, 3], reopened.ReadMeta("genesis")!);
        Assert.Null(reopened.ReadMeta("absent"));
    }

    [Fact]
    public void Votes_are_written_once_and_pruned_and_pending_transactions_leave()
    {
        using TempDirectory directory = new();
        using NodeStore store = NodeStore.Open(directory.Path);
        store.Write(new StoreBatch
        {
            Votes = [new(1, 1, 0, [1]), new(2, 1, 0, [2])],
            PendingAdded = [new(Id(1), [1])],
        });
        store.Write(new StoreBatch
        {
            Votes = [new(2, 1, 0, [2])],
            PruneVotesBelow = 2,
            PendingRemoved = [Id(1)],
        });

        VoteRecord left = Assert.Single(store.ReadVotes(0));
        Assert.Equal([2], left.Bytes);
        Assert.Empty(store.ReadPending());
    }

    [Fact]
    public void A_vote_that_contradicts_a_stored_one_stops_the_node_and_changes_nothing()
    {
        using TempDirectory directory = new();
        using NodeStore store = NodeStore.Open(directory.Path);
        store.Write(new StoreBatch { Votes = [new(2, 2, 0, [2])] });

        Assert.Throws<InvariantBrokenException>(() => store.Write(new StoreBatch
        {
            Votes = [new(2, 2, 1, [7]), new(2, 2, 0, [3])],
        }));
        Assert.Equal([2], Assert.Single(store.ReadVotes(0)).Bytes);
    }

    [Fact]
    public void A_statement_that_breaks_a_constraint_is_a_defect_and_not_a_failed_disk()
    {
        using TempDirectory directory = new();
        using NodeStore store = NodeStore.Open(directory.Path);
        Assert.Throws<InvariantBrokenException>(
            () => store.Write(connection => connection.Execute(
                "INSERT INTO meta VALUES ('a', NULL, x'00')")));
        store.Write(new StoreBatch { Meta = [new("b", [1])] });
        Assert.Equal([1], store.ReadMeta("b")!);
    }

    [Theory]
    [InlineData("UPDATE blocks SET bytes = x'00' WHERE height = 2", "blocks", "2@2")]
    [InlineData("UPDATE blocks SET first_index = 9 WHERE height = 2", "blocks", "2@9")]
    [InlineData("UPDATE certificates SET bytes = x'00' WHERE height = 2", "certificates", "2")]
    [InlineData("UPDATE transactions SET height = 9 WHERE height = 2", "transactions", "/9/2")]
    [InlineData("UPDATE votes SET ballot = 5", "votes", "3/1/5")]
    [InlineData("UPDATE pending SET bytes = x'00'", "pending", "")]
    [InlineData("UPDATE meta SET bytes = x'00'", "meta", "genesis")]
    public void A_changed_record_is_named_by_table_and_key(string damage, string table, string key)
    {
        using TempDirectory directory = new();
        using NodeStore store = NodeStore.Open(directory.Path);
        store.Write(new StoreBatch
        {
            Blocks = [Block(1, 0), Block(2, 2)],
            Votes = [new(3, 1, 0, [7])],
            PendingAdded = [new(Id(20), [20])],
            Meta = [new("genesis", [1, 2, 3])],
        });
        store.Write(connection => connection.Execute(damage));

        StoreCorruptException corrupt = Assert.Throws<StoreCorruptException>(() =>
        {
            store.ReadBlocks(1, 10);
            store.ReadCertificate(2);
            store.FindTransaction(Id(2));
            store.ReadVotes(0);
            store.ReadPending();
            store.ReadMeta("genesis");
        });
        Assert.Equal(table, corrupt.Table);
        Assert.EndsWith(key, corrupt.Key, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_owner_of_the_directory_is_refused()
    {
        using TempDirectory directory = new();
        using NodeStore store = NodeStore.Open(directory.Path);
        DataDirectoryException refused =
            Assert.Throws<DataDirectoryException>(() => NodeStore.Open(directory.Path).Dispose());
        Assert.Contains("in use by another process", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_of_a_newer_program_and_a_file_that_is_no_store_are_refused()
    {
        using TempDirectory directory = new();
        NodeStore.Open(directory.Path, new StoreExtension(
            "desk", ["CREATE TABLE a (b)", "CREATE TABLE c (d)"])).Dispose();
        Assert.Contains(
            "version 2",
            Assert.Throws<DataDirectoryException>(
                () => NodeStore.Open(
                    directory.Path, new StoreExtension("desk", ["CREATE TABLE a (b)"])))
                .Message,
            StringComparison.Ordinal);

        using TempDirectory other = new();
        File.WriteAllBytes(System.IO.Path.Combine(other.Path, NodeStore.FileName), new byte[8192]);
        File.WriteAllText(
            System.IO.Path.Combine(other.Path, NodeStore.FileName), new string('x', 8192));
        Assert.Throws<DataDirectoryException>(() => NodeStore.Open(other.Path));
    }

    [Fact]
    public void A_failed_write_is_never_tried_again()
    {
        using TempDirectory directory = new();
        using NodeStore store = NodeStore.Open(directory.Path);
        store.Write(Blocks(Block(1, 0)));
        // The size limit stands in for a full disk: both answer SQLITE_FULL.
        store.Write(connection => connection.Execute("PRAGMA max_page_count = 1"));
        byte[] large = new byte[1 << 20];

        Assert.Throws<StoreFailedException>(
            () => store.Write(new StoreBatch { Meta = [new("big", large)] }));
        Assert.Throws<StoreFailedException>(
            () => store.Write(new StoreBatch { Meta = [new("small", [1])] }));
        Assert.Null(store.ReadMeta("big"));
        Assert.Equal(1, store.TipHeight);
    }

    [Fact]
    public void A_block_that_does_not_follow_the_tip_is_a_defect_and_changes_nothing()
    {
        using TempDirectory directory = new();
        using NodeStore store = NodeStore.Open(directory.Path);
        store.Write(Blocks(Block(1, 0)));
        Assert.Throws<InvariantBrokenException>(
            () => store.Write(Blocks(Block(2, 2), Block(4, 4))));
        Assert.Equal(1, store.TipHeight);
        Assert.Null(store.ReadBlock(2));
    }

    [Fact]
    public async Task Readers_see_whole_writes_only_while_the_writer_writes()
    {
        using TempDirectory directory = new();
        using NodeStore store = NodeStore.Open(directory.Path);
        const int Writes = 200;
        Task writer = Task.Run(() =>
        {
            for (int i = 1; i <= Writes; i++)
            {
                store.Write(new StoreBatch
                {
                    Blocks = [Block(i, 2 * (i - 1))],
                    Meta = [new("tip", BitConverter.GetBytes(i))],
                });
            }
        }, TestContext.Current.CancellationToken);
        while (!writer.IsCompleted)
        {
            (int tip, long blocks) = store.Read(connection => connection.Select(
                "SELECT (SELECT bytes FROM meta WHERE key = 'tip'), (SELECT count(*) FROM blocks)",
                row =>
                    (row.IsDBNull(0) ? 0 : BitConverter.ToInt32(row.Blob(0)), row.GetInt64(1)))[0]);
            Assert.Equal(tip, blocks);
        }

        await writer;
        Assert.Equal(Writes, store.TipHeight);
    }

    [Fact]
    public void Another_parts_tables_are_made_once_and_brought_forward()
    {
        using TempDirectory directory = new();
        StoreExtension first = new("desk", ["CREATE TABLE log (n INTEGER)"]);
        StoreExtension second = first with
        {
            Migrations = first.Migrations.Add("ALTER TABLE log ADD COLUMN m INTEGER"),
        };
        using (NodeStore store = NodeStore.Open(directory.Path, first))
        {
            store.Write(connection => connection.Execute("INSERT INTO log VALUES (?1)", 5));
        }

        using NodeStore later = NodeStore.Open(directory.Path, second);
        Assert.Equal(5, later.Read(connection => connection.Select(
            "SELECT n FROM log WHERE m IS NULL", row => row.GetInt32(0)))[0]);
    }

    [Fact]
    public void A_failing_piece_of_work_is_undone()
    {
        using TempDirectory directory = new();
        using NodeStore store = NodeStore.Open(directory.Path);
        Assert.Throws<FormatException>(() => store.Write<int>(connection =>
        {
            connection.Execute("INSERT INTO meta VALUES ('a', x'00', x'00')");
            throw new FormatException();
        }));
        store.Write(new StoreBatch { Meta = [new("b", [1])] });
        Assert.Null(store.ReadMeta("a"));
        Assert.Equal([1], store.ReadMeta("b")!);
    }
}
