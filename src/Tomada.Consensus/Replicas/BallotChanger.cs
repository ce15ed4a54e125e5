using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>
/// Phases 1a and 1b: leaving a ballot, and promising to vote in none below the new one.
/// </summary>
internal sealed class BallotChanger(ReplicaCore core)
{
    /// <summary>Enters a ballot and promises it, with my highest lock.</summary>
    public void Enter(int ballot)
    {
        HeightState now = core.Now;
        Invariant.Require(ballot > now.Ballot, "a ballot is entered once, upwards");
        now.Ballot = ballot;
        now.Promised = ballot;
        core.Persist(DurableKind.Promised, ballot, []);
        SendPromise();
    }

    /// <summary>
    /// Sends my Promise of the current ballot, unless I have already accepted in it.
    /// </summary>
    public void SendPromise()
    {
        HeightState now = core.Now;
        if (now.Promised == 0 || now.Promised < now.Ballot || now.Lock?.Ballot >= now.Promised)
        {
            return;
        }

        int highest = now.Accepted.Count == 0 ? VoteContent.Unlocked : now.Accepted.Max;
        Invariant.Require((now.Lock?.Ballot ?? VoteContent.Unlocked) == highest,
            "C4 a Promise carries the highest own lock");
        Invariant.Require(highest < now.Promised, "C5 a lock is below the promised ballot");
        Lock? held = core.Mutation == ProtocolMutation.PromiseHidesLock ? null : now.Lock;
        VoteContent content = ContentOf(now.Height, now.Promised, held);
        core.Broadcast(new ConsensusMessage.Promise(
            now.Height, now.Promised, core.Self, core.Sign(content), held));
    }

    /// <summary>Keeps the first valid Promise of each signer and ballot.</summary>
    public void OnPromise(ConsensusMessage.Promise promise)
    {
        HeightState now = core.Now;
        if (promise.Ballot == 0 || now.Promises.Contains(promise.Signer, promise.Ballot))
        {
            return;
        }

        VoteContent content = ContentOf(promise.Height, promise.Ballot, promise.Lock);
        if (!core.IsSigned(content, promise.Signer, promise.Signature))
        {
            core.Out.Refuse(promise.Signer, RefusalReason.BadSignature, "promise");
            return;
        }

        if (promise.Lock is not { } claimed)
        {
            now.Promises.Add(promise);
        }
        else if (claimed.Ballot < promise.Ballot && CheckedLock(claimed) is { } held)
        {
            now.Promises.Add(promise with { Lock = held });
        }
        else
        {
            core.Out.Refuse(promise.Signer, RefusalReason.BadLock, $"ballot {claimed.Ballot}");
            return;
        }

        now.Saw(promise.Signer, promise.Ballot);
    }

    /// <summary>
    /// Follows when f + 1 others are above: one of them is honest and had a reason.
    /// </summary>
    public void TryJump()
    {
        int target = core.Now.BallotOfOthers(core.Self);
        if (core.IsMember && target > core.Now.Ballot)
        {
            core.Now.FailedBallots++;
            Enter(target);
        }
    }

    private static VoteContent ContentOf(long height, int ballot, Lock? held) => new(
        VoteType.Promise,
        height,
        ballot,
        held?.Digest ?? Digest.Zero,
        held?.Ballot ?? VoteContent.Unlocked);

    /// <summary>
    /// The lock with a certificate that was checked, once per ballot and digest: q Promises with
    /// the
    /// same lock cost one certificate's verification, not q.
    /// </summary>
    private Lock? CheckedLock(Lock claimed)
    {
        HeightState now = core.Now;
        (int, Digest) key = (claimed.Ballot, claimed.Digest);
        if (now.CheckedLocks.TryGetValue(key, out Lock? held))
        {
            return held;
        }

        bool isCertified = core.Mutation == ProtocolMutation.BelieveForgedLock
            || claimed.Certificate.IsValid(
                now.Members, core.Verifier, VoteType.Endorse, now.Quorum);
        if (claimed.Certificate.Height != now.Height || !isCertified
            || core.Rules.DigestOf(claimed.Value) != claimed.Digest)
        {
            return null;
        }

        now.CheckedLocks.Add(key, claimed);
        now.AddValue(claimed.Digest, claimed.Value);
        return claimed;
    }
}
