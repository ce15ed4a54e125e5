using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>Phase 1c/2a: what I propose when I lead the ballot.</summary>
internal sealed class Proposer(ReplicaCore core)
{
    /// <summary>
    /// Proposes once in a ballot that I lead, as soon as there is a value that I may propose.
    /// </summary>
    public void TryPropose()
    {
        HeightState now = core.Now;
        if (now.IsDecided || !core.HasTime || !core.IsMember || !core.LeadsNow || !core.SeesQuorum
            || now.Proposed.ContainsKey(now.Ballot))
        {
            return;
        }

        if (now.Ballot == 0)
        {
            Propose(MakeFresh(), null);
            return;
        }

        List<ConsensusMessage.Promise> promises = now.Promises.Best(now.Ballot, now.Quorum);
        if (promises.Count < now.Quorum)
        {
            return;
        }

        Lock? bound = BindingLock(promises);
        bool rewrites = core.Mutation == ProtocolMutation.RewriteLockedValue;
        Propose(rewrites ? MakeFresh() : bound?.Value ?? MakeFresh(), Justify(promises));
    }

    private byte[]? MakeFresh() => core.WorkWaits
        ? core.Rules.Make(new MakeRequest(
            core.Now.Height,
            core.Now.Ballot,
            core.Now.Parent is { } parent ? Certificate.Codec.Encode(parent.Certificate) : null,
            core.Now.FailedBallots,
            core.LedgerNow))
        : null;

    private Lock? BindingLock(List<ConsensusMessage.Promise> promises) => core.Mutation switch
    {
        ProtocolMutation.SkipPromiseCheck => null,
        ProtocolMutation.AnyLockInsteadOfHighest =>
            promises.FindLast(each => each.Lock is not null)?.Lock,
        _ => promises[0].Lock,
    };

    private Justification Justify(List<ConsensusMessage.Promise> promises)
    {
        ImmutableArray<PromiseSeal> seals =
        [
            .. promises.OrderBy(each => each.Signer).Select(each => new PromiseSeal(
                each.Signer,
                each.Lock?.Ballot ?? VoteContent.Unlocked,
                each.Lock?.Digest ?? Digest.Zero,
                each.Signature)),
        ];
        return new Justification(
            core.Now.Height, core.Now.Ballot, seals, promises[0].Lock?.Certificate);
    }

    private void Propose(byte[]? value, Justification? justification)
    {
        if (value is null)
        {
            return;
        }

        HeightState now = core.Now;
        Digest? digest = core.Rules.DigestOf(value);
        Invariant.Require(digest is not null, "a value that is proposed is well formed");
        byte[] signature = core.Sign(
            new VoteContent(VoteType.Propose, now.Height, now.Ballot, digest.Value));
        ConsensusMessage.Propose propose = new(
            now.Height, now.Ballot, value, core.Self, signature, justification);
        now.Proposed.Add(now.Ballot, propose);
        byte[] row = ConsensusMessage.Propose.Codec.Encode(propose);
        core.Persist(DurableKind.Proposed, now.Ballot, row);
        core.Broadcast(propose);
    }
}
