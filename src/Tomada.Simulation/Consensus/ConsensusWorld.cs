using System.Collections.Immutable;
using System.Diagnostics;
using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>Virtual time, network and all nodes of one history.</summary>
internal sealed class ConsensusWorld
{
    private const int BaseTimeoutMs = 200;
    private readonly PriorityQueue<Happening, (long Ms, long Order)> _queue = new();
    private readonly List<SimulatedNode> _nodes = [];
    private readonly SortedDictionary<CompanyId, Liar> _liars = [];
    private readonly Dictionary<long, MemberSet> _members = [];
    private readonly List<Member> _pool = [];
    private readonly Oracles _oracles;
    private readonly VoteVerifier _verifier;
    private readonly ConsensusSimulationOptions _options;
    private ulong _cut;
    private bool _isHealed;
    private long _order;
    private long _number;

    public ConsensusWorld(ulong seed, ConsensusSimulationOptions options)
    {
        _options = options;
        Random = new SimulationRandom(seed);
        Plan = new FaultPlan(Random, options.Members);
        _verifier = new VoteVerifier(Digest.Of("simulated network"u8), StandInSignatures.Verify);
        _oracles = new Oracles(MembersAt, _verifier, options.ChecksProofs);
        for (int i = 0; i < Plan.N + (Plan.HasNewcomer ? 1 : 0); i++)
        {
            _pool.Add(new Member(
                CompanyId.Parse($"br-{(char)('a' + i)}{(char)('a' + i)}{(char)('a' + i)}"),
                StandInSignatures.KeyOf(i)));
        }

        MakeNodes();
    }

    public SimulationRandom Random { get; }

    public FaultPlan Plan { get; }

    public ProtocolMutation Mutation => _options.Mutation;

    public long NowMs { get; private set; }

    public long Events { get; private set; }

    public int HighestBallot { get; private set; }

    public List<string> Log { get; } = [];

    /// <summary>Height that every honest node has decided.</summary>
    public long LowestTip => _nodes.Where(node => !node.IsLiar).Min(node => node.TipHeight);

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
        if (Plan.PartitionPeriodMs > 0)
        {
            At(Plan.PartitionPeriodMs, new Happening.PartitionChanged());
        }

        foreach (SimulatedNode node in _nodes)
        {
            node.TargetHeight = Plan.HeightsUnderFaults;
            node.Restart(ReachableFrom(node));
        }

