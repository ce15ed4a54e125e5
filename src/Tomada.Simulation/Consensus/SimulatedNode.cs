using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>
/// A real replica on a simulated disk. The disk keeps what was synced; a crash loses the rest, and
/// whatever was to be sent afterwards. A liar's disk keeps nothing but the chain.
/// </summary>
internal sealed class SimulatedNode
{
    private readonly ConsensusWorld _world;
    private readonly SignMessage _sign;
    private readonly VoteVerifier _verifier;
    private readonly int _baseTimeoutMs;
    private readonly ToyRules _rules;
    private readonly List<DurableRecord> _synced = [];
    private readonly List<ConsensusMessage.Decided> _chain = [];
    private LeaderTerm _term;
    private Replica? _replica;

    public SimulatedNode(
        ConsensusWorld world, CompanyId company, int index, bool isLiar, PublicKey key,
        VoteVerifier verifier, int baseTimeoutMs, long clockSkewMs, Func<long> nextNumber)
    {
        _world = world;
        Company = company;
        Index = index;
        IsLiar = isLiar;
        _sign = StandInSignatures.SignerOf(key);
        _verifier = verifier;
        _baseTimeoutMs = baseTimeoutMs;
        ClockSkewMs = clockSkewMs;
        _rules = new ToyRules(company, nextNumber);
        _term = LeaderTerm.AtGenesis(world.MembersAt(1), Epoch);
    }

    /// <summary>The ledger clock at virtual time 0.</summary>
    public static Timestamp Epoch => new(1_000_000);

    public CompanyId Company { get; }

    /// <summary>Number among all nodes; two liars' twins have different ones.</summary>
    public int Index { get; }

    public bool IsLiar { get; }

    public bool IsUp => _replica is not null;

    public SignMessage Sign => _sign;

    public long ClockSkewMs { get; }

    /// <summary>Heights decided.</summary>
    public long TipHeight => _chain.Count;

    /// <summary>The height up to which there is something to decide.</summary>
    public long TargetHeight { get; set; }

    /// <summary>Which tick is the newest that was asked for; older ones are ignored.</summary>
    public long TickVersion { get; set; }

    public bool HasSyncedEndorse(long height, int ballot, Digest digest) => _synced.Exists(row =>
        row.Kind == DurableKind.Endorsed && row.Height == height && row.Ballot == ballot
        && new Digest(row.Bytes) == digest);

    /// <summary>Starts from what the disk holds.</summary>
    public void Restart(ImmutableSortedSet<CompanyId> reachable)
    {
        if (IsLiar)
        {
            _synced.Clear();
        }

        ReplicaOptions options = new()
        {
            Self = Company,
            Network = _verifier.Network,
            BaseTimeoutMs = _baseTimeoutMs,
            Mutation = IsLiar ? ProtocolMutation.None : _world.Mutation,
        };
        _replica = new Replica(options, _rules, _sign, _verifier.Verify, _synced);
        Do(new Input.PeersReachable(reachable));
        Do(TickNow());
        Do(StartTip());
    }

    public void Receive(CompanyId from, ConsensusMessage message) =>
        Do(new Input.Received(from, message));

    public void Tick() => Do(TickNow());

    public void Reach(ImmutableSortedSet<CompanyId> peers) => Do(new Input.PeersReachable(peers));

    public void SayWhetherWorkWaits() => Do(new Input.WorkWaiting(TipHeight < TargetHeight));

    private Input.Tick TickNow() =>
        new(_world.NowMs, new Timestamp(Epoch.UnixMs + _world.NowMs + ClockSkewMs));

    private Input.StartHeight StartTip() => new(
        TipHeight + 1, _rules.Tip, _rules.TipTime, _world.MembersAt(TipHeight + 1),
        _term.StartIndex(_world.MembersAt(TipHeight + 1)), _chain.Count > 0 ? _chain[^1] : null,
        _world.Random.Chance(_world.Plan.ComplaintPerMillion));

    private void Do(Input input)
    {
        Input? next = input;
        while (next is not null && _replica is not null)
        {
            if (next is Input.StartHeight)
            {
                // Before the height starts: a lone member would otherwise decide one after another.
                _replica.Step(new Input.WorkWaiting(TipHeight < TargetHeight));
            }

            next = Carry(_replica.Step(next));
            if (next is null && _replica is not null)
            {
                _world.WakeAt(this, Math.Max(_replica.WakeAtMs, _world.NowMs + 1));
            }
        }
    }

    /// <summary>
    /// Persist, sync, send, append, apply; and dies in between when the plan says so.
    /// </summary>
    private Input.StartHeight? Carry(Output output)
    {
        bool idle = output.Persist.IsEmpty && output.Send.IsEmpty && output.Decided is null;
        int death = !idle && _world.Random.Chance(_world.Plan.CrashPerMillion)
            ? _world.Random.Below(4) : -1;
        if (_world.Mutation == ProtocolMutation.SendBeforeSync)
        {
            SendAll(output, output.Send.Length);
        }

        bool isLost = death == 0
            || (death > 0 && _world.Mutation == ProtocolMutation.SendBeforeSync);
        if (isLost)
        {
            // A torn tail: any prefix of what was not synced may have reached the disk.
            _synced.AddRange(output.Persist.Take(_world.Random.Below(output.Persist.Length + 1)));
            return Die();
        }

        _synced.AddRange(output.Persist);
        if (_world.Mutation != ProtocolMutation.SendBeforeSync)
        {
            SendAll(output, death == 1 ? _world.Random.Below(output.Send.Length + 1)
                : output.Send.Length);
        }

        if (death is 1 or 2)
        {
            return Die();
        }

        AnswerBehind(output);
        if (output.Decided is not { } decided)
        {
            return death == 3 ? Die() : null;
        }

        Append(decided);
        return death == 3 ? Die() : StartTip();
    }

    private Input.StartHeight? Die()
    {
        _replica = null;
        _world.Crashed(this);
        return null;
    }

    private void SendAll(Output output, int count)
    {
        foreach (Outgoing each in output.Send.Take(count))
        {
            _world.Send(this, each.To, each.Message);
        }
    }

    /// <summary>
    /// The node's catch-up: older blocks to who asks, and a question to who is far ahead.
    /// </summary>
    private void AnswerBehind(Output output)
    {
        foreach (PeerHeight peer in output.PeersBehind)
        {
            if (peer.Height >= 1 && peer.Height <= TipHeight)
            {
                _world.Send(this, peer.Company, _chain[(int)peer.Height - 1]);
            }
        }

        foreach (PeerHeight peer in output.PeersAhead)
        {
            _world.Send(this, peer.Company, new ConsensusMessage.Tip(TipHeight + 1));
        }
    }

    private void Append(Decision decision)
    {
        _chain.Add(decision.Proof);
        _rules.TipHeight = decision.Value.Height;
        _rules.Tip = decision.Value.Digest;
        _rules.TipTime = decision.Value.Time;
        _term = _term.After(
            decision.Value.Proposer, decision.Value.Time, _world.MembersAt(TipHeight + 1));
        _synced.RemoveAll(row => row.Height < TipHeight);
        _world.Appended(this, decision);
    }
}
