using System.Collections.Immutable;
using System.Diagnostics;
using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>Virtual time, network and all nodes of one history.</summary>
internal sealed class ConsensusWorld
{
    private const int BaseTimeoutMs = 200;
    private const int ClockJumpMaxMs = 5_000;
    private readonly PriorityQueue<Happening, (long Ms, long Order)> _queue = new();
    private readonly List<SimulatedNode> _nodes = [];
    private readonly SortedDictionary<CompanyId, Liar> _liars = [];
    private readonly Dictionary<long, MemberSet> _members = [];
    private readonly List<Member> _pool = [];
    private readonly HistorySignatures _signatures;
    private readonly Oracles _oracles;
    private readonly VoteVerifier _verifier;
    private readonly Links _links;
    private readonly ConsensusSimulationOptions _options;
    private long _fastestSkewMs;
    private long _order;
    private long _number;
    private long _sent;

    public ConsensusWorld(ulong seed, ConsensusSimulationOptions options)
    {
        _options = options;
        Random = new SimulationRandom(seed);
        Plan = new FaultPlan(Random, options.Members);
        _signatures = Plan.HasRealSignatures
            ? new HistorySignatures.Real()
            : new HistorySignatures.StandIn();
        Faults.Met(ConsensusFaults.RealSignatures, Plan.HasRealSignatures ? 1 : 0);
        _verifier = new VoteVerifier(Digest.Of("simulated network"u8), _signatures.Verify);
        _oracles = new Oracles(MembersAt, _verifier, options.ChecksProofs, Plan.Liars);
        _links = new Links(Random, Plan, Faults);
        for (int i = 0; i < Plan.N + (Plan.HasNewcomer ? 1 : 0); i++)
        {
            _pool.Add(new Member(
                CompanyId.Parse($"br-{(char)('a' + i)}{(char)('a' + i)}{(char)('a' + i)}"),
                _signatures.KeyOf(i)));
        }

        _oracles.Begin(SimulatedNode.Epoch);
        MakeNodes();
    }

    public SimulationRandom Random { get; }

    public FaultPlan Plan { get; }

    public FaultTable Faults { get; } = new();

    public ProtocolMutation Mutation => _options.Mutation;

    public long NowMs { get; private set; }

    public long Events { get; private set; }

    public int HighestBallot { get; private set; }

    public List<string> Log { get; } = [];

    /// <summary>Height that every honest node has decided.</summary>
    public long LowestTip => _nodes.Where(node => !node.IsLiar).Min(node => node.TipHeight);

    private bool IsDone => _links.IsHealed && _nodes.TrueForAll(node =>
        node.IsLiar || node.TipHeight >= node.TargetHeight);

    /// <summary>M(h): with a newcomer, the last member is replaced from height 3 on.</summary>
    public MemberSet MembersAt(long height)
    {
        if (_members.TryGetValue(height, out MemberSet? known))
        {
            return known;
        }

        IEnumerable<Member> members = Plan.HasNewcomer && height >= 3
            ? _pool.Take(Plan.N - 1).Append(_pool[^1])
            : _pool.Take(Plan.N);
        MemberSet made = new(members, Digest.Of(BitConverter.GetBytes(height)));
        _members.Add(height, made);
        return made;
    }

    public void Run()
    {
        At(Plan.FaultsUntilMs, new Happening.Healed());
        AtIf(Plan.PartitionPeriodMs, new Happening.PartitionChanged());
        AtIf(Plan.ClockJumpPeriodMs, new Happening.ClockJumped());
        AtIf(Plan.PowerCutAtMs, new Happening.PowerCut());
        foreach (SimulatedNode node in _nodes)
        {
            node.TargetHeight = Plan.HeightsUnderFaults;
            node.Restart(ReachableFrom(node));
        }

        ReachAll();
        while (!IsDone && _queue.TryDequeue(out Happening? next, out (long Ms, long Order) at))
        {
            NowMs = at.Ms;
            Events++;
            ViolationException.Unless(
                Events < ConsensusSimulation.EventsMax
                    && NowMs < Plan.FaultsUntilMs + ConsensusSimulation.RecoveryMaxMs,
                $"no progress after the faults ended at {Plan.FaultsUntilMs} ms");
            Handle(next);
        }

        ViolationException.Unless(IsDone, "nothing more happens, and heights are undecided");
    }

