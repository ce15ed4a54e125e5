using System.Collections.Immutable;
using System.Diagnostics;
using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>
/// One member's part in Byzantine Paxos, one height at a time (spec/consensus.md). A pure state
/// machine: <see cref="Step"/> takes what happened and returns what must be done. Not thread-safe.
/// </summary>
public sealed class Replica
{
    private readonly ReplicaCore _core;
    private readonly Proposer _proposer;
    private readonly Voter _voter;
    private readonly BallotChanger _ballots;
    private readonly Learner _learner;
    private readonly Pacemaker _pacemaker;
    private readonly EarlyMessages _early = new();
    private readonly SortedDictionary<CompanyId, long> _answeredMs = [];
    private ImmutableArray<DurableRecord> _restored;

    /// <summary>Makes a replica; it does nothing before its first StartHeight and Tick.</summary>
    /// <param name="options">Fixed for its life.</param>
    /// <param name="rules">What a value is.</param>
    /// <param name="sign">Signs with the voting key of <see cref="ReplicaOptions.Self"/>.</param>
    /// <param name="verify">Checks a signature with a member's voting key.</param>
    /// <param name="restored">All durable rows of the height after the tip, in any order. Leaving
    /// one
    /// out can make this member contradict itself.</param>
    public Replica(
        ReplicaOptions options, IValueRules rules, SignMessage sign, VerifySignature verify,
        IEnumerable<DurableRecord> restored)
    {
        _core = new ReplicaCore(options, rules, sign, verify);
        _proposer = new Proposer(_core);
        _voter = new Voter(_core);
        _ballots = new BallotChanger(_core);
        _learner = new Learner(_core);
        _pacemaker = new Pacemaker(_core, _ballots, _voter);
        _restored = [.. restored];
    }

    /// <summary>The height being decided; 0 before the first StartHeight.</summary>
    public long Height => _core.Current?.Height ?? 0;

    /// <summary>T0 as it is now, in milliseconds.</summary>
    public int BaseTimeoutMs => _core.BaseTimeoutMs;

    /// <summary>The ballot this replica is in.</summary>
    public int Ballot => _core.Current?.Ballot ?? 0;

    /// <summary>Who leads that ballot; null before the first StartHeight.</summary>
    public CompanyId? Leader => _core.Current?.LeaderOf(Ballot).Company;

    /// <summary>Wall milliseconds at which a Tick is wanted at the latest.</summary>
    public long WakeAtMs => _core.Current is null ? long.MaxValue : _pacemaker.WakeAtMs;

    /// <summary>Takes one input and returns what must be done before the next one.</summary>
    public Output Step(Input input)
    {
        switch (input)
        {
            case Input.StartHeight start:
                Start(start);
                break;
            case Input.Received received:
                Receive(received.From, received.Message);
                break;
            case Input.Tick tick:
                _core.WallMs = Math.Max(_core.WallMs, tick.WallMs);
                _core.LedgerNow = tick.LedgerNow;
                _core.HasTime = true;
                break;
            case Input.WorkWaiting work:
                _core.WorkWaits = work.Waits;
                break;
            case Input.PeersReachable reachable:
                _core.Reachable = reachable.Peers;
                break;
            case Input.RoundTrip roundTrip:
                _core.SetRoundTrip(roundTrip.Ms);
                break;
            default:
                throw new UnreachableException(input.ToString());
        }

        Settle();
        return _core.Out.Take();
    }

    /// <summary>Does all that the input made possible, in the order of the phases.</summary>
    private void Settle()
    {
        if (_core.Current is null)
        {
            return;
        }

        do
        {
            _proposer.TryPropose();
            HandleOwn();
        }
        while (!_core.Now.IsDecided && _pacemaker.GiveUpIfDue());

        if (_core.HasTime)
        {
            _pacemaker.ResendIfDue();
            HandleOwn();
        }
    }

    private void HandleOwn()
    {
        while (_core.ToSelf.TryDequeue(out ConsensusMessage? own))
        {
            Handle(_core.Self, own, isOwn: true);
            _proposer.TryPropose();
        }
    }

    private void Start(Input.StartHeight start)
    {
        Invariant.Require(start.Height > Height, "heights are started upwards, once");
        _core.Current = new HeightState(start, _core.QuorumOf(start.Members));
        Restore(start.Height);
        if (start.Complains && _core.IsMember && !_core.LeadsNow && Ballot == 0)
        {
            _ballots.Enter(1);
        }

        foreach ((CompanyId from, ConsensusMessage message) in _early.Take(start.Height))
        {
            Handle(from, message, isOwn: false);
        }
    }

    /// <summary>
    /// Takes up what I said at this height before I was restarted, and says it again.
    /// </summary>
    private void Restore(long height)
    {
        HeightState now = _core.Now;
        ImmutableArray<DurableRecord> rows = [.. _restored.Where(row => row.Height == height)];
        _restored = [];
        foreach (DurableRecord row in rows.OrderBy(row => row.Ballot))
        {
            now.Ballot = Math.Max(now.Ballot, row.Ballot);
            switch (row.Kind)
            {
                case DurableKind.Proposed:
                    now.Proposed.Add(row.Ballot, ConsensusMessage.Propose.Codec.Decode(row.Bytes));
                    break;
                case DurableKind.Endorsed:
                    now.Endorsed.Add(row.Ballot, new Digest(row.Bytes));
                    break;
                case DurableKind.Accepted:
                    now.Accepted.Add(row.Ballot);
                    now.Lock = Lock.Codec.Decode(row.Bytes);
                    now.AddValue(now.Lock.Digest, now.Lock.Value);
                    break;
                case DurableKind.Promised:
                    now.Promised = Math.Max(now.Promised, row.Ballot);
                    break;
                default:
                    throw new UnreachableException(row.Kind.ToString());
            }
        }

        if (rows.Length > 0 && _core.IsMember)
        {
            _pacemaker.Resend();
        }
    }

