using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Node.Tests.Storage;

/// <summary>Files whose pages contradict each other.</summary>
public sealed class SalvageTests
{
    private const int BlockCount = 200;
    private static readonly byte[] s_entry = Entry.Codec.Encode(
        new Seal(
            1, default, 0, 0, default, default, default, default, CompanyId.Parse("br-aaa"), null));

    [Fact]
    public void What_can_be_read_of_a_malformed_file_is_taken_over_and_the_votes_are_lost()
    {
        using TempDirectory directory = new();
        Fill(directory.Path);
        TornFile.BreakLeaf(directory.Path, "blocks");
        using (NodeStore store = NodeStore.Open(directory.Path))
        {
            Assert.NotNull(store.Salvaged);
            Assert.True(File.Exists(
                Path.Combine(directory.Path, Salvage.FolderName, "1", NodeStore.FileName)));
            MissingBlocks hole = Assert.Single(store.ReadMissing());
            Assert.Equal(1, hole.From);
            Assert.InRange(hole.Count, 1, BlockCount - 1);
            Assert.Equal(BlockCount, store.TipHeight);
            Assert.Equal([BlockCount & 255, 1], store.ReadCertificate(BlockCount)!.Select(Number));
            Assert.Null(store.ReadCertificate(hole.From));
            Assert.Equal([20], Assert.Single(store.ReadPending()).Bytes);
            Assert.Equal([1, 2, 3], store.ReadMeta("genesis")!);
            Assert.Empty(store.ReadVotes(0));
            Assert.NotNull(store.ReadMeta(Salvage.VotesLostKey));
        }

        using NodeStore again = NodeStore.Open(directory.Path);
        Assert.Null(again.Salvaged);
        Assert.NotNull(again.ReadMeta(Salvage.VotesLostKey));
    }

    [Fact]
    public void Without_a_genesis_nothing_is_changed_and_the_message_says_what_to_do()
    {
        using TempDirectory directory = new();
        Fill(directory.Path);
        TornFile.BreakLeaf(directory.Path, "meta");
        string path = Path.Combine(directory.Path, NodeStore.FileName);
        byte[] before = File.ReadAllBytes(path);
        for (int i = 0; i < 2; i++)
        {
            DataDirectoryException refused = Assert.Throws<DataDirectoryException>(
                () => NodeStore.Open(directory.Path));
            Assert.Contains("Take the disk as lost", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_crash_between_two_moves_loses_neither_file()
    {
        using TempDirectory directory = new();
        Fill(directory.Path);
        string path = Path.Combine(directory.Path, NodeStore.FileName);
        string made = Path.Combine(directory.Path, Salvage.NewName);
        File.WriteAllText(made, "half");
        NodeStore.Open(directory.Path).Dispose();
        Assert.False(File.Exists(made));

        File.Move(path, made);
        using NodeStore store = NodeStore.Open(directory.Path);
        Assert.Equal(BlockCount, store.TipHeight);
        Assert.False(File.Exists(made));
    }

    [Fact]
    public void A_running_node_that_finds_its_file_malformed_ends_and_mends_it_at_the_next_start()
    {
        using TempDirectory directory = new();
        Fill(directory.Path);
        using (NodeStore store = NodeStore.Open(directory.Path))
        {
            TornFile.BreakLeaf(directory.Path, "blocks");
            Assert.Throws<StoreCorruptException>(() => store.ReadBlock(1));
            Assert.True(store.Malformed.IsFaulted);
        }

        using NodeStore mended = NodeStore.Open(directory.Path);
        Assert.NotNull(mended.Salvaged);
    }

    [Fact]
    public void A_disk_that_fails_again_and_again_is_not_trusted_any_more()
    {
        using TempDirectory directory = new();
        for (int i = 1; i <= NodeLimits.SetAsideMax; i++)
        {
            Directory.CreateDirectory(Path.Combine(directory.Path, Salvage.FolderName, $"{i}"));
        }

        Fill(directory.Path);
        TornFile.BreakLeaf(directory.Path, "blocks");
        DataDirectoryException refused = Assert.Throws<DataDirectoryException>(
            () => NodeStore.Open(directory.Path));
        Assert.Contains("this disk fails", refused.Message, StringComparison.Ordinal);
    }

    private static int Number(byte each) => each;

    private static void Fill(string directory)
    {
        using NodeStore store = NodeStore.Open(directory);
        store.Write(new StoreBatch
        {
            Blocks =
            [
                .. Enumerable.Range(1, BlockCount).Select(height => new AppendedBlock(
                    height,
                    height - 1,
                    Block.Codec.Encode(new Block([s_entry])),
                    [(byte)(height & 255), 1],
                    [])),
            ],
            Votes = [new(BlockCount + 1, 1, 0, [7])],
            PendingAdded = [new(new TransactionId(Digest.Zero), [20])],
            Meta = [new("genesis", [1, 2, 3]), new("founding", [4])],
        });
    }
}
