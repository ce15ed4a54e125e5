using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Simulation.Cluster;
using Tomada.Transparency;
using Xunit;

namespace Tomada.Audit.Tests.Fsck;

/// <summary>Every byte of every file of a small mirror, flipped one at a time.</summary>
public sealed class TamperTests : IDisposable
{
    private readonly TestMirror _mirror = Small();

    public void Dispose() => _mirror.Dispose();

    [Fact]
    public void Untouched_it_passes() => Assert.Empty(_mirror.Fsck().Findings);

    [Fact]
    public void No_byte_of_an_entry_can_be_changed()
    {
        string file = Single("tile/entries/");
        TileId bundle = new(TileId.Entries, 0, (int)Size());
        Assert.True(EntryBundle.TryParse(bundle, File.ReadAllBytes(file), out var entries, out _));
        HashSet<int> lengths = [];
        int at = 0;
        foreach (ReadOnlyMemory<byte> entry in entries)
        {
            lengths.Add(at);
            lengths.Add(at + 1);
            at += 2 + entry.Length;
        }

        FlipEach(file, (position, report) => Assert.Equal(
            lengths.Contains(position) ? FindingClass.Encoding : FindingClass.Log,
            (FindingClass)report.ExitCode));
    }

    [Fact]
    public void A_changed_entry_is_named_by_its_index()
    {
        string file = Single("tile/entries/");
        byte[] bytes = File.ReadAllBytes(file);
        Assert.True(EntryBundle.TryParse(
            new TileId(TileId.Entries, 0, (int)Size()), bytes, out var entries, out _));
        int start = entries.Take(4).Sum(each => each.Length + 2) + 2;
        bytes[start + 20] ^= 4;
        File.WriteAllBytes(file, bytes);
        Assert.Contains(
            _mirror.Fsck().Findings,
            each => each is { Class: FindingClass.Log, Index: 4 });
    }

    [Fact]
    public void No_byte_of_a_tile_can_be_changed() => FlipEach(
        Single("tile/0/"),
        (_, report) => Assert.Equal(FindingClass.Log, (FindingClass)report.ExitCode));

    [Fact]
    public void No_byte_of_a_certificate_can_be_changed()
    {
        // One of the tip, and at least one with the justification of a higher ballot.
        string[] files = [.. _mirror.Files().Where(each => Starts(each, "certificate/"))];
        Assert.InRange(files.Length, 2, 8);
        foreach (string file in files)
        {
            FlipEach(file, (_, report) => Assert.Contains(
                (FindingClass)report.ExitCode,
                (FindingClass[])[FindingClass.Encoding, FindingClass.Certificate]));
        }
    }

    [Fact]
    public void No_byte_of_the_genesis_can_be_changed() => FlipEach(
        Single("genesis"),
        (_, report) => Assert.Contains(
            (FindingClass)report.ExitCode,
            (FindingClass[])[FindingClass.Encoding, FindingClass.Signature, FindingClass.Log]));

    [Fact]
    public void No_byte_of_the_checkpoint_can_be_changed() => FlipEach(
        Single("checkpoint"),
        (_, report) => Assert.Contains(
            (FindingClass)report.ExitCode,
            (FindingClass[])
            [
                FindingClass.Encoding, FindingClass.Log, FindingClass.Cosignature,
                FindingClass.Missing,
            ]));

    [Fact]
    public void Every_file_is_needed()
    {
        foreach (string file in _mirror.Files())
        {
            byte[] bytes = File.ReadAllBytes(file);
            File.Delete(file);
            Assert.Equal(FindingClass.Missing, (FindingClass)_mirror.Fsck().ExitCode);
            File.WriteAllBytes(file, bytes);
        }
    }

    [Fact]
    public void A_shorter_or_longer_file_is_refused()
    {
        foreach (string file in _mirror.Files())
        {
            byte[] bytes = File.ReadAllBytes(file);
            File.WriteAllBytes(file, bytes[..^1]);
            Assert.False(_mirror.Fsck().Passed, file);
            File.WriteAllBytes(file, [.. bytes, 0]);
            Assert.False(_mirror.Fsck().Passed, file);
            File.WriteAllBytes(file, bytes);
        }
    }

    [Fact]
    public void Another_network_than_the_expected_one_is_refused() => Assert.Equal(
        FindingClass.Chain,
        (FindingClass)ChainFsck.Run(
            _mirror.Folder, Primitives.Digest.Zero, verify: TestMirror.Verify).ExitCode);

    /// <summary>
    /// Three blocks, and exactly as many cosignatures as are needed: one more would forgive a
    /// changed name.
    /// </summary>
    private static TestMirror Small()
    {
        ClusterChain chain = Chains.Members;
        ImmutableArray<(ConsensusMessage.Decided, Block)> blocks =
            [.. chain.Blocks.Take(3).Select(each => (each, Block.Codec.Decode(each.Value)))];
        return TestMirror.Of(chain.Genesis, blocks, head =>
        {
            ImmutableArray<SignedMember> founders = chain.Genesis.Draft.Founders;
            IEnumerable<MemberRecord> needed = founders
                .Take(Governance.QuorumOf(founders.Length)).Select(each => each.Member);
            SignedNote all = TestMirror.Cosigned(needed)(head);
            return all with
            {
                Signatures = [.. all.Signatures.Where((_, i) => i == 0 || i % 2 == 1)],
            };
        });
    }

    private long Size() => MirrorHead.Read(
        _mirror.Folder, null, TestMirror.Verify).Head.Size;

    private string Single(string start) =>
        Assert.Single(_mirror.Files(), file => Starts(file, start));

    private bool Starts(string file, string start) => Path.GetRelativePath(_mirror.Path, file)
        .StartsWith(start, StringComparison.Ordinal);

    private void FlipEach(string file, Action<int, AuditReport> judge)
    {
        byte[] sound = File.ReadAllBytes(file);
        for (int i = 0; i < sound.Length; i++)
        {
            byte[] bytes = [.. sound];
            bytes[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(file, bytes);
            AuditReport report = _mirror.Fsck();
            Assert.False(report.Passed, $"byte {i} of {file}");
            judge(i, report);
        }

        File.WriteAllBytes(file, sound);
    }
}
