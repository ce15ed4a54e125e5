using System.Collections.Immutable;
using System.Diagnostics;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Simulation.Consensus;

namespace Tomada.Simulation.Cluster;

/// <summary>Virtual time, network and all nodes of one history.</summary>
internal sealed partial class ClusterWorld
{
    private const int DeskPeriodMs = 400;
    private const int LoadPeriodMs = 100;
    private readonly PriorityQueue<ClusterHappening, (long Ms, long Order)> _queue = new();
    private readonly List<ClusterNode> _nodes = [];
    private readonly Dictionary<(int From, int To), long> _newestArrived = [];
    private readonly bool _keepsLog;
    private readonly ClusterLiar? _liar;
    private int _cut = -1;
    private bool _hasCrashed;
    private long _order;
    private long _number;

    public ClusterWorld(ulong seed, ClusterOptions options)
    {
        _keepsLog = options.KeepsLog;
        Mutation = options.Mutation;
        Random = new SimulationRandom(seed);
        Plan = options.Plan ?? new ClusterPlan(Random);
        Genesis = ClusterCompanies.Found(Plan.N, Plan.IsSimulated);
        LedgerState founded = LedgerState.FromGenesis(Genesis);
        Oracles = new ClusterOracles(founded, Plan, () => NowMs);
        Network = founded.Network;
        _wanted = WantedChange.Of(Plan, Network);
        for (int i = 0; i < Plan.N + (Plan.HasNewcomer ? 1 : 0); i++)
        {
            int skewMs = Random.Between(-Plan.ClockSkewMaxMs, Plan.ClockSkewMaxMs);
            _nodes.Add(new ClusterNode(this, ClusterCompanies.Company(i), i, skewMs));
        }

        _liar = Plan.Liar >= 0 ? new ClusterLiar(this, _nodes[Plan.Liar]) : null;
    }

    public SimulationRandom Random { get; }

    public ClusterPlan Plan { get; }

    public Genesis Genesis { get; }

    public Digest Network { get; }

    public ReplicationMutation Mutation { get; }

    public ClusterOracles Oracles { get; }

    public long NowMs { get; private set; }

    public long Events { get; private set; }

    public bool IsHealed { get; private set; }

    public List<string> Log { get; } = [];

    public void Run()
    {
        Note($"plan {Plan}");
        At(Plan.FaultsUntilMs, new ClusterHappening.Healed());
        At(DeskPeriodMs, new ClusterHappening.DesksWoke());
        if (Plan.LoadUntilMs > 0)
        {
            At(DeskPeriodMs, new ClusterHappening.LoadCame());
        }

        if (Plan.CutNode >= 0)
        {
            At(Plan.CutAtMs, new ClusterHappening.CutChanged(Plan.CutNode));
            At(Plan.CutAtMs + Plan.CutMs, new ClusterHappening.CutChanged(-1));
        }

        if (Plan.JumpNode >= 0)
        {
            At(Plan.JumpAtMs, new ClusterHappening.ClockJumped());
        }

        foreach (ClusterNode node in _nodes)
        {
            int from = node.Index < Plan.N ? Random.Between(0, 500) : Plan.NewcomerFromMs;
            At(from, new ClusterHappening.Restarted(node));
        }

        if (Plan.DiskLoss == DiskLoss.OlderCopy)
        {
            At(Plan.CopyAtMs, new ClusterHappening.DiskCopied());
        }

        while (!IsOver() && _queue.TryDequeue(out ClusterHappening? next, out (long Ms, long) at))
        {
            NowMs = at.Ms;
            Events++;
            if (Events > ClusterSimulation.EventsMax
                || NowMs > Plan.FaultsUntilMs + ClusterSimulation.EndMaxMs)
            {
                throw new ViolationException(
                    $"the story has no end after the faults ended at {Plan.FaultsUntilMs} ms");
            }

            Handle(next);
        }

        Oracles.JudgeEnd(_nodes);
    }

