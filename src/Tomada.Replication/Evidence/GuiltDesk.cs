using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// Finds members that contradict themselves: holds the votes that pass by, shows its own to the
/// others when a ballot has two values, passes evidence on, and hands out what is to be kept.
/// </summary>
internal sealed class GuiltDesk
{
    private readonly CompanyId _self;
    private readonly VerifySignature _verify;
    private readonly CheckBudget _budget;
    private readonly VoteWatch _watch;
    private readonly HashSet<GuiltId> _known = [];
    private readonly Queue<GuiltId> _knownInOrder = new();
    private LedgerState _state;
    private long _secondEndsMs;
    private int _shownInSecond;
    private int _recalledInSecond;
    private long _keepAtMs;
    private long _keptTo;

    public GuiltDesk(
        CompanyId self, VerifySignature verify, LedgerState state, CheckBudget budget)
    {
        _self = self;
        _verify = verify;
        _state = state;
        _budget = budget;
        _watch = new VoteWatch(
            new VoteVerifier(state.Network, verify), budget, ReplicationLimits.WatchedHeightsMax);
    }

    /// <summary>Credit of those who bring what turns out forged, for all that checks.</summary>
    public static CheckBudget NewBudget() =>
        new(Limits.FailedChecksPerSecondMax, ReplicationLimits.SecondMs);

    /// <summary>Moves to another tip.</summary>
    /// <param name="state">The newest state.</param>
    /// <param name="members">Who decides the height after it.</param>
    public void MoveTo(LedgerState state, MemberSet members)
    {
        _state = state;
        _watch.Begin(state.Height + 1, members);
    }

    /// <summary>Takes up again what was written down; before the start.</summary>
    public void Remember(HeardVotes heard)
    {
        foreach (HeardHeight height in heard.Heights)
        {
            _keptTo = Math.Max(_keptTo, height.Height);
            foreach (SignedVote vote in height.Votes)
            {
                _watch.Offer(_self, vote);
            }
        }
    }

    /// <summary>Takes up the votes of a message of consensus, a peer's or one's own.</summary>
    public void Hear(
        CompanyId from, ConsensusMessage message, LedgerValues values, OutputBuilder output)
    {
        foreach (SignedVote vote in MessageVotes.In(message, values.DigestOf))
        {
            Hear(from, vote, output);
        }

        // Two chains: who signed the other one's block stands in its successor.
        byte[]? value = message switch
        {
            ConsensusMessage.Propose propose => propose.Value,
            ConsensusMessage.Decided decided => decided.Value,
            _ => null,
        };
        if (value is { } bytes)
        {
            foreach (SignedVote vote in MessageVotes.Of(values.ForeignParentOf(bytes)))
            {
                Hear(from, vote, output);
            }
        }
    }

    /// <summary>Takes up votes that a peer shows, or evidence that it found.</summary>
    public void Hear(CompanyId from, PeerMessage message, OutputBuilder output)
    {
        if (message is PeerMessage.HeldVotes held)
        {
            foreach (SignedVote vote in held.Votes)
            {
                Hear(from, vote, output);
            }
        }
        else if (message is PeerMessage.GuiltFound found)
        {
            Hear(from, found.Evidence, output);
        }
    }

    /// <summary>
    /// Whether a decided block follows another block than ours: a fork, and more than the tolerated
    /// number lied. It is not taken up; its certificates show who did.
    /// </summary>
    public bool IsFork(
        CompanyId from, ConsensusMessage.Decided decided, LedgerValues values, OutputBuilder output)
    {
        if (values.ForeignParentOf(decided.Value) is null)
        {
            return false;
        }

        Hear(from, decided, values, output);
        output.Refusals.Add(new RefusedInput(
            from, "block.fork", $"block {decided.Height} follows another block than ours"));
        return true;
    }

    private void Hear(CompanyId from, Evidence evidence, OutputBuilder output)
    {
        if (GuiltId.Of(evidence) is { } id && (_known.Contains(id) || IsOnLedger(id)))
        {
            return;
        }

        if (!_budget.Allows(from))
        {
            output.Refusals.Add(new RefusedInput(from, "evidence.budget", "too many were false"));
        }
        else if (WhyNot(evidence) is { } why)
        {
            _budget.Failed(from);
            output.Refusals.Add(new RefusedInput(from, "evidence.refuted", why));
        }
        else
        {
            Tell(evidence, output);
        }
    }

