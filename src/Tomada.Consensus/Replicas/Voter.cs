using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>Phases 2av and 2b: what I endorse and accept.</summary>
internal sealed class Voter(ReplicaCore core)
{
    /// <summary>
    /// Endorses a leader's proposal when every rule holds, at most one in a ballot.
    /// </summary>
    /// <param name="propose">The proposal.</param>
    /// <param name="isOwn">Made by this replica in this step.</param>
    public void OnPropose(ConsensusMessage.Propose propose, bool isOwn)
    {
        HeightState now = core.Now;
        if (now.LeaderOf(propose.Ballot).Company != propose.Signer)
        {
            Refuse(propose, RefusalReason.NotTheLeader, $"ballot {propose.Ballot}");
        }
        else if (core.Rules.DigestOf(propose.Value) is not { } digest)
        {
            Refuse(propose, RefusalReason.MalformedValue, string.Empty);
        }
        else if (!isOwn && !core.IsSigned(
            new VoteContent(VoteType.Propose, propose.Height, propose.Ballot, digest),
            propose.Signer,
            propose.Signature))
        {
            Refuse(propose, RefusalReason.BadSignature, "propose");
        }
        else if (propose.Ballot < now.Ballot
            && core.Mutation != ProtocolMutation.VoteInAbandonedBallot)
        {
            KeepForDecision(propose, digest);
        }
        else if (IsJustified(propose, digest, out Justification? proof))
        {
            OnJustified(propose, digest, proof);
        }
    }

    /// <summary>
    /// Never votes for it any more, but others may decide it: then their Accepts suffice, and the
    /// value need not be asked for. One that left early (by complaint) so keeps pace.
    /// </summary>
    private void KeepForDecision(ConsensusMessage.Propose propose, Digest digest)
    {
        HeightState now = core.Now;
        Refuse(propose, RefusalReason.OldBallot, $"{propose.Ballot} < {now.Ballot}");
        if (IsJustified(propose, digest, out Justification? proof))
        {
            now.AddValue(digest, propose.Value);
            if (proof is not null)
            {
                now.AddJustification(proof, digest);
            }
        }
    }

    /// <summary>
    /// Accepts what a quorum endorsed in my ballot, if I endorsed it there myself.
    /// </summary>
    public void TryAccept()
    {
        TryAccept(core.Now.Ballot);
        if (core.Mutation == ProtocolMutation.VoteInAbandonedBallot)
        {
            core.Now.Endorsed.Keys.ToList().ForEach(TryAccept);
        }
    }

    private void TryAccept(int ballot)
    {
        HeightState now = core.Now;
        if (now.Accepted.Contains(ballot) || EndorsedDigest(ballot) is not { } digest
            || now.FindValue(digest) is not { Checked: not null } value
            || Certify(ballot, digest) is not { } certificate)
        {
            return;
        }

        Invariant.Require(IsOpen(ballot), "C3 no vote below a promised ballot");
        Invariant.Require(now.Accepted.Add(ballot), "C2 one Accept per height and ballot");
        now.Lock = new Lock(value.Bytes, certificate);
        core.Persist(DurableKind.Accepted, ballot, Lock.Codec.Encode(now.Lock));
        SendAccept(now.Lock);
    }

    /// <summary>Sends my Endorse of a ballot, at first or again.</summary>
    public void SendEndorse(int ballot, Digest digest)
    {
        byte[] signature = core.Sign(
            new VoteContent(VoteType.Endorse, core.Now.Height, ballot, digest));
        core.Broadcast(new ConsensusMessage.Endorse(
            core.Now.Height, ballot, digest, core.Self, signature));
    }

    /// <summary>Sends my Accept of what I hold locked, at first or again.</summary>
    public void SendAccept(Lock held)
    {
        byte[] signature = core.Sign(
            new VoteContent(VoteType.Accept, core.Now.Height, held.Ballot, held.Digest));
        core.Broadcast(new ConsensusMessage.Accept(
            core.Now.Height, held.Ballot, held.Digest, core.Self, signature));
    }

    private Certificate? Certify(int ballot, Digest digest)
    {
        HeightState now = core.Now;
        if (core.Mutation == ProtocolMutation.MixEndorsesOfBallots)
        {
            ImmutableArray<VoteSeal> mixed = now.Endorses.ForAnyBallot(digest);
            return mixed.Length >= now.Quorum
                ? new Certificate(VoteType.Endorse, now.Height, ballot, digest, mixed)
                : null;
        }

        return now.Endorses.Certify(VoteType.Endorse, now.Height, ballot, digest, now.Quorum);
    }

    private bool IsOpen(int ballot) => ballot >= core.Now.Promised
        || core.Mutation == ProtocolMutation.VoteInAbandonedBallot;