    public void Send(ClusterNode from, CompanyId? to, PeerMessage message)
    {
        bool lies = from.Index == Plan.Liar;
        if (_keepsLog)
        {
            Note($"{from.Company} to {to?.ToString() ?? "all"}: {BlockText.Of(message)}");
        }

        byte[] bytes = PeerMessage.Codec.Encode(message);
        bool isAnswer = message is PeerMessage.BlockAnswer;

        // Somebody restores its disk while it can ask all, and asks until it is answered.
        bool isSure = Plan.DiskLoss != DiskLoss.None
            && message is PeerMessage.NewestVote or PeerMessage.NewestVoteAsked;
        foreach (ClusterNode node in _nodes)
        {
            if (node == from || (to is not null && node.Company != to))
            {
                continue;
            }

            foreach (byte[] said in lies
                ? _liar!.Say(node, message).Select(PeerMessage.Codec.Encode) : [bytes])
            {
                Transmit(
                    new ClusterHappening.Arrived(node, from, said, _number++, isAnswer), isSure);
            }
        }
    }

    /// <summary>Where in these effects the node dies; null: it lives on.</summary>
    public CrashPoint? CrashNow(ClusterNode node, List<ReplicatorOutput> outputs)
    {
        bool has = outputs.Exists(each => !each.Votes.IsEmpty || !each.Append.IsEmpty
            || !each.PendingAdded.IsEmpty || !each.PendingRemoved.IsEmpty);
        if (!has || !MayCrash(node) || Plan.DiesAtSnapshot
            || Plan.CrashAtMs % CrashesPerHeadCrash == 0)
        {
            return null;
        }

        _hasCrashed = true;
        return Plan.CrashPoint;
    }

    public void Crashed(ClusterNode node)
    {
        Note($"{node.Company} dies {Plan.CrashPoint}");
        Oracles.Faults.Met(Plan.CrashPoint switch
        {
            CrashPoint.BeforeSync => ClusterFaults.CrashBeforeSync,
            CrashPoint.AfterSync => ClusterFaults.CrashAfterSync,
            CrashPoint.WhileSending => ClusterFaults.CrashWhileSending,
            CrashPoint.AfterSending => ClusterFaults.CrashAfterSending,
            _ => throw new UnreachableException(Plan.CrashPoint.ToString()),
        });
        Oracles.Crashed(node);
        At(NowMs + Plan.DownMs, new ClusterHappening.Restarted(node));
        ReachAll();
    }

    public void Restarting(ClusterNode node, int pending, bool hasVotes)
    {
        Note($"{node.Company} starts at height {node.Disk.Height} with {pending} waiting");
        Oracles.Faults.Met(ClusterFaults.KeptByRestart, pending);
        Oracles.Faults.Met(ClusterFaults.VoteKeptByRestart, hasVotes ? 1 : 0);
    }

    public void Synced(ClusterNode node, List<ReplicatorOutput> outputs, bool isAnswer)
    {
        int changes = Oracles.Changes.Count;
        Oracles.Synced(node.Company, outputs);
        foreach (ConcludedChange change in Oracles.Changes.Skip(changes))
        {
            Changed(change);
        }

        foreach (AppendedBlock block in outputs.SelectMany(each => each.Append))
        {
            Oracles.Faults.Met(ClusterFaults.CatchUp, isAnswer ? 1 : 0);
            if (_keepsLog)
            {
                Note($"{node.Company} appends {BlockText.Of(block)}");
            }

            LookSoon(node);
        }

        if (_keepsLog)
        {
            foreach (RefusedInput refused in outputs.SelectMany(each => each.Refusals))
            {
                Note($"{node.Company} refuses {refused}");
            }
        }
    }

    public void Submitted(ClusterNode node, SignedTransaction transaction, string key)
    {
        Note($"{node.Company} submits {key} {transaction.Id.Digest.ToShortString()}"
            + $" until {transaction.Content.ValidUntil}");
        Oracles.Submitted(node.Company, transaction, key);
    }

    public void Ended(ClusterNode node, EndedTransaction ended)
    {
        Note($"{node.Company} is told {ended.Id.Digest.ToShortString()} {ended.End}: {ended.Why}");
        Oracles.Ended(node.Company, ended);
        LookSoon(node);
    }

    public void WakeAt(ClusterNode node, long ms)
    {
        node.TickVersion++;
        if (ms < long.MaxValue)
        {
            At(ms, new ClusterHappening.Ticked(node, node.TickVersion));
        }
    }

    private bool IsOver() => IsHealed && Oracles.Heads.HasQuorum && _nodes.TrueForAll(node =>
        node.IsUp && node.State.Height == Oracles.Highest && node.Disk.Pending.Count == 0
        && node.IsDone
        && (_wanted.IsEmpty || MembershipDuties.IsOver(node.State, _wanted))
        && (!Plan.HasTrips
            || (Duties.IsOver(node.State) && StationDuties.AreRenewed(node.State))));

