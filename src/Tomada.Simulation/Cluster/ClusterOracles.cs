using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Simulation.Consensus;

namespace Tomada.Simulation.Cluster;

/// <summary>
/// Watches all nodes at once: one chain, sound proofs, the ledger's invariants, trips on all legs
/// or on none, every transaction once and with one end.
/// </summary>
internal sealed class ClusterOracles
{
    /// <summary>Every so many heights all rows of the state are checked.</summary>
    private const int FullCheckEvery = 8;

    private readonly Oracles _votes;
    private readonly Dictionary<long, (Digest Digest, Digest StateRoot)> _chain = [];
    private readonly HashSet<(CompanyId, long, int, Digest)> _endorsed = [];
    private readonly HashSet<TransactionId> _log = [];
    private readonly Dictionary<TransactionId, (CompanyId Company, string Key)> _submitted = [];
    private readonly Dictionary<TransactionId, string> _never = [];
    private readonly Dictionary<TransactionId, long> _submittedMs = [];
    private readonly Dictionary<long, MemberSet> _members = [];
    private readonly HashSet<TransactionId> _forgotten = [];
    private readonly HashSet<VoteContent> _heard = [];
    private readonly List<ConcludedChange> _changes = [];
    private readonly ClusterPlan _plan;
    private readonly Func<long> _nowMs;
    private CompanyId? _lastProposer;

    public ClusterOracles(LedgerState founded, ClusterPlan plan, Func<long> nowMs)
    {
        _members[1] = MemberSets.Of(founded);
        _plan = plan;
        _nowMs = nowMs;
        _votes = new Oracles(
            MembersAt,
            new VoteVerifier(founded.Network, StandInSignatures.Verify),
            checksProofs: true,
            plan.Liar >= 0 ? 1 : 0);
        _votes.Begin(founded.Time);
        Heads = new HeadOracle(plan, founded.Network, Faults);
    }

    /// <summary>The longest that a censored company's transaction was on its way.</summary>
    public long CensoredWaitMaxMs { get; private set; }

    /// <summary>Highest height that any node appended.</summary>
    public long Highest { get; private set; }

    public FaultTable Faults { get; } = new();

    /// <summary>Watches what is cosigned.</summary>
    public HeadOracle Heads { get; }

    /// <summary>Changes of the members that took effect, in the order of their heights.</summary>
    public IReadOnlyList<ConcludedChange> Changes => _changes;

    /// <summary>Who votes at a height that follows a block.</summary>
    public MemberSet MembersAt(long height) => _members[height];

    /// <summary>Somebody who is up has got this message of the node whose disk is lost.</summary>
    public void Heard(ConsensusMessage message) =>
        _heard.UnionWith(MessageVotes.In(message, value => Digest.Of(value.Span))
            .Take(1).Select(each => each.Content));

    /// <summary>
    /// A node starts on another disk than the one it wrote. What it waited for may be in a block or
    /// not, and of its votes those remain that somebody has got: the others convict nobody.
    /// </summary>
    public void DiskReplaced(CompanyId company)
    {
        _votes.Forget(company, each => !_heard.Contains(each));
        _forgotten.UnionWith(_submitted
            .Where(each => each.Value.Company == company)
            .Select(each => each.Key).Where(each => !_log.Contains(each)));
        foreach (TransactionId id in _forgotten)
        {
            _never.Remove(id);
        }
    }

    public void Submitted(CompanyId company, SignedTransaction transaction, string key)
    {
        Require(
            _submitted.TryAdd(transaction.Id, (company, key)),
            $"{company} signed the same transaction twice");
        _submittedMs[transaction.Id] = _nowMs();
    }

    /// <summary>A transaction's node says that it will never be in a block.</summary>
    public void Ended(CompanyId company, EndedTransaction ended)
    {
        if (ended.End is TransactionEnd.Busy or TransactionEnd.Undecided)
        {
            return;
        }

        Faults.Met(ended.End == TransactionEnd.Expired
            ? ClusterFaults.TransactionExpired
            : ClusterFaults.TransactionRefused);
        Never(ended.Id, $"{company} said {ended.End}: {ended.Why}");
    }

    /// <summary>
    /// What a dead node had taken in and neither synced nor seen decided has never left it.
    /// </summary>
    public void Crashed(ClusterNode node)
    {
        foreach ((TransactionId id, (CompanyId company, _)) in _submitted)
        {
            if (company == node.Company && !node.Disk.IsPending(id) && !_log.Contains(id)
                && !_never.ContainsKey(id))
            {
                Faults.Met(ClusterFaults.LostWithCrash);
                Never(id, $"{company} lost it in a crash before its sync, or had let go of it");
            }
        }
    }

