using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>When a ballot is given up, and when messages are sent again.</summary>
internal sealed class Pacemaker(ReplicaCore core, BallotChanger ballots, Voter voter)
{
    private (long Height, int Ballot) _timed;
    private long? _timerStartMs;
    private long _lastTipMs;

    /// <summary>The next instant at which something is due, in wall milliseconds.</summary>
    public long WakeAtMs
    {
        get
        {
            long resend = LastSendMs + ResendPeriodMs;
            return _timerStartMs is { } start
                ? Math.Min(resend, start + TimeoutMs(core.Now.Ballot))
                : resend;
        }
    }

    private long LastSendMs => Math.Max(_lastTipMs, core.LastBroadcastMs);

    private long ResendPeriodMs => IsEngaged
        ? core.BaseTimeoutMs * 6L / 10
        : (long)core.BaseTimeoutMs * Limits.IdleResendFactor;

    /// <summary>Whether this height is under way or should be.</summary>
    private bool IsEngaged => core.Current is { IsDecided: false } now
        && (core.WorkWaits || now.Lock is not null || now.Endorsed.ContainsKey(now.Ballot)
            || now.CheckedLocks.Count > 0);

    /// <summary>
    /// Starts, stops and fires the ballot's timer. True when a ballot was given up.
    /// </summary>
    public bool GiveUpIfDue()
    {
        HeightState now = core.Now;
        if (_timed != (now.Height, now.Ballot))
        {
            _timed = (now.Height, now.Ballot);
            _timerStartMs = null;
        }

        if (!MayTime())
        {
            _timerStartMs = null;
            return false;
        }

        _timerStartMs ??= core.WallMs;
        int timeout = TimeoutMs(now.Ballot);
        if (core.WallMs - _timerStartMs < timeout || now.Ballot == Limits.BallotMax)
        {
            return false;
        }

        if (timeout > 0)
        {
            now.FailedBallots++;
            core.Silent.Add(now.LeaderOf(now.Ballot).Company);
            core.Silent.Remove(core.Self);
        }

        ballots.Enter(now.Ballot + 1);
        return true;
    }

    /// <summary>Sends again what may be lost, when its time has come.</summary>
    public void ResendIfDue()
    {
        if (core.WallMs - LastSendMs < ResendPeriodMs)
        {
            return;
        }

        _lastTipMs = core.WallMs;
        HeightState now = core.Now;
        core.Out.Send(null, new ConsensusMessage.Tip(now.IsDecided ? now.Height + 1 : now.Height));
        if (!now.IsDecided && core.IsMember)
        {
            Resend();
        }
    }

    /// <summary>Sends all my newest messages of this height.</summary>
    public void Resend()
    {
        HeightState now = core.Now;
        if (now.Proposed.TryGetValue(now.Ballot, out ConsensusMessage.Propose? proposed))
        {
            core.Broadcast(proposed);
        }

        if (now.Endorsed.TryGetValue(now.Ballot, out Digest endorsed))
        {
            voter.SendEndorse(now.Ballot, endorsed);
        }

        if (now.Lock is not null)
        {
            voter.SendAccept(now.Lock);
        }

        ballots.SendPromise();
    }

    /// <summary>
    /// A lone member does not climb: without a quorum in sight, or above ballot 0 before a quorum
    /// is
    /// in ballots as high, time proves nothing about the leader.
    /// </summary>
    private bool MayTime()
    {
        HeightState now = core.Now;
        if (core.Mutation == ProtocolMutation.LoneNodeClimbs)
        {
            return core.HasTime && core.IsMember && IsEngaged;
        }

        return core.HasTime && core.IsMember && IsEngaged && core.SeesQuorum
            && (now.Ballot == 0 || now.KnownInOrAbove(now.Ballot, core.Self) >= now.Quorum);
    }

    /// <summary>T(b) in milliseconds (spec/consensus.md, Timeouts).</summary>
    private int TimeoutMs(int ballot)
    {
        HeightState now = core.Now;
        if (core.Silent.Contains(now.LeaderOf(ballot).Company))
        {
            return 0;
        }

        if (core.Mutation == ProtocolMutation.ConstantTimeout)
        {
            return core.BaseTimeoutMs;
        }

        int doublings = Math.Clamp(ballot - now.Members.F, 0, 30);
        return core.BaseTimeoutMs * Math.Min(1 << doublings, Limits.TimeoutFactorMax);
    }
}
