using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Xunit;

namespace Tomada.Audit.Tests.Mirrors;

/// <summary>The node is another folder, whose paths are a node's.</summary>
public sealed class MirrorUpdateTests : IDisposable
{
    private readonly TestMirror _copy = TestMirror.New();
    private readonly TestMirror _node = TestMirror.Of(Chains.Trip);
    private readonly List<string> _asked = [];

    public void Dispose()
    {
        _copy.Dispose();
        _node.Dispose();
    }

    [Fact]
    public async Task A_mirror_of_a_node_passes_every_check()
    {
        AuditReport report = await UpdateAsync(_node);
        Assert.Empty(report.Findings);
        Assert.Empty(_copy.Fsck().Findings);
        Assert.Empty(_copy.Replay().Findings);
    }

    [Fact]
    public async Task A_second_time_fetches_only_what_is_new()
    {
        using TestMirror earlier = TestMirror.Of(Chains.Trip with
        {
            Blocks = [.. Chains.Trip.Blocks.Take(9)],
        });
        Assert.Empty((await UpdateAsync(earlier)).Findings);
        Assert.Empty(_copy.Fsck().Findings);
        Assert.Empty((await UpdateAsync(_node)).Findings);
        Assert.Empty(_copy.Replay().Findings);
        _asked.Clear();
        Assert.Empty((await UpdateAsync(_node)).Findings);
        Assert.DoesNotContain(
            _asked, each => each.StartsWith("tile/entries", StringComparison.Ordinal));
        Assert.Equal(
            _copy.Files().Length - Directory.GetFiles(
                Path.Combine(_copy.Path, "certificate")).Length,
            _node.Files().Length - Directory.GetFiles(
                Path.Combine(_node.Path, "certificate")).Length);
    }

    [Fact]
    public async Task A_stopped_mirror_goes_on_where_it_was()
    {
        int left = 3;
        FetchFile stopping = (path, stop) => left-- > 0
            ? FromAsync(_node, path)
            : throw new LogUnreachableException("cut");
        await Assert.ThrowsAsync<LogUnreachableException>(
            () => new MirrorUpdate(_copy.Folder, stopping, TestMirror.Verify)
                .RunAsync(null, TestContext.Current.CancellationToken));
        Assert.False(File.Exists(_copy.Folder.FileOf(MirrorFolder.CheckpointName)));
        Assert.Empty((await UpdateAsync(_node)).Findings);
        Assert.Empty(_copy.Fsck().Findings);
    }

    [Fact]
    public async Task A_log_that_became_shorter_is_found_and_both_are_kept()
    {
        using TestMirror earlier = TestMirror.Of(Chains.Trip with
        {
            Blocks = [.. Chains.Trip.Blocks.Take(9)],
        });
        await UpdateAsync(_node);
        AuditReport report = await UpdateAsync(earlier);
        Assert.Equal(FindingClass.Rollback, (FindingClass)report.ExitCode);
        Assert.Single(Directory.GetFiles(Path.Combine(_copy.Path, "conflict")));
        Assert.Empty(_copy.Fsck().Findings);
        Assert.Empty((await UpdateAsync(_node)).Findings);
    }

    [Fact]
    public async Task A_log_that_is_another_one_is_found_and_both_are_kept()
    {
        Forger forger = Forger.After(Chains.Trip, 6);
        using TestMirror forked = forger.Mirror(forger.Decide(Forger.Reseal(
            Block.Codec.Decode(Chains.Trip.Blocks[6].Value),
            seal => seal with { Time = seal.Time.Plus(TimeSpan.FromMilliseconds(1)) })));
        using TestMirror before = TestMirror.Of(Chains.Trip with
        {
            Blocks = [.. Chains.Trip.Blocks.Take(7)],
        });
        await UpdateAsync(before);
        AuditReport report = await UpdateAsync(forked);
        Assert.Equal(FindingClass.Rollback, (FindingClass)report.ExitCode);
        Assert.Single(Directory.GetFiles(Path.Combine(_copy.Path, "conflict")));
        Assert.Empty(_copy.Fsck().Findings);

        Forger later = Forger.After(Chains.Trip, 6);
        Block other = Forger.Reseal(
            Block.Codec.Decode(Chains.Trip.Blocks[6].Value),
            seal => seal with { Time = seal.Time.Plus(TimeSpan.FromMilliseconds(2)) });
        using TestMirror longer = TestMirror.Of(
            Chains.Trip.Genesis,
            [
                .. later.Before, (later.Decide(other), other),
                .. Chains.Trip.Blocks.Skip(7).Select(
                    each => (each, Block.Codec.Decode(each.Value))),
            ]);
        AuditReport grown = await UpdateAsync(longer);
        Assert.Equal(FindingClass.Rollback, (FindingClass)grown.ExitCode);
        Assert.Contains("are not the ones", grown.Findings[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_network_than_the_expected_one_is_refused()
    {
        AuditReport report = await new MirrorUpdate(
            _copy.Folder, (path, _) => FromAsync(_node, path), TestMirror.Verify)
            .RunAsync(Digest.Zero, TestContext.Current.CancellationToken);
        Assert.Equal(FindingClass.Chain, (FindingClass)report.ExitCode);
    }

    [Fact]
    public async Task No_tile_or_bundle_that_does_not_fit_the_head_is_taken()
    {
        foreach (string file in _node.Files().Where(
            each => each.Contains($"{Path.DirectorySeparatorChar}tile", StringComparison.Ordinal)))
        {
            byte[] sound = File.ReadAllBytes(file);
            byte[] spoiled = [.. sound];
            spoiled[^1] ^= 1;
            File.WriteAllBytes(file, spoiled);
            using TestMirror fresh = TestMirror.New();
            AuditReport report = await new MirrorUpdate(
                fresh.Folder, (path, _) => FromAsync(_node, path), TestMirror.Verify)
                .RunAsync(null, TestContext.Current.CancellationToken);
            Assert.Equal(FindingClass.Log, (FindingClass)report.ExitCode);
            Assert.False(File.Exists(fresh.Folder.FileOf(MirrorFolder.CheckpointName)));
            File.WriteAllBytes(file, sound);
        }
    }

    private Task<AuditReport> UpdateAsync(TestMirror node) => new MirrorUpdate(
        _copy.Folder,
        (path, _) =>
        {
            lock (_asked)
            {
                _asked.Add(path);
            }

            return FromAsync(node, path);
        },
        TestMirror.Verify).RunAsync(null, TestContext.Current.CancellationToken);

    private static Task<byte[]?> FromAsync(TestMirror node, string path)
    {
        string[] parts = path.Split('/');
        byte[]? bytes = parts switch
        {
            ["v1", "network", "genesis"] => MirrorFolder.TryRead(
                node.Folder.FileOf(MirrorFolder.GenesisName)),
            ["v1", "blocks", var height, "certificate"] => Json(MirrorFolder.TryRead(
                node.Folder.FileOf(Path.Combine(MirrorFolder.CertificatesName, height)))),
            ["v1", ..] => null,
            _ => MirrorFolder.TryRead(node.Folder.FileOf(path)),
        };
        return Task.FromResult(bytes);
    }

    /// <summary>As the API gives it.</summary>
    private static byte[]? Json(byte[]? bytes) => bytes is null
        ? null
        : BlockProof.Codec.EncodeJson(BlockProof.Codec.Decode(bytes));
}