    /// <summary>A node synced these effects; nothing of them has left it yet.</summary>
    public void Synced(CompanyId company, IEnumerable<ReplicatorOutput> outputs)
    {
        foreach (AppliedBlock each in outputs.SelectMany(x => x.Append).Select(x => x.Applied))
        {
            _members.TryAdd(each.Seal.Height + 1, MemberSets.Of(each.After));
        }

        foreach (ReplicatorOutput output in outputs)
        {
            Faults.Met(ClusterFaults.LostKeyFound, output.Lost is null ? 0 : 1);
            foreach (DurableRecord row in output.Votes)
            {
                if (row.Kind == DurableKind.Endorsed)
                {
                    _endorsed.Add((company, row.Height, row.Ballot, new Digest(row.Bytes)));
                }
            }

            foreach (OutgoingMessage each in output.Send)
            {
                if (each.Message is PeerMessage.Voting voting)
                {
                    Signed(company, voting.Message);
                }
            }

            foreach (Evidence evidence in output.Found)
            {
                Require(
                    _plan.Liar >= 0
                        && evidence.Guilty == ClusterCompanies.Company(_plan.Liar),
                    $"{company} convicts {evidence.Guilty} of {evidence.Kind}, who is honest");
                Faults.Met(ClusterFaults.LiarConvicted);
            }

            foreach (AppendedBlock block in output.Append)
            {
                Appended(company, block);
            }
        }
    }

    /// <summary>A node stands at a peer's snapshot: it must be of the one chain.</summary>
    public void Adopted(CompanyId company, Standing standing)
    {
        LedgerState state = standing.State;
        Faults.Met(ClusterFaults.SnapshotTaken);
        Require(
            _chain.TryGetValue(state.Height, out (Digest, Digest) roots)
                && roots == (state.Tip, state.StateRoot),
            $"{company} took a snapshot of another block or state at height {state.Height}");
    }

    /// <summary>Some time after the faults every node must have reached this height.</summary>
    public static void JudgeCaughtUp(IReadOnlyList<ClusterNode> nodes, long height)
    {
        foreach (ClusterNode node in nodes)
        {
            Require(
                node.IsUp && node.State.Height >= height,
                $"{node.Company} has not reached height {height} within"
                + $" {ClusterSimulation.CatchUpMaxMs} ms after the faults");
        }
    }

    /// <summary>Judges the end, when all nodes stand at the same block and nothing runs.</summary>
    public void JudgeEnd(IReadOnlyList<ClusterNode> nodes)
    {
        LedgerState state = nodes[0].State;
        foreach (ClusterNode node in nodes)
        {
            Require(
                node.State.Height == Highest && node.State.StateRoot == state.StateRoot,
                $"{node.Company} ends at height {node.State.Height} of {Highest}");
        }

        Heads.JudgeEnd(state);
        Invariants.Check(state);
        Period period = state.Periods[1];
        Require(
            period.Positions.GroupBy(each => each.Net.Currency)
                .All(each => each.Sum(position => position.Net.Amount) == 0),
            "net positions sum to zero");
        foreach ((TransactionId id, (CompanyId company, string key)) in _submitted)
        {
            Require(
                _log.Contains(id) || _never.ContainsKey(id) || _forgotten.Contains(id),
                $"{company}'s '{key}' ({id}) has no end");
        }

        Require(
            state.Trips.Values.All(trip => !Duties.IsRunning(trip)), "every trip has an end");
    }

    /// <summary>Judges votes as they are synced, whether they ever arrive or not.</summary>
    private void Signed(CompanyId company, ConsensusMessage message)
    {
        if (_plan.Liar >= 0 && company == ClusterCompanies.Company(_plan.Liar))
        {
            return;
        }

        if (message is ConsensusMessage.Propose propose)
        {
            _votes.Made(Block.Codec.Decode(propose.Value).Digest);
        }

        _votes.Signed(message, company, (height, ballot, digest) =>
            _endorsed.Contains((company, height, ballot, digest)));
    }

    private void Appended(CompanyId company, AppendedBlock block)
    {
        AppliedBlock applied = block.Applied;
        Seal seal = applied.Seal;
        _votes.Decided(
            company,
            new Decision(
                new ValueCheck.CheckedValue(
                    applied.Digest, seal.Height, seal.Previous, seal.Time, seal.Proposer,
                    applied.IsEmpty, block.Proof.Value),
                block.Proof),
            new Timestamp(long.MaxValue));
        (Digest, Digest) roots = (applied.Digest, applied.After.StateRoot);
        if (!_chain.TryAdd(seal.Height, roots))
        {
            Require(
                _chain[seal.Height] == roots,
                $"{company} has another block or state at height {seal.Height}");
            return;
        }

        Highest = Math.Max(Highest, seal.Height);
        JudgeFirst(block);
    }

