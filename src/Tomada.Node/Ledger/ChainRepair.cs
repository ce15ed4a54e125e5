using System.Collections.Immutable;
using System.Threading.Channels;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;
using StoredAppend = Tomada.Node.Storage.AppendedBlock;

namespace Tomada.Node;

/// <summary>
/// Fills the holes of the stored chain from peers, beside the loop: blocks that a read found
/// damaged, and everything below a snapshot that came from a peer. The lowest hole first, upwards,
/// so that each block hangs on the one before it; each is proven by the members of its height.
/// </summary>
internal sealed partial class ChainRepair(
    NodeStore store, IPeerChannel peers, TimeProvider wall, ILogger logger, Genesis genesis)
{
    private readonly Channel<OlderBlocks> _answers = Channel.CreateBounded<OlderBlocks>(
        new BoundedChannelOptions(NodeLimits.ChainAnswersMax) { SingleReader = true });

    private readonly VoteVerifier _verifier = new(genesis.NetworkId, Ed25519.Verify);
    private ImmutableSortedSet<CompanyId> _reachable = [];
    private CompanyId? _asked;

    /// <summary>Whom to ask; from any thread.</summary>
    public ImmutableSortedSet<CompanyId> Reachable
    {
        get => Volatile.Read(ref _reachable);
        set => Volatile.Write(ref _reachable, value);
    }

    /// <summary>Blocks below the tip came from a peer; taken only if they were asked for.</summary>
    public void Offer(OlderBlocks blocks) => _answers.Writer.TryWrite(blocks);

    /// <summary>Looks for holes and fills them until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        store.WriteGovernance(Governance.Of(
            genesis.Draft.Founders.ToImmutableSortedDictionary(
                each => each.Member.Company, each => each.Member)));
        using PeriodicTimer timer = new(NodeLimits.RepairPeriod, wall);
        bool mayHaveHoles = true;
        do
        {
            foreach (long damaged in store.SetDamagedAside())
            {
                ChainStart.LogDamaged(logger, damaged);
                mayHaveHoles = true;
            }

            while (mayHaveHoles)
            {
                IReadOnlyList<MissingBlocks> holes = store.ReadMissing();
                mayHaveHoles = holes.Count > 0;
                if (mayHaveHoles && !await FillAsync(holes[0], stop))
                {
                    break;
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    /// <summary>Asks one peer for the beginning of a hole; whether it helped.</summary>
    private async Task<bool> FillAsync(MissingBlocks hole, CancellationToken stop)
    {
        // Who did not help is asked again only after everybody else.
        ImmutableSortedSet<CompanyId> all = Reachable;
        if (all.IsEmpty)
        {
            return false;
        }

        CompanyId peer = all.FirstOrDefault(each => _asked is null || each > _asked, all[0]);
        while (_answers.Reader.TryRead(out _))
        {
            // What came too late is asked again.
        }

        peers.Send(peer, PeerMessage.Codec.Encode(new PeerMessage.BlockRequest(hole.From)));
        using CancellationTokenSource patience =
            new(NodeLimits.ChainAnswerTimeout, wall);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            while (true)
            {
                OlderBlocks answer = await _answers.Reader.ReadAsync(either.Token);
                if (answer.From == peer && answer.Blocks[0].Height == hole.From)
                {
                    int filled = Fill(hole, answer);
                    _asked = filled > 0 ? _asked : peer;
                    return filled > 0;
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            _asked = peer;
            return false;
        }
    }

    private int Fill(MissingBlocks hole, OlderBlocks answer)
    {
        if (Before(hole.From) is not var (previous, root)
            || store.ReadGovernance(root) is not { } governance)
        {
            LogUnknown(logger, hole.From);
            return 0;
        }

        List<StoredAppend> found = [];
        foreach (ConsensusMessage.Decided proof in answer.Blocks)
        {
            long height = hole.From + found.Count;
            if (height > hole.To)
            {
                break;
            }

            if (!SealedBlock.TryRead(proof.Value, out SealedBlock? block)
                || block.Seal.Height != height
                || block.Seal.Previous != previous
                || !BlockProof.Of(proof).Proves(
                    block.Digest, height, MemberSets.Of(governance), _verifier))
            {
                LogRefused(logger, answer.From, height);
                break;
            }

            if (height == hole.To && !Meets(block))
            {
                LogFork(logger, height);
                return 0;
            }

            found.Add(ChainRows.Of(block, proof));
            previous = block.Digest;
            if (block.Seal.GovernanceRoot != root)
            {
                root = block.Seal.GovernanceRoot;
                if (store.ReadGovernance(root) is not { } next)
                {
                    // It is learnt from the state when the chain is executed, or with a snapshot.
                    break;
                }

                governance = next;
            }
        }

        store.WriteMissing(found);
        if (found.Count > 0)
        {
            LogFilled(logger, found.Count, hole.From, hole.To, answer.From);
        }

        return found.Count;
    }

    /// <summary>Digest and governance root that the block at a height hangs on.</summary>
    private (Digest Tip, Digest Root)? Before(long height)
    {
        if (height == 1)
        {
            return (genesis.NetworkId, LedgerState.FromGenesis(genesis).GovernanceRoot);
        }

        return ChainRows.Read(store, height - 1) is { } proof
            && SealedBlock.TryRead(proof.Value, out SealedBlock? block)
                ? (block.Digest, block.Seal.GovernanceRoot)
                : null;
    }

    /// <summary>Whether the stored block above hangs on this one.</summary>
    private bool Meets(SealedBlock block) =>
        ChainRows.Read(store, block.Seal.Height + 1) is not { } proof
        || (SealedBlock.TryRead(proof.Value, out SealedBlock? above)
            && above.Seal.Previous == block.Digest);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Count} blocks from {From} on, of those missing up to {To}, came from {Peer}.")]
    private static partial void LogFilled(
        ILogger logger, int count, long from, long to, CompanyId peer);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{From} sent block {Height} without a sound proof; another peer is asked.")]
    private static partial void LogRefused(ILogger logger, CompanyId from, long height);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Block {Height} cannot be put back yet: who decided it is not known here.")]
    private static partial void LogUnknown(ILogger logger, long height);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "FORK: block {Height} of a peer is proven, and the stored block above hangs on "
            + "another one. Keep both stores: the proofs convict who signed twice.")]
    private static partial void LogFork(ILogger logger, long height);
}
