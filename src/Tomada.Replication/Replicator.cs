using System.Collections.Immutable;
using System.Diagnostics;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>What is fixed for the life of a replicator.</summary>
/// <param name="Self">The company it votes for.</param>
/// <param name="SignVote">Signs with the voting key.</param>
/// <param name="Verify">Checks any signature.</param>
/// <param name="BaseTimeoutMs">T0 of consensus; 20 to 60,000, default 500.</param>
public sealed record ReplicatorOptions(
    CompanyId Self, SignMessage SignVote, VerifySignature Verify, int BaseTimeoutMs = 500);

/// <summary>
/// One company's replica of the ledger: consensus, execution and the queue of what waits, as one
/// state machine. It does no IO: inputs come in, effects go out, in the order in which the node
/// must carry them out (<see cref="ReplicatorOutput"/>). One thread.
/// </summary>
public sealed class Replicator
{
    private readonly ReplicatorOptions _options;
    private readonly PendingQueue _pending = new();
    private readonly VerifySignature _verify;
    private readonly LedgerValues _values;
    private readonly CatchUp _catchUp = new();
    private OutputBuilder _output = new();
    private Replica? _replica;
    private MemberSet _members;
    private LeaderTerm _term;
    private Timestamp _wall;
    private long _monotonicMs;
    private long _regossipAtMs;

    /// <summary>
    /// Takes up where the store left off; call <see cref="Restore"/> per block, then
    /// <see cref="Start"/>.
    /// </summary>
    /// <param name="options">Who it is.</param>
    /// <param name="genesis">The network's beginning.</param>
    public Replicator(ReplicatorOptions options, Genesis genesis)
    {
        _options = options;
        _verify = new VerifiedSignatures(options.Verify).Verify;
        _values = new LedgerValues(_pending, options.Self, _verify);
        State = LedgerState.FromGenesis(genesis);
        _members = MembersOf(State);
        _term = LeaderTerm.AtGenesis(_members, State.Time);
        _values.MoveTo(State, parentMembers: null);
    }

    /// <summary>The newest state; immutable.</summary>
    public LedgerState State { get; private set; }

    /// <summary>The newest block with its proof; null before block 1.</summary>
    public ConsensusMessage.Decided? Tip { get; private set; }

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
        _wall = wall;
        _monotonicMs = monotonicMs;
        _replica = new Replica(
            new ReplicaOptions
            {
                Self = _options.Self,
                Network = State.Network,
                BaseTimeoutMs = _options.BaseTimeoutMs,
            },
            _values,
            _options.SignVote,
            _options.Verify,
            votes);
        foreach (SignedTransaction transaction in pending)
        {
            if (!_pending.Contains(transaction.Id)
                && !_pending.IsFullFor(transaction.Content.Company))
            {
                _pending.Add(transaction);
            }
        }