    /// <summary>A node has synced (or, by defect, not) what these messages rest on.</summary>
    public void Signed(SimulatedNode from, ImmutableArray<Outgoing> messages)
    {
        foreach (Outgoing each in from.IsLiar ? [] : messages)
        {
            _oracles.Signed(each.Message, from.Company, from.HasSyncedEndorse);
            if (each.Message is ConsensusMessage.Propose propose)
            {
                _oracles.Made(Digest.Of(propose.Value));
                Faults.Met(
                    ConsensusFaults.LockProposed,
                    propose.Justification is { Lock: not null } ? 1 : 0);
            }
        }
    }

    public void Send(SimulatedNode from, CompanyId? to, ConsensusMessage message)
    {
        Note(from.Company, message);
        foreach (SimulatedNode node in _nodes)
        {
            if (node.Company == from.Company || (to is not null && node.Company != to))
            {
                continue;
            }

            ConsensusMessage? said = from.IsLiar
                ? _liars[from.Company].Tell(node.Index, message, MembersAt(message.Height))
                : message;

            // A twin is heard by part of the network only; which part differs between the two.
            bool isHidden = from.IsLiar && ((from.Index + node.Index) & 1) == 0
                && Random.Chance(800_000);
            if (said is not null && !isHidden)
            {
                Transmit(from, node, said);
            }
        }
    }

    public void Appended(SimulatedNode node, Decision decision)
    {
        Certificate dc = decision.Proof.Certificate;
        if (!node.IsLiar)
        {
            long latestMs = SimulatedNode.Epoch.UnixMs + NowMs + _fastestSkewMs
                + ToyRules.ClockToleranceMs;
            _oracles.Decided(node.Company, decision, new Timestamp(latestMs));
            HighestBallot = Math.Max(HighestBallot, dc.Ballot);
            Faults.Met(ConsensusFaults.BallotChanged, dc.Ballot > 0 ? 1 : 0);
            Faults.Met(ConsensusFaults.Replaced, Plan.HasNewcomer && dc.Height == 3 ? 1 : 0);
        }

        if (_options.KeepsLog)
        {
            Log.Add($"{NowMs} {node.Company} decided {decision.Value.Height} in ballot"
                + $" {dc.Ballot}: {decision.Value.Digest.ToShortString()}");
        }

        At(NowMs, new Happening.WorkChanged(node));
    }

    public void Crashed(SimulatedNode node, int downMs)
    {
        if (_options.KeepsLog)
        {
            Log.Add($"{NowMs} {node.Company} crashed");
        }

        At(NowMs + downMs, new Happening.Restarted(node));
        ReachAll();
    }

    public void WakeAt(SimulatedNode node, long ms)
    {
        node.TickVersion++;
        At(ms, new Happening.Ticked(node, node.TickVersion));
    }

    private void MakeNodes()
    {
        List<int> order = [.. Enumerable.Range(0, Plan.N)];
        HashSet<int> lying = [];
        while (lying.Count < Plan.Liars)
        {
            lying.Add(Random.Pick(order));
        }

        _fastestSkewMs = Plan.ClockSkewMaxMs;
        for (int i = 0; i < _pool.Count; i++)
        {
            // A liar is two replicas with one key, which show different faces to the others.
            for (int twin = 0; twin < (lying.Contains(i) ? 2 : 1); twin++)
            {
                _nodes.Add(new SimulatedNode(
                    this, _pool[i].Company, _nodes.Count, lying.Contains(i),
                    _signatures.SignerOf(i), _verifier, BaseTimeoutMs, SkewMs(), () => ++_number));
            }

            if (lying.Contains(i))
            {
                Faults.Met(ConsensusFaults.Twins);
                _liars.Add(_pool[i].Company, new Liar(
                    Random, Faults, _signatures.SignerOf(i), _pool[i].Company, _verifier.Network,
                    Plan.Lies));
            }
        }
    }

    private int SkewMs() => Random.Between(-Plan.ClockSkewMaxMs, Plan.ClockSkewMaxMs);