        while (!IsDone && _queue.TryDequeue(out Happening? next, out (long Ms, long Order) at))
        {
            NowMs = at.Ms;
            Events++;
            Require(
                Events < ConsensusSimulation.EventsMax
                    && NowMs < Plan.FaultsUntilMs + ConsensusSimulation.RecoveryMaxMs,
                $"no progress after the faults ended at {Plan.FaultsUntilMs} ms");
            Handle(next);
        }
    }

    public void Send(SimulatedNode from, CompanyId? to, ConsensusMessage message)
    {
        if (!from.IsLiar)
        {
            _oracles.Sent(message, from.Company, from.HasSyncedEndorse);
            if (message is ConsensusMessage.Propose propose)
            {
                _oracles.Made(Digest.Of(propose.Value));
            }
        }

        Note(from.Company, message);
        foreach (SimulatedNode node in _nodes)
        {
            if (node.Company != from.Company && (to is null || node.Company == to))
            {
                Transmit(from, node, message);
            }
        }
    }

    public void Appended(SimulatedNode node, Decision decision)
    {
        if (!node.IsLiar)
        {
            _oracles.Decided(node.Company, decision, Plan.Liars > 0);
            HighestBallot = Math.Max(HighestBallot, decision.Proof.Certificate.Ballot);
        }

        if (_options.KeepsLog)
        {
            Log.Add($"{NowMs} {node.Company} decided {decision.Value.Height} in ballot"
                + $" {decision.Proof.Certificate.Ballot}: {decision.Value.Digest.ToShortString()}");
        }

        At(NowMs, new Happening.WorkChanged(node));
    }

    public void Crashed(SimulatedNode node)
    {
        if (_options.KeepsLog)
        {
            Log.Add($"{NowMs} {node.Company} crashed");
        }

        At(NowMs + Random.Between(10, 1_500), new Happening.Restarted(node));
        ReachAll();
    }

    public void WakeAt(SimulatedNode node, long ms)
    {
        node.TickVersion++;
        At(ms, new Happening.Ticked(node, node.TickVersion));
    }

    private bool IsDone => _isHealed && _nodes.TrueForAll(node =>
        node.IsLiar || node.TipHeight >= node.TargetHeight);

    private static void Require(bool condition, string violation)
    {
        if (!condition)
        {
            throw new ViolationException(violation);
        }
    }

    private void MakeNodes()
    {
        List<int> order = [.. Enumerable.Range(0, Plan.N)];
        HashSet<int> lying = [];
        while (lying.Count < Plan.Liars)
        {
            lying.Add(Random.Pick(order));
        }

        for (int i = 0; i < _pool.Count; i++)
        {
            // A liar is two replicas with one key, which show different faces to the others.
            for (int twin = 0; twin < (lying.Contains(i) ? 2 : 1); twin++)
            {
                _nodes.Add(new SimulatedNode(
                    this, _pool[i].Company, _nodes.Count, lying.Contains(i), _pool[i].VotingKey,
                    _verifier, BaseTimeoutMs,
                    Random.Between(-Plan.ClockSkewMaxMs, Plan.ClockSkewMaxMs), () => ++_number));
            }

            if (lying.Contains(i))
            {
                _liars.Add(_pool[i].Company, new Liar(
                    StandInSignatures.SignerOf(_pool[i].VotingKey), _pool[i].Company,
                    _verifier.Network));
            }
        }
    }

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
                arrived.Node.Receive(arrived.From, arrived.Message);
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
            case Happening.PartitionChanged when !_isHealed:
                _cut = Random.Chance(500_000) ? 0 : Random.Next();
                At(NowMs + Random.Between(1, 2 * Plan.PartitionPeriodMs),
                    new Happening.PartitionChanged());
                ReachAll();
                break;
            case Happening.PartitionChanged:
                break;
            case Happening.Healed:
                Heal();
                break;
            default:
                throw new UnreachableException(happening.ToString());
        }
    }

    private void Heal()
    {
        _isHealed = true;
        _cut = 0;
        Plan.End();
        foreach (SimulatedNode node in _nodes)
        {
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
        // A twin is heard by part of the network only; which part differs between the two.
        bool isHidden = from.IsLiar && ((from.Index + to.Index) & 1) == 0 && Random.Chance(800_000);
        if (isHidden || !IsConnected(from, to) || Random.Chance(Plan.LossPerMillion))
        {
            return;
        }

        ConsensusMessage carried = message;
        if (Plan.ChecksCodec)
        {
            byte[] bytes = ConsensusMessage.Codec.Encode(message);
            bool ok = ConsensusMessage.Codec.TryDecode(bytes, out carried!, out string? why);
            Require(ok, $"a message does not decode: {why}");
        }

        Happening.Arrived arrived = new(to, from.Company, carried);
        At(NowMs + LatencyMs(), arrived);
        if (Random.Chance(Plan.DuplicatePerMillion))
        {
            At(NowMs + LatencyMs(), arrived);
        }
    }

    private int LatencyMs() => Random.Chance(Plan.SlowPerMillion)
        ? Random.Between(1, 3_000)
        : Random.Between(1, Plan.LatencyMaxMs);

    private bool IsConnected(SimulatedNode a, SimulatedNode b) =>
        ((_cut >> a.Index) & 1) == ((_cut >> b.Index) & 1);

    private ImmutableSortedSet<CompanyId> ReachableFrom(SimulatedNode node) =>
    [
        .. _nodes.Where(other => other.IsUp && IsConnected(node, other))
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

    private void Note(CompanyId from, ConsensusMessage message)
    {
        if (_options.KeepsLog && message is not ConsensusMessage.Tip)
        {
            Log.Add($"{NowMs} {from} {MessageText.Of(message)}");
        }
    }
}