        PrunePending();
        Collect(_replica.Step(new Input.Tick(monotonicMs, LedgerNow)));
        Collect(_replica.Step(new Input.WorkWaiting(HasWork())));
        CollectAll(StartHeightOutput());
        return TakeOutput();
    }

    /// <summary>The ledger clock as this replica reckons it.</summary>
    public Timestamp LedgerNow => State.Clock.ToLedger(_wall);

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
                OnSubmitted(submitted.Transaction);
                break;
            case ReplicatorInput.PeersReachable reachable:
                Drive(new Input.PeersReachable(reachable.Peers));
                _regossipAtMs = _monotonicMs;
                break;
            default:
                throw new UnreachableException(input.ToString());
        }

        Drive(new Input.WorkWaiting(HasWork()));
        return TakeOutput();
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
        _monotonicMs = tick.MonotonicMs;
        _wall = tick.Wall;
        Drive(new Input.Tick(_monotonicMs, LedgerNow));
        if (_monotonicMs >= _regossipAtMs)
        {
            _regossipAtMs = _monotonicMs + ReplicationLimits.RegossipMs;
            SendGossip([.. _pending.Of(_options.Self).Take(ReplicationLimits.RegossipMax)]);
        }

        if (_catchUp.Next(_monotonicMs, State.Height) is { } ask)
        {
            _output.Send.Add(ask);
        }
    }

    private void OnReceived(ReplicatorInput.Received received)
    {
        if (!PeerMessage.Codec.TryDecode(received.Bytes, out PeerMessage? message, out string? why))
        {
            _output.Refusals.Add(new RefusedInput(received.From, "peer.malformed", why));
            return;
        }

        switch (message)
        {
            case PeerMessage.Voting voting:
                Drive(new Input.Received(received.From, voting.Message));
                break;
            case PeerMessage.Gossip gossip:
                foreach (byte[] bytes in gossip.Transactions)
                {
                    OnGossip(received.From, bytes);
                }

                break;
            case PeerMessage.BlockRequest request:
                if (request.FromHeight <= State.Height)
                {
                    _output.Serve.Add(new BlockService(received.From, request.FromHeight));
                }

                break;
            case PeerMessage.BlockAnswer answer:
                OnBlocks(received.From, answer);
                break;
            default:
                throw new UnreachableException(message.ToString());
        }
    }

    private void OnBlocks(CompanyId from, PeerMessage.BlockAnswer answer)
    {
        foreach (ConsensusMessage.Decided block in answer.Blocks)
        {
            if (block.Height == State.Height + 1)
            {
                Drive(new Input.Received(from, block));
            }
        }

        if (_catchUp.Answered(from, _monotonicMs, State.Height) is { } ask)
        {
            _output.Send.Add(ask);
        }
    }

    private void OnGossip(CompanyId from, byte[] bytes)
    {
        if (!SignedTransaction.TryDecode(bytes, out SignedTransaction? transaction, out string? why))
        {
            _output.Refusals.Add(new RefusedInput(from, "transaction.malformed", why!));
        }
        else if (!_pending.Contains(transaction!.Id)
            && !_pending.IsFullFor(transaction.Content.Company)
            && Admission.Refuse(State, transaction, AdmissionTime, _verify) is null)
        {
            Enqueue(transaction);
        }
    }

    private void OnSubmitted(SignedTransaction transaction)
    {
        if (_pending.IsFullFor(_options.Self))
        {
            _output.Ended.Add(new EndedTransaction(
                transaction.Id, TransactionEnd.Busy, "too many transactions wait; try again later"));
        }
        else if (Admission.Refuse(State, transaction, AdmissionTime, _verify) is { } why)
        {
            _output.Ended.Add(new EndedTransaction(transaction.Id, TransactionEnd.Refused, why));
        }
        else if (!_pending.Contains(transaction.Id))
        {
            Enqueue(transaction);
            SendGossip([transaction]);
        }
    }

    private void Enqueue(SignedTransaction transaction)
    {
        _pending.Add(transaction);
        _output.PendingAdded.Add(transaction);
    }

    private void SendGossip(ImmutableArray<SignedTransaction> transactions)
    {
        foreach (SignedTransaction[] chunk in transactions.Chunk(ReplicationLimits.GossipTransactionsMax))
        {
            _output.Send.Add(new OutgoingMessage(
                null, new PeerMessage.Gossip([.. chunk.Select(each => each.Bytes.ToArray())])));
        }
    }

    /// <summary>The earliest time that the next block can have.</summary>
    private Timestamp AdmissionTime => new(Math.Max(State.Time.UnixMs + 1, LedgerNow.UnixMs));

    /// <summary>
    /// A transaction waits that may be in a block, or a deadline has been due for a while.
    /// </summary>
    private bool HasWork() =>
        _pending.Count > 0
        || (State.NextDeadline is { } deadline
            && LedgerNow.UnixMs >= deadline.UnixMs + (ReplicationLimits.ClockToleranceMs * State.Clock.Factor));

    /// <summary>Gives consensus an input, and every decision its next height.</summary>
    private void Drive(Input input) => CollectAll(Started.Step(input));

    private void CollectAll(Output output)
    {
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
            foreach (Entry entry in value.Applied.Entries)
            {
                Forget(entry);
            }

            PrunePending();
            // Before the next height: its leader proposes at once when something waits, and only then.
            Collect(Started.Step(new Input.WorkWaiting(HasWork())));
            output = StartHeightOutput();
        }
    }

    private void Forget(Entry entry)
    {
        if (entry is TransactionEntry { Transaction: var bytes }
            && SignedTransaction.TryDecode(bytes, out SignedTransaction? decided, out _)
            && _pending.Remove(decided!.Id))
        {
            _output.PendingRemoved.Add(decided.Id);
        }
    }

    /// <summary>Lets go of what can never enter a block any more.</summary>
    private void PrunePending()
    {
        Timestamp earliest = new(State.Time.UnixMs + 1);
        foreach (SignedTransaction each in _pending.All.ToList())
        {
            if (Admission.Refuse(State, each, earliest, _verify) is not { } why)
            {
                continue;
            }

            _pending.Remove(each.Id);
            _output.PendingRemoved.Add(each.Id);
            if (each.Content.Company == _options.Self)
            {
                TransactionEnd end = each.Content.ValidUntil < earliest
                    ? TransactionEnd.Expired
                    : TransactionEnd.Refused;
                _output.Ended.Add(new EndedTransaction(each.Id, end, why));
            }
        }
    }

    private void MoveTo(AppliedBlock applied, ConsensusMessage.Decided proof)
    {
        MemberSet deciders = _members;
        State = applied.After;
        Tip = proof;
        _members = MembersOf(State);
        _term = _term.After(applied.Seal.Proposer, applied.Seal.Time, _members);
        _values.MoveTo(State, deciders);
    }

    private Output StartHeightOutput() => Started.Step(new Input.StartHeight(
        State.Height + 1, State.Tip, State.Time, _members, _term.StartIndex(_members), Tip));

    private void Collect(Output output)
    {
        _output.Votes.AddRange(output.Persist);
        foreach (Outgoing each in output.Send)
        {
            _output.Send.Add(new OutgoingMessage(each.To, new PeerMessage.Voting(each.Message)));
        }

        foreach (Refusal refusal in output.Refusals)
        {
            _output.Refusals.Add(
                new RefusedInput(refusal.From, refusal.Reason.ToString(), refusal.Detail));
        }

        foreach (PeerHeight ahead in output.PeersAhead)
        {
            _catchUp.Heard(ahead.Company, ahead.Height - 1);
        }
    }

    private ReplicatorOutput TakeOutput()
    {
        ReplicatorOutput output = _output.Build();
        _output = new OutputBuilder();
        return output;
    }

    private static MemberSet MembersOf(LedgerState state) => new(
        state.Members.Values.Select(member => new Member(member.Company, member.VotingKey)),
        state.GovernanceRoot);
}
