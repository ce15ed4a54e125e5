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
    private const int BlocksPerMutantTerm = 2;
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
        ConsensusWorld world, CompanyId company, int index, bool isLiar, SignMessage sign,
        VoteVerifier verifier, int baseTimeoutMs, long clockSkewMs, Func<long> nextNumber)
    {
        _world = world;
        Company = company;
        Index = index;
        IsLiar = isLiar;
        _sign = sign;
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

    /// <summary>How far its ledger clock is ahead.</summary>
    public long ClockSkewMs { get; set; }

    /// <summary>Whether its disk holds a lock of the height after its tip.</summary>
    public bool HoldsLock => _synced.Exists(row =>
        row.Kind == DurableKind.Accepted && row.Height == TipHeight + 1);

    /// <summary>Heights decided.</summary>
    public long TipHeight => _chain.Count;

    /// <summary>The height up to which there is something to decide.</summary>
    public long TargetHeight { get; set; }

    /// <summary>Which tick is the newest that was asked for; older ones are ignored.</summary>
    public long TickVersion { get; set; }

    public bool HasSyncedEndorse(long height, int ballot, Digest digest) => _synced.Exists(row =>
        row.Kind == DurableKind.Endorsed && row.Height == height && row.Ballot == ballot
        && new Digest(row.Bytes) == digest);

    /// <summary>Dies at once; between steps, so that nothing is torn.</summary>
    public void CutPower(int downMs)
    {
        if (IsUp)
        {
            _replica = null;
            _world.Crashed(this, downMs);
        }
    }

    /// <summary>Starts from what the disk holds.</summary>
    public void Restart(ImmutableSortedSet<CompanyId> reachable)
    {
        if (IsUp)
        {
            return;
        }

        if (IsLiar)
        {
            _synced.Clear();
        }

        _world.Faults.Met(ConsensusFaults.VotesRestored, _synced.Count > 0 ? 1 : 0);

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

    private Input.StartHeight StartTip()
    {
        MemberSet members = _world.MembersAt(TipHeight + 1);
        bool complains = _world.Random.Chance(_world.Plan.ComplaintPerMillion);
        _world.Faults.Met(ConsensusFaults.Complained, complains ? 1 : 0);
        int start = _world.Mutation == ProtocolMutation.TermsInBlocks && !IsLiar
            ? (int)(TipHeight / BlocksPerMutantTerm % members.N)
            : _term.StartIndex(members);
        return new Input.StartHeight(
            TipHeight + 1, _rules.Tip, _rules.TipTime, members, start,
            _chain.Count > 0 ? _chain[^1] : null, complains);
    }

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
        bool sendsFirst = _world.Mutation == ProtocolMutation.SendBeforeSync && !IsLiar;
        if (sendsFirst)
        {
            _world.Signed(this, output.Send);
            SendAll(output, output.Send.Length);
        }

        if (death == 0 || (death > 0 && sendsFirst))
        {
            // A torn tail: any prefix of what was not synced may have reached the disk.
            int kept = _world.Random.Below(output.Persist.Length + 1);
            _synced.AddRange(output.Persist.Take(kept));
            return Die(kept > 0 ? ConsensusFaults.DeadTorn : ConsensusFaults.DeadBeforeSync);
        }

        _synced.AddRange(output.Persist);
        if (!sendsFirst)
        {
            _world.Signed(this, output.Send);
            SendAll(output, death == 1 ? _world.Random.Below(output.Send.Length + 1)
                : output.Send.Length);
        }

        if (death is 1 or 2)
        {
            return Die(death == 1
                ? ConsensusFaults.DeadBeforeSend : ConsensusFaults.DeadAfterSend);
        }

        AnswerBehind(output);
        if (output.Decided is { } decided)
        {
            Append(decided);
        }

        if (death == 3)
        {
            return Die(ConsensusFaults.DeadAfterAppend);
        }

        return output.Decided is null ? null : StartTip();
    }

    private Input.StartHeight? Die(string kind)
    {
        _world.Faults.Met(kind);
        _replica = null;
        _world.Crashed(this, _world.Random.Between(10, 1_500));
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
