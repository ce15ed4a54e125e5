using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// One company's replica of the ledger: consensus, execution and the queue of what waits, as one
/// state machine. It does no IO: inputs come in, effects go out, in the order in which the node
/// must carry them out (<see cref="ReplicatorOutput"/>). One thread.
/// </summary>
public sealed partial class Replicator
{
    private readonly ReplicatorOptions _options;
    private readonly PendingQueue _pending = new();
    private readonly VerifiedSignatures _signatures;
    private readonly Intake _intake;
    private readonly LedgerValues _values;
    private readonly CatchUp _catchUp = new();
    private readonly Complaints _complaints;
    private readonly VotingKeys _votingKeys;
    private readonly GuiltDesk _guilt;
    private readonly Awakening _awakening;
    private readonly CheckBudget _budget = GuiltDesk.NewBudget();
    private OutputBuilder _output = new();
    private Replica? _replica;
    private MemberSet _members;
    private LeaderTerm _term;
    private Func<Governance>? _deciders;
    private Timestamp _wall;
    private long _monotonicMs;
    private long _regossipAtMs;
    private long _snapshotAtMs;
    private bool? _saidWork;

    /// <summary>
    /// Takes up where the store left off; call <see cref="Restore"/> per block, then
    /// <see cref="Start"/>.
    /// </summary>
    /// <param name="options">Who it is.</param>
    /// <param name="genesis">The network's beginning.</param>
    public Replicator(ReplicatorOptions options, Genesis genesis)
    {
        _options = options;
        _signatures = new VerifiedSignatures(options.Verify);
        _intake = new Intake(
            _pending, options.Self, options.Identity, _signatures, _budget);
        _complaints = new Complaints(options.Self);
        _votingKeys = new VotingKeys(options, _signatures);
        _values = new LedgerValues(_pending, options.Self, _signatures.Verify);
        LedgerState state = LedgerState.FromGenesis(genesis);
        _guilt = new GuiltDesk(options.Self, options.Verify, state, _budget);
        _awakening = new Awakening(options.Self, options.Verify, options.AsksAtStart);
        StandAt(state, null, null);
        _term = LeaderTerm.AtGenesis(_members, State.Time);
    }

    /// <summary>The newest state; immutable.</summary>
    public LedgerState State { get; private set; }

    /// <summary>The newest block with its proof; null before block 1.</summary>
    public ConsensusMessage.Decided? Tip { get; private set; }

    /// <summary>
    /// The newest block that one honest member at least has, as of the last tick; the own one when
    /// nobody is ahead.
    /// </summary>
    public long NetworkHeight { get; private set; }

    /// <summary>Transactions that wait.</summary>
    public int PendingCount => _pending.Count;

    /// <summary>Executes a block of the own store, which was proven when it was appended.</summary>
    /// <param name="proof">The next block, as stored.</param>
    /// <returns>
    /// The block as executed; null when it does not follow from its parent: the store is corrupt.
    /// </returns>
    public AppliedBlock? Restore(ConsensusMessage.Decided proof)
    {
        Invariant.Require(_replica is null, "blocks are restored before the start");
        if (_values.Check(proof.Value, State.Time, fresh: false) is not LedgerValue value)
        {
            return null;
        }

        MoveTo(value.Applied, proof);
        return value.Applied;
    }

    /// <summary>Takes up the votes that the store kept; after the blocks.</summary>
    public void Remember(HeardVotes heard) => _guilt.Remember(heard);

    /// <summary>Goes on from a snapshot, which its maker has proven.</summary>
    public void Resume(Standing standing)
    {
        Invariant.Require(_replica is null, "a snapshot is taken up before the start");
        (_deciders, _term) = (() => standing.Deciders, standing.Term);
        StandAt(standing.State, standing.Tip, MemberSets.Of(standing.Deciders));
    }

    /// <summary>All that a snapshot must hold to go on from here; null before block 1.</summary>
    public Standing? Standing =>
        _deciders is { } deciders ? new Standing(State, Tip!, deciders(), _term) : null;