    private void Handle(ClusterHappening happening)
    {
        switch (happening)
        {
            case ClusterHappening.Ticked ticked when ticked.Version == ticked.Node.TickVersion:
                ticked.Node.Tick();
                break;
            case ClusterHappening.Ticked:
                break;
            case ClusterHappening.Arrived arrived:
                Arrive(arrived);
                break;
            case ClusterHappening.DeskLooked { Node: var node }:
                node.WillLook = false;
                if (node.IsUp)
                {
                    node.Work();
                }

                break;
            case ClusterHappening.DesksWoke:
                foreach (ClusterNode node in _nodes.Where(each => each.IsUp))
                {
                    node.Work();
                }

                At(NowMs + DeskPeriodMs, happening);
                break;
            case ClusterHappening.LoadCame:
                LoadAll();
                break;
            case ClusterHappening.ReachChanged { Node: var node }:
                node.Reach(ReachableFrom(node));
                break;
            case ClusterHappening.DiskCopied:
                _copy = _nodes[Plan.CrashNode].Disk.Copy();
                break;
            case ClusterHappening.Restarted { Node: var node }:
                LoseDisk(node);
                node.Start(ReachableFrom(node));
                LookSoon(node);
                ReachAll();
                break;
            case ClusterHappening.CutChanged cut:
                Cut(cut.Node);
                break;
            case ClusterHappening.ClockJumped:
                Oracles.Faults.Met(ClusterFaults.ClockJumped);
                _nodes[Plan.JumpNode].SkewMs = Plan.JumpMs;
                break;
            case ClusterHappening.Healed:
                Heal();
                break;
            case ClusterHappening.CaughtUpBy { Height: var height }:
                ClusterOracles.JudgeCaughtUp(_nodes, height);
                break;
            default:
                throw new UnreachableException(happening.ToString());
        }
    }

    private void LoadAll()
    {
        _nodes.ForEach(node => node.Load());
        if (NowMs < Plan.LoadUntilMs)
        {
            At(NowMs + LoadPeriodMs, new ClusterHappening.LoadCame());
        }
    }

    private void LookSoon(ClusterNode node)
    {
        if (!node.WillLook)
        {
            node.WillLook = true;
            At(NowMs, new ClusterHappening.DeskLooked(node));
        }
    }

    private void Transmit(ClusterHappening.Arrived message, bool isSure)
    {
        if (!IsConnected(message.From, message.Node))
        {
            return;
        }

        if (isSure)
        {
            At(NowMs + 1, message);
            return;
        }

        if (Random.Chance(Plan.LossPerMillion))
        {
            Oracles.Faults.Met(ClusterFaults.MessageLost);
            return;
        }

        At(NowMs + LatencyMs(), message);
        if (Random.Chance(Plan.DuplicatePerMillion))
        {
            Oracles.Faults.Met(ClusterFaults.MessageDuplicated);
            At(NowMs + LatencyMs(), message);
        }
    }

    private void Arrive(ClusterHappening.Arrived arrived)
    {
        if (!arrived.Node.IsUp || !IsConnected(arrived.From, arrived.Node))
        {
            return;
        }

        (int, int) link = (arrived.From.Index, arrived.Node.Index);
        long newest = _newestArrived.GetValueOrDefault(link, -1);
        if (arrived.Number < newest)
        {
            Oracles.Faults.Met(ClusterFaults.MessageOvertaken);
        }

        _newestArrived[link] = Math.Max(newest, arrived.Number);
        byte[]? heard = arrived.Node.Index == Plan.Censor
            ? ClusterCensor.LeftOf(arrived.Bytes, Plan, Oracles.Faults) : arrived.Bytes;
        if (Plan.DiskLoss != DiskLoss.None && arrived.From.Index == Plan.CrashNode
            && PeerMessage.Codec.Decode(arrived.Bytes) is PeerMessage.Voting voting)
        {
            Oracles.Heard(voting.Message);
        }

        if (arrived.Node.Index == Plan.Liar)
        {
            _liar!.Heard(PeerMessage.Codec.Decode(arrived.Bytes));
        }

        if (heard is not null)
        {
            arrived.Node.Receive(arrived.From.Company, heard, arrived.IsAnswer);
        }
    }

    private void At(long ms, ClusterHappening happening) =>
        _queue.Enqueue(happening, (ms, _order++));

    private void Note(string line)
    {
        if (_keepsLog)
        {
            Log.Add($"{NowMs} {line}");
        }
    }
}