    private void Receive(CompanyId from, ConsensusMessage message)
    {
        _core.Silent.Remove(from);
        if (_core.Current is not { } now || message.Height > now.Height
            || (now.IsDecided && message.Height == now.Height + 1))
        {
            ReceiveAhead(from, message);
        }
        else if (message.Height < now.Height || now.IsDecided)
        {
            AnswerBehind(from, message);
        }
        else
        {
            Handle(from, message, isOwn: false);
        }
    }

    private void ReceiveAhead(CompanyId from, ConsensusMessage message)
    {
        if (message.Height > Height + 1)
        {
            _core.Out.Ahead(from, message.Height);
        }
        else if (message is ConsensusMessage.Tip)
        {
            AskOf(from);
        }
        else
        {
            _early.Keep(from, message);
        }
    }

    /// <summary>Names my height to who is just ahead, and gets the decision for it.</summary>
    private void AskOf(CompanyId peer)
    {
        if (_core.Current is { IsDecided: false } now && MayAnswer(peer))
        {
            _core.Out.Send(peer, new ConsensusMessage.Tip(now.Height));
        }
    }

    private void AnswerBehind(CompanyId peer, ConsensusMessage message)
    {
        HeightState now = _core.Now;

        // Only to a Tip: late votes of a height that a quorum has finished are the normal case.
        if (message is not ConsensusMessage.Tip || message.Height >= now.Height || !MayAnswer(peer))
        {
            return;
        }

        if (message.Height == now.Height - 1 && now.Parent is { } parent)
        {
            _core.Out.Send(peer, parent);
        }
        else
        {
            _core.Out.Behind(peer, message.Height);
        }
    }

    /// <summary>
    /// One answer per peer and resend period: a flood of old messages is not multiplied.
    /// </summary>
    private bool MayAnswer(CompanyId peer)
    {
        if (_answeredMs.TryGetValue(peer, out long last)
            && _core.WallMs - last < _core.BaseTimeoutMs * 6L / 10)
        {
            return false;
        }

        _answeredMs[peer] = _core.WallMs;
        return true;
    }

    /// <summary>A message of the height being decided.</summary>
    /// <param name="from">Whose channel it came through.</param>
    /// <param name="message">What it says.</param>
    /// <param name="isOwn">
    /// Made by this replica in this step: its signature need not be checked.
    /// </param>
    private void Handle(CompanyId from, ConsensusMessage message, bool isOwn)
    {
        if (_core.Now.IsDecided)
        {
            return;
        }

        switch (message)
        {
            case ConsensusMessage.Propose propose:
                _voter.OnPropose(propose, isOwn);
                break;
            case ConsensusMessage.Endorse endorse:
                Count(_core.Now.Endorses, VoteType.Endorse, endorse.Ballot, endorse.Digest,
                    endorse.Signer, endorse.Signature, isOwn);
                break;
            case ConsensusMessage.Accept accept:
                Count(_core.Now.Accepts, VoteType.Accept, accept.Ballot, accept.Digest,
                    accept.Signer, accept.Signature, isOwn);
                break;
            case ConsensusMessage.Promise promise:
                _ballots.OnPromise(promise);
                break;
            case ConsensusMessage.Decided decided:
                _learner.OnDecided(from, decided);
                break;
            case ConsensusMessage.Tip:
                break;
            default:
                throw new UnreachableException(message.ToString());
        }

        Advance(message);
    }

    private void Advance(ConsensusMessage message)
    {
        if (_core.Now.IsDecided)
        {
            return;
        }

        _ballots.TryJump();
        _voter.TryAccept();
        switch (message)
        {
            case ConsensusMessage.Accept accept:
                _learner.TryDecide(accept.Ballot, accept.Digest);
                break;
            case ConsensusMessage.Propose propose
                when _core.Rules.DigestOf(propose.Value) is { } digest:
                _learner.TryDecide(propose.Ballot, digest);
                break;
        }
    }

    private void Count(
        VoteTable votes, VoteType type, int ballot, Digest digest, CompanyId signer,
        byte[] signature, bool isOwn)
    {
        Digest? known = votes.Find(signer, ballot);
        if (known == digest || IsEnough(type, ballot, digest))
        {
            if (_core.Mutation == ProtocolMutation.CountVoterTwice)
            {
                votes.AddAgain(signer, ballot, digest, signature);
            }

            return;
        }

        if (!_core.Now.Members.Contains(signer))
        {
            _core.Out.Refuse(signer, RefusalReason.NotAMember, type.ToString());
        }
        else if (!isOwn && !_core.IsSigned(
            new VoteContent(type, _core.Now.Height, ballot, digest), signer, signature))
        {
            _core.Out.Refuse(signer, RefusalReason.BadSignature, type.ToString());
        }
        else if (known is not null)
        {
            _core.Out.Refuse(signer, RefusalReason.ConflictingVote, $"{type} in ballot {ballot}");
        }
        else
        {
            votes.Add(signer, ballot, digest, signature);
            _core.Now.Saw(signer, ballot);
        }
    }

    /// <summary>
    /// An Endorse of what I have already locked in the ballot I am in: nothing needs it any more,
    /// so its signature is not worth a check.
    /// </summary>
    private bool IsEnough(VoteType type, int ballot, Digest digest) =>
        type == VoteType.Endorse && ballot == _core.Now.Ballot
        && _core.Now.Lock is { } held && held.Ballot == ballot && held.Digest == digest;
}