    private static void Require(bool condition, string violation)
    {
        if (!condition)
        {
            throw new ViolationException(violation);
        }
    }

    private void JudgeFirst(AppendedBlock block)
    {
        AppliedBlock applied = block.Applied;
        Heads.Grew(applied);
        if (block.Proof.Certificate.Seals.Any(each =>
            ClusterCompanies.NumberOf(each.Company) >= _plan.N))
        {
            Faults.Met(ClusterFaults.NewcomerVoted);
        }

        if (block.Proof.Certificate.Ballot > 0)
        {
            Faults.Met(ClusterFaults.BallotChanged);
        }

        foreach (Entry entry in applied.Entries)
        {
            if (entry is TransactionEntry each)
            {
                JudgeTransaction(each, applied.Seal.Proposer);
            }

            foreach (Effect effect in entry switch
            {
                TransactionEntry each2 => each2.Effects,
                RuleEntry rule => rule.Effects,
                _ => [],
            })
            {
                Count(effect, entry is RuleEntry);
            }
        }

        _lastProposer = applied.Seal.Proposer;
        foreach (Trip trip in applied.After.Trips.Values)
        {
            Require(IsAllOrNone(trip), $"trip {trip.Id} is {trip.State} on part of its legs");
        }

        if (applied.Seal.Height % FullCheckEvery == 0)
        {
            Invariants.Check(applied.After);
        }
    }

    private void JudgeTransaction(TransactionEntry entry, CompanyId proposer)
    {
        bool reads = SignedTransaction.TryDecode(
            entry.Transaction, out SignedTransaction? transaction, out string? why);
        Require(reads, $"a transaction in the log does not decode: {why}");
        TransactionId id = transaction!.Id;
        Require(_log.Add(id), $"transaction {id} is in the log twice");
        Require(_submitted.ContainsKey(id), $"transaction {id} was submitted by nobody");
        Require(
            !_never.TryGetValue(id, out string? never),
            $"transaction {id} ({_submitted[id].Key}) is in a block, but {never}");
        if (entry.Outcome.Code == OutcomeCode.WindowTaken)
        {
            Faults.Met(ClusterFaults.WindowTaken);
        }

        if (_plan.Censor >= 0
            && transaction.Content.Company == ClusterCompanies.Company(_plan.Censored))
        {
            bool replaced = _lastProposer == ClusterCompanies.Company(_plan.Censor)
                && proposer != _lastProposer;
            Faults.Met(ClusterFaults.CensorReplaced, replaced ? 1 : 0);
            CensoredWaitMaxMs = Math.Max(CensoredWaitMaxMs, _nowMs() - _submittedMs[id]);
        }
    }

    private static bool IsAllOrNone(Trip trip)
    {
        bool isUndecided = trip.Legs.All(leg => leg.State is LegState.Held or LegState.Accepted);
        bool isReleased = trip.Legs.All(leg => leg.State == LegState.Released);
        bool isConfirmed = trip.Legs.All(leg => leg.State
            is LegState.Confirmed or LegState.Charging or LegState.Fulfilled or LegState.Unused
            or LegState.Broken);
        return trip.State switch
        {
            TripState.Held => isUndecided,
            TripState.Refused or TripState.Expired => isReleased,
            _ => isConfirmed,
        };
    }

    private void Never(TransactionId id, string why)
    {
        if (_forgotten.Contains(id))
        {
            return;
        }

        Require(!_log.Contains(id), $"transaction {id} is in a block, but {why}");
        _never.TryAdd(id, why);
    }

    private void Count(Effect effect, bool byRule)
    {
        if (effect is MembersChanged changed)
        {
            _changes.Add(changed.Concluded);
        }

        string? kind = effect switch
        {
            MembersChanged each => ClusterFaults.KindOf(each.Concluded.Change),
            RulesChanged => ClusterFaults.ClockChanged,
            TripExpired => ClusterFaults.TripExpired,
            TripRefused => ClusterFaults.TripRefused,
            TripEnded { End: TripState.Completed } => ClusterFaults.TripCompleted,
            TripEnded => ClusterFaults.TripPartial,
            LegBroken => ClusterFaults.LegBroken,
            LegEnded { End: LegState.Fulfilled } when byRule => ClusterFaults.SessionEndedBySilence,
            CdrAccepted when byRule => ClusterFaults.CdrAcceptedBySilence,
            PaymentConfirmed => ClusterFaults.PaymentConfirmed,
            _ => null,
        };
        if (kind is not null)
        {
            Faults.Met(kind);
        }
    }
}