    private Digest? EndorsedDigest(int ballot)
    {
        if (core.Now.Endorsed.TryGetValue(ballot, out Digest endorsed))
        {
            return endorsed;
        }

        return core.Mutation == ProtocolMutation.AcceptWithoutOwnEndorse
            ? core.Now.Endorses.MostVoted(ballot)
            : null;
    }

    /// <summary>
    /// Whether the value may be proposed in the ballot, and the checked J that says so.
    /// </summary>
    private bool IsJustified(
        ConsensusMessage.Propose propose, Digest digest, out Justification? proof)
    {
        HeightState now = core.Now;
        proof = null;
        if (propose.Ballot == 0 || core.Mutation == ProtocolMutation.SkipPromiseCheck)
        {
            return true;
        }

        proof = now.JustificationOf(propose.Ballot, digest);
        if (proof is not null)
        {
            return true;
        }

        proof = propose.Justification;
        if (proof is null)
        {
            return Refuse(propose, RefusalReason.MissingJustification, $"ballot {propose.Ballot}");
        }

        bool isProven = core.Mutation == ProtocolMutation.BelieveForgedLock
            || proof.IsValid(now.Members, core.Verifier, now.Quorum);
        if (proof.Height != propose.Height || proof.Ballot != propose.Ballot || !isProven)
        {
            return Refuse(propose, RefusalReason.BadJustification, $"ballot {propose.Ballot}");
        }

        bool allowed = core.Mutation == ProtocolMutation.AnyLockInsteadOfHighest
            ? proof.Lock is null || proof.Promises.Any(each => each.Digest == digest)
            : proof.Allows(digest);
        return allowed || Refuse(propose, RefusalReason.NotTheLockedValue, digest.ToShortString());
    }

    private void OnJustified(
        ConsensusMessage.Propose propose, Digest digest, Justification? proof)
    {
        HeightState now = core.Now;
        now.Saw(propose.Signer, propose.Ballot);
        KnownValue value = now.AddValue(digest, propose.Value);
        if (proof is not null)
        {
            now.AddJustification(proof, digest);
        }

        if (now.Endorsed.TryGetValue(propose.Ballot, out Digest endorsed) && endorsed != digest)
        {
            if (core.Mutation == ProtocolMutation.EndorseTwice)
            {
                SendEndorse(propose.Ballot, digest);
            }

            Refuse(propose, RefusalReason.ConflictingVote, $"ballot {propose.Ballot}");
            return;
        }

        bool again = now.Endorsed.ContainsKey(propose.Ballot);
        bool fresh = !again && proof?.Lock is null;
        if (!IsValidValue(propose, value, fresh))
        {
            return;
        }

        if (!again && core.IsMember)
        {
            Endorse(propose.Ballot, digest);
        }
    }

    private void Endorse(int ballot, Digest digest)
    {
        HeightState now = core.Now;
        Invariant.Require(IsOpen(ballot), "C3 no vote below a promised ballot");
        Invariant.Require(
            now.Endorsed.TryAdd(ballot, digest), "C1 one Endorse per height and ballot");
        now.Ballot = Math.Max(now.Ballot, ballot);
        core.Persist(DurableKind.Endorsed, ballot, digest.ToArray());
        SendEndorse(ballot, digest);
    }

    private bool IsValidValue(ConsensusMessage.Propose propose, KnownValue value, bool fresh)
    {
        bool byClock = core.Mutation switch
        {
            ProtocolMutation.ClockJudgesLockedValue => true,
            ProtocolMutation.NoClockJudgesFreshValue => false,
            _ => fresh,
        };

        // Again while fresh: the clock's verdict may change between two copies of a proposal.
        if (value.Checked is null || byClock)
        {
            switch (core.Rules.Check(value.Bytes, core.LedgerNow, byClock))
            {
                case ValueCheck.Refused refused:
                    return Refuse(propose, RefusalReason.InvalidValue, refused.Reason);
                case ValueCheck.CheckedValue valid when valid.Digest == value.Digest:
                    value.Checked = valid;
                    break;
                default:
                    throw new InvariantBrokenException("a checked value keeps its digest");
            }
        }

        HeightState now = core.Now;
        ValueCheck.CheckedValue known = value.Checked;
        if (known.Height != now.Height || known.Previous != now.Previous)
        {
            return Refuse(propose, RefusalReason.WrongParent, $"height {known.Height}");
        }

        if (known.Time <= now.PreviousTime)
        {
            return Refuse(propose, RefusalReason.WrongTime, $"{known.Time}");
        }

        return !fresh || known.Proposer == propose.Signer
            || Refuse(propose, RefusalReason.WrongProposer, $"{known.Proposer}");
    }

    private bool Refuse(ConsensusMessage.Propose propose, RefusalReason reason, string detail)
    {
        core.Out.Refuse(propose.Signer, reason, detail);
        return false;
    }
}
