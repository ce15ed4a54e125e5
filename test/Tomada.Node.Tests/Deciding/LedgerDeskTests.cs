using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Deciding;

public sealed class LedgerDeskTests : IDisposable
{
    private static readonly CompanyId s_self = CompanyId.Parse("br-aaa");

    private readonly Ed25519Key _identity = new(Digest.Of([1]).ToArray());
    private readonly Ed25519Key _voting = new(Digest.Of([2]).ToArray());

    public void Dispose()
    {
        _identity.Dispose();
        _voting.Dispose();
    }

    [Fact]
    public async Task Who_follows_from_before_the_start_is_told_that_the_store_has_the_blocks()
    {
        AppliedBlock old = Block(Founded());
        LedgerDesk desk = Desk(old.After);
        await Assert.ThrowsAsync<FollowerTooSlowException>(async () => await Next(desk, 0));
    }

    [Fact]
    public async Task Who_follows_from_the_newest_block_gets_the_next_one()
    {
        AppliedBlock old = Block(Founded());
        LedgerDesk desk = Desk(old.After);
        Task<AppliedBlock> next = Next(desk, 1);
        Assert.False(next.IsCompleted);
        AppliedBlock made = Block(old.After);
        desk.Publish(made);
        Assert.Same(made.After, (await next).After);
    }

    [Fact]
    public async Task Who_submits_to_an_idle_chain_is_told_that_nothing_was_decided()
    {
        FakeTimeProvider wall = new(DateTimeOffset.Parse("2026-11-23T12:00:00Z", null));
        LedgerDesk desk = Desk(Founded(), wall);
        Task<TransactionResult> submitted = desk.SubmitAsync(
            new ClosePeriod(1), TestContext.Current.CancellationToken);
        wall.Advance(LedgerDesk.Patience - TimeSpan.FromSeconds(1));
        Assert.False(submitted.IsCompleted);
        wall.Advance(TimeSpan.FromSeconds(2));
        TransactionResult result = await submitted;
        Assert.Equal(TransactionEnd.Undecided, result.End);
        Assert.False(result.IsApplied);
        Assert.Contains("no block decided it", result.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_must_be_certain_waits_longer_than_patience()
    {
        FakeTimeProvider wall = new(DateTimeOffset.Parse("2026-11-23T12:00:00Z", null));
        LedgerDesk desk = Desk(Founded(), wall, out ChannelReader<ReplicatorInput> submitted);
        Task<TransactionResult> waiting = desk.SubmitUntilCertainAsync(
            new ClosePeriod(1), TestContext.Current.CancellationToken);
        wall.Advance(LedgerDesk.Patience * 10);
        Assert.False(waiting.IsCompleted);
        Assert.True(submitted.TryRead(out ReplicatorInput? input));
        TransactionId id = Assert.Single(
            Assert.IsType<ReplicatorInput.Submitted>(input).Transactions).Id;
        desk.Publish(new EndedTransaction(id, TransactionEnd.Expired, "too late"));
        Assert.Equal(TransactionEnd.Expired, (await waiting).End);
    }

    [Fact]
    public async Task Transactions_that_wait_one_behind_the_other_are_taken_together()
    {
        LedgerDesk desk = Desk(
            Founded(), TimeProvider.System, out ChannelReader<ReplicatorInput> submitted);
        using CancellationTokenSource stop = new();
        Task<TransactionResult>[] waiting =
        [
            desk.SubmitAsync(new ClosePeriod(1), stop.Token),
            desk.SubmitAsync(new ClosePeriod(2), stop.Token),
        ];
        LoopInputs inputs = new(submitted, new IncomingQueues());
        Assert.True(inputs.TryTake(out ReplicatorInput? input));
        Assert.Equal(
            [1, 2],
            Assert.IsType<ReplicatorInput.Submitted>(input).Transactions
                .Select(each => ((ClosePeriod)each.Content.Body).Period));
        Assert.False(inputs.TryTake(out _));
        await stop.CancelAsync();
        await Task.WhenAll(waiting).ContinueWith(_ => { }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task One_too_many_is_busy_and_takes_no_number()
    {
        LedgerDesk desk = Desk(
            Founded(), TimeProvider.System, out ChannelReader<ReplicatorInput> submitted);
        using CancellationTokenSource stop = new();
        Task<TransactionResult>[] waiting =
        [
            .. Enumerable.Range(0, ReplicationLimits.PendingPerCompanyMax)
                .Select(_ => desk.SubmitAsync(new ClosePeriod(1), stop.Token)),
        ];
        TransactionResult busy = await desk.SubmitAsync(new ClosePeriod(1), stop.Token);
        Assert.Equal(TransactionEnd.Busy, busy.End);
        Assert.Equal(waiting.Length, submitted.Count);
        await stop.CancelAsync();
        await Task.WhenAll(waiting).ContinueWith(_ => { }, TestContext.Current.CancellationToken);
        _ = desk.SubmitAsync(new ClosePeriod(1), CancellationToken.None);
        List<long> numbers = [];
        while (submitted.TryRead(out ReplicatorInput? input))
        {
            numbers.AddRange(((ReplicatorInput.Submitted)input).Transactions
                .Select(each => each.Content.Number));
        }

        Assert.Equal(
            Enumerable.Range(1, waiting.Length + 1).Select(each => (long)each), numbers.Order());
    }

    private static async Task<AppliedBlock> Next(LedgerDesk desk, long after)
    {
        await foreach (AppliedBlock block in
            desk.FollowAsync(after, TestContext.Current.CancellationToken))
        {
            return block;
        }

        throw new InvalidOperationException("The stream of blocks never ends.");
    }

    private LedgerDesk Desk(LedgerState state, TimeProvider? wall = null) =>
        Desk(state, wall ?? TimeProvider.System, out _);

    private LedgerDesk Desk(
        LedgerState state, TimeProvider wall, out ChannelReader<ReplicatorInput> submitted)
    {
        Channel<ReplicatorInput> inputs =
            Channel.CreateBounded<ReplicatorInput>(ReplicationLimits.PendingPerCompanyMax + 1);
        submitted = inputs.Reader;
        return new LedgerDesk(s_self, _identity.Sign, inputs.Writer, wall, state, lastNumber: 0);
    }

    private static AppliedBlock Block(LedgerState parent) => BlockExecution.Build(
        parent, [], parent.Time.Plus(TimeSpan.FromSeconds(1)), s_self, parent.Height == 0
            ? null
            : [1],
        Ed25519.Verify);

    private LedgerState Founded()
    {
        MemberRecord member = new(s_self, "One", _identity.Public, _voting.Public, Digest.Of([3]));
        SignedMember founder = new(member, _identity.Sign(member.SignedMessage()));
        GenesisDraft draft = new(
            "test", [founder], Rules.Default, Timestamp.Parse(
                "2026-11-23T12:00:00Z"), Simulated: false);
        return LedgerState.FromGenesis(new Genesis(draft, [_identity.Sign(draft.SignedMessage())]));
    }
}
