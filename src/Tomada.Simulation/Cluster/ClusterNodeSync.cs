using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Simulation.Consensus;

namespace Tomada.Simulation.Cluster;

/// <content>
/// Snapshots as the node makes, offers and takes them: at a start, and by starting anew where it
/// runs far behind. The blocks below one come in while the node works.
/// </content>
internal sealed partial class ClusterNode
{
    private const int PeersWaitMs = 2_000;
    private const int AnswerMs = 2_000;
    private ImmutableSortedSet<CompanyId> _reachable = [];
    private SnapshotFetch? _fetch;
    private long _patienceMs;

    /// <summary>Asks for a snapshot first; false: none is wanted.</summary>
    private bool Fetches()
    {
        if (world.Plan.SnapshotGap == 0)
        {
            return false;
        }

        _patienceMs = world.NowMs + PeersWaitMs;
        LeaderTerm term = _replicator!.Standing?.Term
            ?? LeaderTerm.AtGenesis(MemberSets.Of(State), State.Time);
        _fetch = new SnapshotFetch(
            State, term, StandInSignatures.Verify, null, world.Plan.SnapshotGap, AnswerMs);
        Ask(_fetch.Reach(_reachable, world.NowMs));
        return true;
    }

    private bool TickFetch()
    {
        bool isFetching = _fetch is not null;
        Ask(_fetch?.Tick(world.NowMs));
        return isFetching;
    }

    private bool ReachFetch()
    {
        bool isFetching = _fetch is not null;
        Ask(_fetch?.Reach(_reachable, world.NowMs));
        return isFetching;
    }

    /// <summary>What is no answer is lost: its sender says it again.</summary>
    private bool HearFetch(CompanyId from, byte[] bytes)
    {
        bool isFetching = _fetch is not null;
        if (isFetching && PeerMessage.Codec.Decode(bytes) is PeerMessage.Syncing syncing)
        {
            Ask(_fetch!.Hear(from, syncing.Message, world.NowMs));
        }

        return isFetching;
    }

    private void Ask(SnapshotQuestion? question)
    {
        if (_fetch is not { } fetch)
        {
            return;
        }

        world.Oracles.Faults.Met(ClusterFaults.SnapshotRefused, fetch.TakeRefused().Count);
        if (question is { } next)
        {
            world.Send(this, next.To, new PeerMessage.Syncing(next.Message));
        }

        if (fetch.IsOver || (_reachable.IsEmpty && world.NowMs >= _patienceMs))
        {
            _fetch = null;
            if (fetch.Taken is { } standing && !Adopt(standing, fetch.Governances))
            {
                return;
            }

            Begin(_reachable.Add(company));
        }
        else
        {
            long wakeMs = _reachable.IsEmpty ? _patienceMs : fetch.WakeAtMs;
            world.WakeAt(this, Math.Max(wakeMs, world.NowMs + 1));
        }
    }

    /// <summary>The snapshot first, then its block: a crash between them loses both.</summary>
    private bool Adopt(Standing standing, ImmutableList<Governance> governances)
    {
        Disk.Write(standing);
        if (world.CrashesAtSnapshot(this))
        {
            Die();
            return false;
        }

        Disk.Adopt(standing.Tip, governances);
        _replicator!.Resume(standing);
        world.Oracles.Adopted(company, standing);
        return true;
    }

    private void KeepSnapshot()
    {
        if (world.Plan.SnapshotGap > 0 && _replicator!.Standing is { } standing
            && State.Height - (Disk.NewestSnapshot?.Height ?? 0) >= world.Plan.SnapshotEvery)
        {
            Disk.Write(standing);
        }
    }

    /// <summary>Stops in good order and starts again, which takes up the snapshot.</summary>
    private void OpenAnew()
    {
        (_replicator, _fetch) = (null, null);
        world.OpensAnew(this);
    }

    private void Serve(ReplicatorOutput output)
    {
        foreach (SyncInput input in output.Syncing)
        {
            if (Disk.Answer(input.Message) is { } answer)
            {
                world.Send(this, input.From, new PeerMessage.Syncing(answer));
            }
        }

        foreach (OlderBlocks older in output.Older)
        {
            Fill(older);
        }
    }

    private void FillHole()
    {
        if (Disk.LowestHole is { } hole && !_reachable.IsEmpty)
        {
            CompanyId peer = _reachable[world.Random.Below(_reachable.Count)];
            world.Send(this, peer, new PeerMessage.BlockRequest(hole));
        }
    }

    /// <summary>Takes what hangs on the block below.</summary>
    private void Fill(OlderBlocks older)
    {
        foreach (ConsensusMessage.Decided block in older.Blocks)
        {
            if (Disk.LowestHole == block.Height
                && SealedBlock.TryRead(block.Value, out SealedBlock? read)
                && read.Seal.Previous == TipBelow(block.Height))
            {
                Disk.Fill(block);
                world.Oracles.Faults.Met(ClusterFaults.HoleFilled);
            }
        }
    }

    private Digest TipBelow(long height) => height == 1
        ? world.Network
        : SealedBlock.TryRead(Disk.ReadBlock(height - 1)!.Value, out SealedBlock? below)
            ? below.Digest
            : throw new InvariantBrokenException("a stored block has a seal");
}