    /// <summary>Begins to take part.</summary>
    /// <param name="votes">The vote rows of the store.</param>
    /// <param name="pending">The waiting transactions of the store.</param>
    /// <param name="monotonicMs">As in <see cref="ReplicatorInput.Tick"/>.</param>
    /// <param name="wall">As there.</param>
    public ReplicatorOutput Start(
        IEnumerable<DurableRecord> votes,
        IEnumerable<SignedTransaction> pending,
        long monotonicMs,
        Timestamp wall)
    {
        (_wall, _monotonicMs) = (wall, monotonicMs);
        ImmutableArray<DurableRecord> rows = [.. votes];
        _awakening.Begin(State, _members, rows);
        _guilt.HearOwn([Tip], _values, _output);
        _replica = new Replica(
            new ReplicaOptions
            {
                Self = _options.Self,
                Network = State.Network,
                BaseTimeoutMs = _options.BaseTimeoutMs,
            },
            _values,
            _votingKeys.Sign,
            _signatures.Verify,
            rows);
        _intake.Restore(pending);
        Drive(new Input.Tick(monotonicMs, LedgerNow));
        _intake.Prune(State, NextBlockTime, _output, isStart: true);
        SayWork();
        Awake();
        SayWork();
        return OutputBuilder.Take(ref _output);
    }

    /// <summary>The ledger clock as this replica reckons it.</summary>
    public Timestamp LedgerNow => State.Clock.ToLedger(_wall);

    /// <summary>
    /// Monotonic milliseconds at which a Tick is wanted at the latest; earlier ones do no harm.
    /// </summary>
    public long WakeAtMs
    {
        get
        {
            long wake = Math.Min(Started.WakeAtMs, _catchUp.WakeAtMs(State.Height));
            wake = Math.Min(wake, _awakening.WakeAtMs);
            if (_intake.HasOwn)
            {
                wake = Math.Min(wake, _regossipAtMs);
            }

            if (DeadlineDueAt is { } due && due > LedgerNow)
            {
                wake = Math.Min(
                    wake, _monotonicMs + State.Clock.ToWall(due).UnixMs - _wall.UnixMs + 1);
            }

            return Math.Max(wake, _monotonicMs);
        }
    }

    /// <summary>Takes one input and returns what must be done before anything else.</summary>
    public ReplicatorOutput Step(ReplicatorInput input)
    {
        switch (input)
        {
            case ReplicatorInput.Tick tick:
                OnTick(tick);
                break;
            case ReplicatorInput.Received received:
                OnReceived(received);
                break;
            case ReplicatorInput.Submitted submitted:
                foreach (SignedTransaction transaction in submitted.Transactions)
                {
                    _intake.Submit(
                        transaction, State, NextBlockTime, Started.Leader == _options.Self,
                        _output);
                }

                break;
            case ReplicatorInput.Recalled recalled:
                _guilt.Recall(recalled.Late, recalled.Kept, _output);
                break;
            case ReplicatorInput.RoundTrips trips:
                OnRoundTrips(trips.Ms);
                break;
            case ReplicatorInput.PeersReachable reachable:
                Drive(new Input.PeersReachable(reachable.Peers));
                _awakening.Reach(reachable.Peers);
                Awake();
                _regossipAtMs = _monotonicMs;
                break;
            default:
                throw new UnreachableException(input.ToString());
        }

        SayWork();
        return OutputBuilder.Take(ref _output);
    }

    private Replica Started
    {
        get
        {
            Invariant.Require(_replica is not null, "a replicator is started before it steps");
            return _replica;
        }
    }

    private void OnTick(ReplicatorInput.Tick tick)
    {
        (_wall, _monotonicMs) = (tick.Wall, tick.MonotonicMs);
        _guilt.OnTick(_monotonicMs, _output);
        Awake();
        Drive(new Input.Tick(_monotonicMs, LedgerNow));
        if (_monotonicMs >= _regossipAtMs)
        {
            _regossipAtMs = _monotonicMs + ReplicationLimits.RegossipMs;
            _intake.SendOwn(_output);
        }

        if (_catchUp.Next(_monotonicMs, State.Height) is { } ask)
        {
            _output.Send.Add(ask);
        }

        NetworkHeight = Math.Max(State.Height, _catchUp.KnownHeight(_members));
        if (_monotonicMs >= Math.Max(_snapshotAtMs, _options.SnapshotFromMs) && IsFarBehind)
        {
            _snapshotAtMs = _monotonicMs + ReplicationLimits.SnapshotAskMs;
            _output.Send.Add(new OutgoingMessage(
                null, new PeerMessage.Syncing(new SyncMessage.SnapshotAsked())));
        }
    }

