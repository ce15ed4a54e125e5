using Microsoft.Extensions.Time.Testing;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Storage;

public sealed class EvidenceStoreTests : IDisposable
{
    private static readonly CompanyId s_signer = CompanyId.Parse("br-aaa");
    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _wall = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly NodeStore _store;
    private readonly EvidenceStore _evidence;

    public EvidenceStoreTests()
    {
        _store = NodeStore.Open(_directory.Path);
        _evidence = new EvidenceStore(_store, _wall);
    }

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Votes_are_found_by_their_height_and_in_order()
    {
        Keep(Row(1, 2), Row(5, 6));
        Assert.Equal([1L, 2], _evidence.ReadHeard(0)[0].Heights.Select(each => each.Height));
        Assert.Equal(5, Assert.Single(_evidence.ReadHeard(3)).Heights[0].Height);
        Assert.Equal(s_signer, Assert.Single(_evidence.ReadHeight(6)!.Votes).Signer);
        Assert.Null(_evidence.ReadHeight(3));
        Assert.Null(_evidence.ReadHeight(7));
    }

    [Fact]
    public void Votes_are_kept_for_a_day()
    {
        Keep(Row(1));
        _wall.Advance(EvidenceLimits.VotesKept);
        Keep(Row(2));
        Assert.NotNull(_evidence.ReadHeight(1));
        _wall.Advance(TimeSpan.FromSeconds(1));
        Keep(Row(3));
        Assert.Null(_evidence.ReadHeight(1));
        Assert.NotNull(_evidence.ReadHeight(2));
    }

    [Fact]
    public void Evidence_waits_until_it_is_dropped_and_is_kept_once()
    {
        Evidence evidence = Evidence.Of(Digest.Zero, Digest.Zero, Vote(1, "v"), Vote(1, "w"))!;
        _store.Write(new StoreBatch { Also = _evidence.Keep([], [evidence, evidence]) });
        Assert.Equal(
            GuiltId.Of(evidence), GuiltId.Of(Assert.Single(_evidence.ReadFound())));
        _evidence.Drop(evidence);
        Assert.Empty(_evidence.ReadFound());
    }

    [Fact]
    public void Nothing_to_keep_is_no_write() => Assert.Null(_evidence.Keep([], []));

    private static HeardVotes Row(params long[] heights) => new(
        [.. heights.Select(each => new HeardHeight(each, Digest.Zero, [Vote(each, "v")]))]);

    private static SignedVote Vote(long height, string value) => SignedVote.Of(
        new VoteContent(
            VoteType.Endorse, height, 0, Digest.Of(System.Text.Encoding.ASCII.GetBytes(value))),
        s_signer,
        new byte[Signing.SignatureSize]);

    private void Keep(params HeardVotes[] rows) =>
        _store.Write(new StoreBatch { Also = _evidence.Keep(rows, []) });
}