    private void Handle(Happening happening)
    {
        switch (happening)
        {
            case Happening.Ticked ticked when ticked.Version == ticked.Node.TickVersion:
                ticked.Node.Tick();
                break;
            case Happening.Ticked:
                break;
            case Happening.Arrived arrived:
                _links.Arrived(arrived.From.Index, arrived.Node.Index, arrived.Number);
                arrived.Node.Receive(arrived.From.Company, arrived.Message);
                Lie(arrived);
                break;
            case Happening.WorkChanged work:
                work.Node.SayWhetherWorkWaits();
                break;
            case Happening.Restarted restarted:
                restarted.Node.Restart(ReachableFrom(restarted.Node));
                ReachAll();
                break;
            case Happening.ReachChanged reach:
                reach.Node.Reach(ReachableFrom(reach.Node));
                break;
            case Happening.PartitionChanged or Happening.ClockJumped or Happening.PowerCut:
                Disturb(happening);
                break;
            case Happening.Healed:
                Heal();
                break;
            default:
                throw new UnreachableException(happening.ToString());
        }
    }

    private void Disturb(Happening happening)
    {
        if (_links.IsHealed)
        {
            return;
        }

        switch (happening)
        {
            case Happening.PartitionChanged:
                _links.Change();
                ReachAll();
                At(NowMs + Random.Between(1, 2 * Plan.PartitionPeriodMs), happening);
                break;
            case Happening.ClockJumped:
                Faults.Met(ConsensusFaults.ClockJumped);
                int jumpMs = Random.Between(-ClockJumpMaxMs, ClockJumpMaxMs);
                Random.Pick(_nodes).ClockSkewMs = jumpMs;
                _fastestSkewMs = Math.Max(_fastestSkewMs, jumpMs);
                At(NowMs + Random.Between(1, 2 * Plan.ClockJumpPeriodMs), happening);
                break;
            case Happening.PowerCut:
                Faults.Met(_nodes.Exists(node => !node.IsLiar && node.HoldsLock)
                    ? ConsensusFaults.PowerCutWithLock
                    : ConsensusFaults.PowerCut);
                _nodes.ForEach(node => node.CutPower(Plan.PowerCutMs + Random.Between(0, 300)));
                break;
        }
    }

    private void Heal()
    {
        _links.Heal();
        Plan.End();
        Faults.Met(ConsensusFaults.SlowNetwork, Plan.LatencyAfterMs > 0 ? 1 : 0);
        foreach (SimulatedNode node in _nodes)
        {
            node.ClockSkewMs = SkewMs();
            node.TargetHeight = Math.Max(_oracles.HighestDecided, Plan.HeightsUnderFaults)
                + ConsensusSimulation.HeightsAfterFaults;
            At(NowMs, new Happening.WorkChanged(node));
        }

        ReachAll();
    }

    private void Lie(Happening.Arrived heard)
    {
        if (!heard.Node.IsLiar || !Random.Chance(200_000))
        {
            return;
        }

        MemberSet members = MembersAt(heard.Message.Height);
        foreach (ConsensusMessage lie in
            _liars[heard.Node.Company].AnswerTo(heard.Message, members))
        {
            foreach (SimulatedNode node in
                _nodes.Where(each => !each.IsLiar && Random.Chance(700_000)))
            {
                Transmit(heard.Node, node, lie);
            }
        }
    }

    private void Transmit(SimulatedNode from, SimulatedNode to, ConsensusMessage message)
    {
        if (!_links.Reaches(from.Index, to.Index))
        {
            return;
        }

        ConsensusMessage carried = message;
        if (Plan.ChecksCodec)
        {
            byte[] bytes = ConsensusMessage.Codec.Encode(message);
            bool ok = ConsensusMessage.Codec.TryDecode(bytes, out carried!, out string? why);
            ViolationException.Unless(ok, $"a message does not decode: {why}");
        }

        Happening.Arrived arrived = new(to, from, carried, ++_sent);
        foreach (int afterMs in _links.Deliveries())
        {
            At(NowMs + afterMs, arrived);
        }
    }

    private ImmutableSortedSet<CompanyId> ReachableFrom(SimulatedNode node) =>
    [
        .. _nodes.Where(other => other.IsUp && _links.Reaches(other.Index, node.Index))
            .Select(other => other.Company),
    ];

    private void ReachAll()
    {
        foreach (SimulatedNode node in _nodes)
        {
            At(NowMs, new Happening.ReachChanged(node));
        }
    }

    private void At(long ms, Happening happening) => _queue.Enqueue(happening, (ms, _order++));

    private void AtIf(long ms, Happening happening)
    {
        if (ms > 0)
        {
            At(ms, happening);
        }
    }

    private void Note(CompanyId from, ConsensusMessage message)
    {
        if (_options.KeepsLog && message is not ConsensusMessage.Tip)
        {
            Log.Add($"{NowMs} {from} {MessageText.Of(message)}");
        }
    }
}