    /// <summary>
    /// A liar can only make itself look far, and a quorum does without f: the round trip of the
    /// fastest quorum is one that honest members have.
    /// </summary>
    private void OnRoundTrips(ImmutableSortedDictionary<CompanyId, int> roundTrips)
    {
        int others = _members.Q - 1;
        List<int> known =
        [
            .. roundTrips.Where(each => _members.Contains(each.Key)).Select(each => each.Value)
                .Order(),
        ];
        if (known.Count >= others)
        {
            Drive(new Input.RoundTrip(others == 0 ? 0 : known[others - 1]));
        }
    }

    /// <summary>Begins the first height as soon as enough have said what they hold.</summary>
    private void Awake()
    {
        if (_awakening.OnTick(_monotonicMs, _output))
        {
            Drive(NextHeight());
        }
    }

    private bool IsFarBehind => NetworkHeight - State.Height >= _options.SnapshotGapMin;

    private Timestamp NextBlockTime => DueTimes.NextBlock(State, LedgerNow);

    private Timestamp? DeadlineDueAt => DueTimes.Deadline(State);

    /// <summary>
    /// A transaction waits that may be in a block, or a deadline has been due for a while.
    /// </summary>
    private bool HasWork() =>
        _intake.HasWork(State, NextBlockTime) || (DeadlineDueAt is { } due && LedgerNow >= due);

    /// <summary>Tells consensus whether work waits, when that has changed.</summary>
    private void SayWork()
    {
        while (HasWork() is var work && work != _saidWork)
        {
            _saidWork = work;
            Drive(new Input.WorkWaiting(work));
        }
    }

    /// <summary>Gives consensus an input, and every decision its next height.</summary>
    private void Drive(Input input)
    {
        Output output = Started.Step(input);
        while (true)
        {
            Collect(output);
            if (output.Decided is not { } decision)
            {
                return;
            }

            LedgerValue value = (LedgerValue)decision.Value;
            MoveTo(value.Applied, decision.Proof);
            _output.Append.Add(new AppendedBlock(value.Applied, decision.Proof));
            _intake.Forget(value.Applied, _output);
            _intake.Prune(State, NextBlockTime, _output);
            _complaints.OnBlock(value.Applied, _pending, State, NextBlockTime, _monotonicMs);

            // Before the height starts: a lone member would otherwise begin one for nothing.
            Collect(Started.Step(new Input.Tick(_monotonicMs, LedgerNow)));
            _saidWork = HasWork();
            Collect(Started.Step(new Input.WorkWaiting(_saidWork.Value)));
            output = Started.Step(NextHeight());
        }
    }

    private void MoveTo(AppliedBlock applied, ConsensusMessage.Decided proof)
    {
        ImmutableSortedDictionary<CompanyId, MemberRecord> deciding = State.Members;
        _deciders = () => Governance.Of(deciding);
        StandAt(applied.After, proof, _members);
        _term = _term.After(applied.Seal.Proposer, applied.Seal.Time, _members);
    }

    [MemberNotNull(nameof(State), nameof(_members))]
    private void StandAt(LedgerState state, ConsensusMessage.Decided? tip, MemberSet? deciders)
    {
        (State, Tip, _members) = (state, tip, MemberSets.Of(state));
        _values.MoveTo(State, deciders);
        _votingKeys.MoveTo(State);
        bool isMeant = _options.Anchor?.Allows(State) ?? true;
        Invariant.Require(isMeant, $"block {State.Height} is the one that the invitation names");
        _guilt.MoveTo(State, _members);
        _awakening.MoveTo(State, _members);
    }

    private Input.StartHeight NextHeight()
    {
        int start = _term.StartIndex(_members);
        bool complains = _options.Mutation != ReplicationMutation.NoComplaints
            && _complaints.Against(_members.Leader(start, 0).Company, Started.BaseTimeoutMs);
        return new(
            State.Height + 1, State.Tip, State.Time, _members, start, Tip, complains,
            _votingKeys.IsHeld && _awakening.MayVote(State));
    }

    private void Collect(Output output)
    {
        _output.Add(output);
        _guilt.HearOwn(output.Send.Select(each => each.Message), _values, _output);
        foreach (PeerHeight ahead in output.PeersAhead)
        {
            _catchUp.Heard(ahead.Company, ahead.Height - 1);
        }
    }
}