    /// <summary>Compares a late vote with what the store kept of its height.</summary>
    public void Recall(LateVote late, HeardHeight kept, OutputBuilder output)
    {
        foreach (SignedVote vote in kept.Votes)
        {
            if (!_budget.Allows(late.From))
            {
                return;
            }

            if (Evidence.Of(_state.Network, kept.Members, vote, late.Vote) is not { } found)
            {
                continue;
            }

            if (WhyNot(found) is null)
            {
                Tell(found, output);
            }
            else
            {
                _budget.Failed(late.From);
            }
        }
    }

    /// <summary>Takes up what this node says itself.</summary>
    public void HearOwn(
        IEnumerable<ConsensusMessage?> messages, LedgerValues values, OutputBuilder output)
    {
        foreach (ConsensusMessage? message in messages)
        {
            if (message is not null)
            {
                Hear(_self, message, values, output);
            }
        }
    }

    /// <summary>Says which is the newest vote held of a member, who has woken and asks.</summary>
    public void Answer(CompanyId member, OutputBuilder output)
    {
        ShownVote? shown = _watch.Newest(member) is { } vote
            ? new ShownVote(_watch.MembersAt(vote.Height)!.Value, vote)
            : null;
        output.Send.Add(new OutgoingMessage(
            member, new PeerMessage.NewestVote(_state.Height, shown)));
    }

    /// <summary>Time passed: new credit, and now and then what is to be kept.</summary>
    public void OnTick(long nowMs, OutputBuilder output)
    {
        _budget.At(nowMs);
        if (nowMs >= _secondEndsMs)
        {
            _secondEndsMs = nowMs + ReplicationLimits.SecondMs;
            _shownInSecond = 0;
            _recalledInSecond = 0;
        }

        if (nowMs >= _keepAtMs)
        {
            _keepAtMs = nowMs + ReplicationLimits.KeepVotesMs;
            Keep(output);
        }
    }

    private void Hear(CompanyId from, SignedVote vote, OutputBuilder output)
    {
        if (vote.Height < _watch.LowestHeight)
        {
            if (from != _self && vote.Height > 0
                && ++_recalledInSecond <= ReplicationLimits.RecallsPerSecondMax)
            {
                output.Recall.Add(new LateVote(from, vote));
            }

            return;
        }

        if (_watch.Offer(from, vote) is { } found)
        {
            Tell(found, output);
        }

        if (_watch.Splits(vote) && ++_shownInSecond <= ReplicationLimits.ShowsPerSecondMax)
        {
            ImmutableArray<SignedVote> held =
            [
                .. _watch.Votes(vote.Height, vote.Ballot)
                    .Take(ReplicationLimits.HeldVotesPerMessageMax),
            ];
            output.Send.Add(new OutgoingMessage(null, new PeerMessage.HeldVotes(held)));
        }
    }

    private bool IsOnLedger(GuiltId id) => _state.Guilts.ContainsKey(id);

    private string? WhyNot(Evidence evidence) =>
        VotingKeyHistory.At(_state, evidence.Guilty, evidence.Height) is { } key
            ? evidence.Refute(_state.Network, key, _verify)
            : $"{evidence.Guilty} had no voting key at that height";

    private void Tell(Evidence evidence, OutputBuilder output)
    {
        GuiltId id = GuiltId.Of(evidence)!.Value;
        if (IsOnLedger(id) || !_known.Add(id))
        {
            return;
        }

        _knownInOrder.Enqueue(id);
        if (_knownInOrder.Count > ReplicationLimits.KnownGuiltsMax)
        {
            _known.Remove(_knownInOrder.Dequeue());
        }

        output.Found.Add(evidence);
        output.Send.Add(new OutgoingMessage(null, new PeerMessage.GuiltFound(evidence)));
    }

    /// <summary>Hands out the votes of the heights decided since the last time.</summary>
    private void Keep(OutputBuilder output)
    {
        List<HeardHeight> heights = [];
        for (long height = Math.Max(_keptTo + 1, _watch.LowestHeight);
            height <= _state.Height;
            height++)
        {
            ImmutableArray<SignedVote> votes = [.. _watch.AllVotes(height)];
            if (!votes.IsEmpty)
            {
                heights.Add(new HeardHeight(height, _watch.MembersAt(height)!.Value, votes));
            }
        }

        _keptTo = _state.Height;
        foreach (HeardHeight[] row in heights.Chunk(ReplicationLimits.HeardHeightsPerRowMax))
        {
            output.Heard.Add(new HeardVotes([.. row]));
        }
    }
}
