using System.Diagnostics;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// Brings a replicator to the stored tip before it takes part. Blocks that are damaged or missing
/// come from peers, and each is proven before it is executed; until the tip is reached nothing is
/// voted on, because a vote may have been given at each of these heights.
/// </summary>
internal sealed partial class ChainStart(
    Replicator replicator, NodeStore store, IPeerChannel peers, ILogger logger)
{
    private readonly List<ReplicatorInput> _kept = [];
    private SortedSet<CompanyId> _reachable = [];
    private CompanyId? _asked;
    private Digest _governance;
    private long _askedAtMs;
    private bool _keepsStates = true;

    /// <summary>Whether the replicator stands at the stored tip.</summary>
    public bool IsWhole => replicator.State.Height >= store.TipHeight;

    /// <summary>
    /// Who is reachable, and the newest messages of peers that came meanwhile; step them after the
    /// start.
    /// </summary>
    public IReadOnlyList<ReplicatorInput> Kept => _kept;

    /// <summary>
    /// Keeps who decides from now on, to check the certificates of old blocks by, and the state, to
    /// prove what it said.
    /// </summary>
    /// <param name="block">The newest.</param>
    /// <param name="isPatient">Whether it may wait for the disk, as at a start.</param>
    public void Remember(AppliedBlock block, bool isPatient = false)
    {
        bool isKept = isPatient
            ? store.States.OfferPatiently(block)
            : store.States.Offer(block);
        if (!isKept && _keepsStates)
        {
            LogStatesStop(logger, block.Seal.Height, store.States.Failure
                ?? "more blocks come than the disk takes");
        }

        _keepsStates = isKept;
        if (block.After.GovernanceRoot != _governance)
        {
            _governance = block.After.GovernanceRoot;
            store.WriteGovernance(Governance.Of(block.After.Members));
        }
    }

    /// <summary>Executes what the store has above the snapshot, up to the first hole.</summary>
    /// <exception cref="StoreCorruptException">A stored block does not follow from its
    /// parent.</exception>
    public IEnumerable<AppliedBlock> Execute()
    {
        Stopwatch elapsed = Stopwatch.StartNew();
        long from = replicator.State.Height;
        while (!IsWhole && ChainRows.Read(store, replicator.State.Height + 1) is { } block)
        {
            AppliedBlock applied = replicator.Restore(block) ?? throw new StoreCorruptException(
                $"Block {block.Height} in the store does not follow from the block before.");
            Remember(applied, isPatient: true);
            yield return applied;
        }

        store.States.Stand(replicator.State);
        if (replicator.State.Height > from)
        {
            LogExecuted(logger, replicator.State.Height, from, elapsed.ElapsedMilliseconds);
        }

        foreach (long damaged in store.SetDamagedAside())
        {
            LogDamaged(logger, damaged);
        }

        if (!IsWhole)
        {
            LogMending(logger, replicator.State.Height + 1, store.TipHeight);
        }
    }

    /// <summary>Takes one input while blocks are missing.</summary>
    /// <returns>The blocks that were executed because of it.</returns>
    public IEnumerable<AppliedBlock> Step(ReplicatorInput input)
    {
        switch (input)
        {
            case ReplicatorInput.Tick tick:
                AskIfDue(tick.MonotonicMs);
                break;
            case ReplicatorInput.PeersReachable reachable:
                _reachable = [.. reachable.Peers];
                Keep(reachable);
                break;
            case ReplicatorInput.Received received
                when PeerMessage.Codec.TryDecode(received.Bytes, out PeerMessage? message, out _)
                    && message is PeerMessage.BlockAnswer answer:
                _asked = received.From == _asked ? null : _asked;
                return Take(received.From, answer);
            case ReplicatorInput.Received received:
                Keep(received);
                break;
            default:
                // What is submitted is answered by the loop.
                break;
        }

        return [];
    }

    /// <summary>Keeps an input for the time after the start.</summary>
    public ReplicatorInput Keep(ReplicatorInput input)
    {
        if (input is ReplicatorInput.PeersReachable)
        {
            _kept.RemoveAll(each => each is ReplicatorInput.PeersReachable);
        }
        else if (_kept.Count >= NodeLimits.KeptMessagesMax)
        {
            // The oldest: its sender says it again, as everything in consensus.
            _kept.RemoveAt(0);
        }

        _kept.Add(input);
        return input;
    }

    private IEnumerable<AppliedBlock> Take(CompanyId from, PeerMessage.BlockAnswer answer)
    {
        foreach (ConsensusMessage.Decided proof in answer.Blocks)
        {
            long height = replicator.State.Height + 1;
            if (IsWhole || proof.Height != height)
            {
                continue;
            }

            MemberSet members = MemberSets.Of(Governance.Of(replicator.State.Members));
            VoteVerifier verifier = new(replicator.State.Network, Keys.Ed25519.Verify);
            if (!SealedBlock.TryRead(proof.Value, out SealedBlock? block)
                || !BlockProof.Of(proof).Proves(block.Digest, height, members, verifier)
                || replicator.Restore(proof) is not { } applied)
            {
                LogRefused(logger, from, height);
                yield break;
            }

            store.WriteMissing([ChainRows.Of(block, proof)]);
            Remember(applied);
            LogMended(logger, height, from);
            yield return applied;
            foreach (AppliedBlock next in Execute())
            {
                yield return next;
            }
        }
    }

    private void AskIfDue(long nowMs)
    {
        if (_asked is not null && nowMs < _askedAtMs + ReplicationLimits.BlockRequestTimeoutMs)
        {
            return;
        }

        // The next one in turn: who was silent is asked again only after everybody else.
        _asked = _reachable.Count == 0
            ? null
            : _reachable.FirstOrDefault(each => _asked is null || each > _asked, _reachable.Min);
        _askedAtMs = nowMs;
        if (_asked is { } peer)
        {
            peers.Send(peer, PeerMessage.Codec.Encode(
                new PeerMessage.BlockRequest(replicator.State.Height + 1)));
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "At block {Height}: executed what follows block {From} in {ElapsedMs} ms.")]
    private static partial void LogExecuted(
        ILogger logger, long height, long from, long elapsedMs);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Block {Height} does not match its checksum. It is set aside in the table "
            + "'damaged', served to nobody, and asked of the peers.")]
    internal static partial void LogDamaged(ILogger logger, long height);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The state after block {Height} cannot be proven later: {Why}.")]
    private static partial void LogStatesStop(ILogger logger, long height, string why);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Blocks from {From} are missing below the stored tip {Tip}. This node does not "
            + "vote before peers have sent them.")]
    private static partial void LogMending(ILogger logger, long from, long tip);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "Block {Height} is back, from {From}.")]
    private static partial void LogMended(ILogger logger, long height, CompanyId from);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{From} sent block {Height} without a sound proof; another peer is asked.")]
    private static partial void LogRefused(ILogger logger, CompanyId from, long height);
}
