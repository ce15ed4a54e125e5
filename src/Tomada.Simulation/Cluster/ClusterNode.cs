using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Simulation.Consensus;

namespace Tomada.Simulation.Cluster;

/// <summary>
/// One company's node: the real replicator, driven as the node's loop drives it, on a virtual disk,
/// and the company's desks above it. A crash loses everything but the disk.
/// </summary>
internal sealed partial class ClusterNode(
    ClusterWorld world, CompanyId company, int index, int skewMs)
{
    /// <summary>T0 of consensus in simulated networks.</summary>
    private const int BaseTimeoutMs = 200;

    private readonly HashSet<Digest> _proposed = [];
    private readonly Dictionary<TransactionId, (string Key, Timestamp Until)> _waiting = [];
    private Replicator? _replicator;
    private ClusterHeads? _heads;
    private long _lastNumber;

    public CompanyId Company => company;

    /// <summary>Position among the nodes.</summary>
    public int Index => index;

    /// <summary>How far its wall clock is ahead.</summary>
    public int SkewMs { get; set; } = skewMs;

    public VirtualDisk Disk { get; private set; } = new();

    public bool IsUp => _replicator is not null;

    /// <summary>
    /// Whether its chain is whole, and the ledger has what this node can convict others of.
    /// </summary>
    public bool IsDone => _fetch is null && Disk.LowestHole is null && IsReported;

    private bool IsReported => !State.Members.ContainsKey(company)
        || EvidenceDuties.AreReported(State, company, Disk);

    /// <summary>The newest applied state; while the node is up.</summary>
    public LedgerState State => _replicator!.State;

    /// <summary>The disk is not there any more; another comes in its place.</summary>
    public void Replace(VirtualDisk disk) => Disk = disk;

    /// <summary>Which tick is the newest that was asked for; older ones are ignored.</summary>
    public long TickVersion { get; set; }

    /// <summary>Whether the desks are to look at the ledger at this instant.</summary>
    public bool WillLook { get; set; }

    private Timestamp Wall =>
        new(ClusterCompanies.Epoch.UnixMs + 10_000 + world.NowMs + SkewMs);

    private Timestamp LedgerNow => State.Clock.ToLedger(Wall);

    /// <summary>Starts from what the disk holds, as the node's loop does.</summary>
    public void Start(ImmutableSortedSet<CompanyId> reachable)
    {
        _replicator = new Replicator(
            new ReplicatorOptions(
                company, ClusterCompanies.VoterOf(company), StandInSignatures.Verify,
                BaseTimeoutMs)
            {
                Mutation = world.Mutation,
                SignerOf = key => key == Disk.LostKey
                    ? null : ClusterKeys.SignerOf(company, key),
                SnapshotGapMin = world.Plan.SnapshotGap > 0
                    ? world.Plan.SnapshotGap : long.MaxValue,
            },
            world.Genesis);
        _heads = new ClusterHeads(world, this);
        _proposed.Clear();
        _waiting.Clear();
        _reachable = reachable.Remove(company);
        if (Disk.ReadStanding(world.Genesis) is { } standing)
        {
            _replicator.Resume(standing);
        }

        for (long height = State.Height + 1; height <= Disk.Height; height++)
        {
            ConsensusMessage.Decided? stored = Disk.ReadBlock(height);
            Invariant.Require(stored is not null, $"{company}: no hole above its snapshot");
            AppliedBlock? block = _replicator.Restore(stored);
            Invariant.Require(block is not null, $"{company}: block {height} of the disk is sound");
            Remember(block);
        }

        if (!Fetches())
        {
            Begin(reachable);
        }
    }

    /// <summary>Takes part from now on.</summary>
    private void Begin(ImmutableSortedSet<CompanyId> reachable)
    {
        _heads!.StandAt(State);
        SignedTransaction[] pending = [.. Disk.Pending];
        world.Restarting(this, pending.Length, Disk.Votes.Any());
        _lastNumber = Math.Max(
            State.Lanes.GetValueOrDefault(new LaneId(company, 0), Lane.Unused).Highest,
            pending.Where(each => each.Content.Company == company)
                .Select(each => each.Content.Number).DefaultIfEmpty().Max());
        foreach (SignedTransaction each in pending)
        {
            // A driver waits for an answer that this node still owes; all else is asked again.
            if (each.Content.Company == company && each.Content.Body is ProposeTrip)
            {
                _waiting[each.Id] = ("propose", each.Content.ValidUntil);
            }
        }

        CarryOut([_replicator!.Start(Disk.Votes, pending, world.NowMs, Wall)], isAnswer: false);
        if (IsUp)
        {
            Step(new ReplicatorInput.PeersReachable(reachable));
        }
    }

    public void Tick()
    {
        if (!TickFetch())
        {
            Step(null);
        }
    }

    public void Receive(CompanyId from, byte[] bytes, bool isAnswer)
    {
        if (!HearFetch(from, bytes))
        {
            Step(new ReplicatorInput.Received(from, bytes), isAnswer);
        }
    }

    public void Reach(ImmutableSortedSet<CompanyId> peers)
    {
        _reachable = peers.Remove(company);
        if (!ReachFetch())
        {
            Step(new ReplicatorInput.PeersReachable(peers));
        }
    }

    /// <summary>Asks the desks what they owe and submits what is not waiting already.</summary>
    public void Work()
    {
        if (_fetch is not null)
        {
            return;
        }

        FillHole();
        DeskView view = new(
            State, company, world.Plan, LedgerNow, _proposed, world.IsHealed,
            world.MembersSeenBy(this));
        GiveUpWaiting();
        foreach (Duty duty in Duties.Of(view).Concat(EvidenceDuties.Of(view, Disk)).ToList())
        {
            if (!IsUp)
            {
                return;
            }

            if (!_waiting.Values.Any(each => each.Key == duty.Key))
            {
                Submit(duty);
            }
        }
    }

    /// <summary>Submits something that changes nothing, so that blocks go on.</summary>
    public void Load()
    {
        if (!IsUp || _fetch is not null || !State.Members.ContainsKey(company))
        {
            return;
        }

        TariffId tariff = ClusterCompanies.TariffOf(company);
        Submit(new Duty($"load {world.NowMs}", new PutTariff(
            tariff, ClusterCompanies.Price(company))));
    }

    /// <summary>
    /// Only a block can say that a transaction expired, and an idle network makes none. Who still
    /// owes the matter says it again once every clock has passed the first one's time.
    /// </summary>
    private void GiveUpWaiting()
    {
        long passedMs = LedgerNow.UnixMs
            - (2 * ReplicationLimits.ClockToleranceMs * State.Clock.Factor);
        foreach (TransactionId overdue in _waiting
            .Where(each => each.Value.Until.UnixMs < passedMs)
            .Select(each => each.Key).ToList())
        {
            _waiting.Remove(overdue);
        }
    }

    private void Submit(Duty duty)
    {
        Timestamp validUntil = new(Math.Max(LedgerNow.UnixMs, State.Time.UnixMs)
            + ((long)world.Plan.ValidityMs * State.Clock.Factor));
        long used = State.Lanes.GetValueOrDefault(new LaneId(company, 0), Lane.Unused).Highest;
        _lastNumber = Math.Max(_lastNumber, used) + 1;
        Transaction content = new(
            State.Network, company, 0, _lastNumber, validUntil, duty.Body);
        SignedTransaction transaction =
            SignedTransaction.Sign(content, ClusterKeys.IdentitySigner(State, company));
        _waiting[transaction.Id] = (duty.Key, validUntil);
        world.Submitted(this, transaction, duty.Key);
        Step(new ReplicatorInput.Submitted(transaction));
    }

    private void Step(ReplicatorInput? input, bool isAnswer = false)
    {
        if (_replicator is null)
        {
            return;
        }

        List<ReplicatorOutput> outputs =
            [_replicator.Step(new ReplicatorInput.Tick(world.NowMs, Wall))];
        if (input is not null)
        {
            outputs.Add(_replicator.Step(input));
        }

        CarryOut(outputs, isAnswer);
    }

    /// <summary>Write and sync, send, serve, publish; and die in between when it is time.</summary>
    private void CarryOut(List<ReplicatorOutput> outputs, bool isAnswer)
    {
        CrashPoint? crash = world.CrashNow(this, outputs);
        if (crash == CrashPoint.BeforeSync)
        {
            Die();
            return;
        }

        Disk.Write(outputs);
        world.Synced(this, outputs, isAnswer);
        if (crash == CrashPoint.AfterSync)
        {
            Die();
            return;
        }

        SendAll(outputs, crash);
        if (crash is not null)
        {
            Die();
            return;
        }

        Publish(outputs);
        if (!_heads!.Work())
        {
            Die();
            return;
        }

        if (Disk.LowestHole is null)
        {
            KeepSnapshot();
        }

        if (outputs.Exists(each => each.FarAhead is not null))
        {
            OpenAnew();
            return;
        }

        long wakeMs = Math.Min(_replicator!.WakeAtMs, _heads.WakeAtMs);
        world.WakeAt(this, Math.Max(wakeMs, world.NowMs + 1));
    }

    private void Publish(List<ReplicatorOutput> outputs)
    {
        foreach (ReplicatorOutput output in outputs)
        {
            foreach (AppendedBlock block in output.Append)
            {
                Remember(block.Applied);
                _heads!.Stand(block.Applied);
            }

            foreach (HeadInput input in output.Heads)
            {
                _heads!.Hear(input);
            }

            foreach (EndedTransaction ended in output.Ended)
            {
                _waiting.Remove(ended.Id);
                world.Ended(this, ended);
            }
        }
    }

    private void SendAll(List<ReplicatorOutput> outputs, CrashPoint? crash)
    {
        foreach (ReplicatorOutput output in outputs)
        {
            foreach (OutgoingMessage message in output.Send)
            {
                if (crash == CrashPoint.WhileSending && world.Random.Chance(300_000))
                {
                    return;
                }

                world.Send(this, message.To, message.Message);
            }

            foreach (BlockService service in output.Serve)
            {
                world.Send(this, service.To, Disk.ReadAnswer(service.FromHeight));
            }

            Serve(output);
        }
    }

    private void Die()
    {
        (_replicator, _fetch) = (null, null);
        world.Crashed(this);
    }

    private void Remember(AppliedBlock block)
    {
        foreach (Entry entry in block.Entries)
        {
            if (entry is TransactionEntry { Transaction: var bytes }
                && SignedTransaction.TryDecode(bytes, out SignedTransaction? decided, out _)
                && decided!.Content.Company == company)
            {
                _waiting.Remove(decided.Id);
                if (decided.Content.Body is ProposeTrip trip)
                {
                    _proposed.Add(trip.Driver);
                }
            }
        }
    }
}
