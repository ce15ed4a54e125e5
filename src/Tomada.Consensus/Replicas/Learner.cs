using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>Learns what was decided, in whatever ballot: my own does not matter here.</summary>
internal sealed class Learner(ReplicaCore core)
{
    /// <summary>
    /// Decides when a quorum accepted one digest in one ballot and I hold value and proof.
    /// </summary>
    public void TryDecide(int ballot, Digest digest)
    {
        HeightState now = core.Now;
        if (now.IsDecided || !Believes(ballot) || Certify(ballot, digest) is not { } certificate
            || now.FindValue(digest) is not { } value)
        {
            return;
        }

        // Without J the proof is incomplete; a peer that has it sends the decision.
        Justification? justification = now.JustificationOf(ballot, digest);
        if (ballot == 0 || justification is not null || core.DoubtsJustifications)
        {
            Decide(value, new ConsensusMessage.Decided(value.Bytes, certificate, justification));
        }
    }

    /// <summary>Decides by the proof of another.</summary>
    public void OnDecided(CompanyId from, ConsensusMessage.Decided decided)
    {
        HeightState now = core.Now;
        Certificate certificate = decided.Certificate;
        if (core.Rules.DigestOf(decided.Value) is not { } digest || digest != certificate.Digest)
        {
            core.Out.Refuse(from, RefusalReason.MalformedValue, "decided");
        }
        else if (!Believes(certificate.Ballot))
        {
            core.Out.Refuse(from, RefusalReason.OldBallot, "decided");
        }
        else if (core.Mutation != ProtocolMutation.BelieveForgedDecision
            && !certificate.IsValid(now.Members, core.Verifier, VoteType.Accept, now.Quorum))
        {
            core.Out.Refuse(from, RefusalReason.BadCertificate, "decided");
        }
        else if (!IsJustified(decided))
        {
            core.Out.Refuse(from, RefusalReason.BadJustification, "decided");
        }
        else
        {
            Decide(now.AddValue(digest, decided.Value), decided);
        }
    }

    private bool Believes(int ballot) => ballot == core.Now.Ballot
        || core.Mutation != ProtocolMutation.RefuseOtherBallotsDecision;

    private Certificate? Certify(int ballot, Digest digest)
    {
        HeightState now = core.Now;
        if (core.Mutation == ProtocolMutation.MixAcceptsOfBallots)
        {
            ImmutableArray<VoteSeal> mixed = now.Accepts.ForAnyBallot(digest);
            return mixed.Length >= now.Quorum
                ? new Certificate(VoteType.Accept, now.Height, ballot, digest, mixed)
                : null;
        }

        return now.Accepts.Certify(VoteType.Accept, now.Height, ballot, digest, now.Quorum);
    }

    private bool IsJustified(ConsensusMessage.Decided decided)
    {
        HeightState now = core.Now;
        Certificate certificate = decided.Certificate;
        if (certificate.Ballot == 0 || core.DoubtsJustifications)
        {
            return true;
        }

        return decided.Justification is { } proof
            && proof.Height == certificate.Height && proof.Ballot == certificate.Ballot
            && proof.Allows(certificate.Digest)
            && proof.IsValid(now.Members, core.Verifier, now.Quorum);
    }

    private void Decide(KnownValue value, ConsensusMessage.Decided proof)
    {
        HeightState now = core.Now;
        value.Checked ??= core.Rules.Check(value.Bytes, core.LedgerNow, fresh: false)
            as ValueCheck.CheckedValue;
        Invariant.Require(
            value.Checked is { } known && known.Digest == value.Digest && known.Height == now.Height
                && known.Previous == now.Previous && known.Time > now.PreviousTime,
            "C7 a decided value is valid on my tip");
        now.IsDecided = true;
        core.Out.Decided = new Decision(value.Checked, proof);
    }
}
