using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>
/// What a liar says beside its two honest-looking twins: it votes for whatever it hears of, in both
/// phases, and promises every ballot as if it had never accepted anything.
/// </summary>
internal sealed class Liar(SignMessage sign, CompanyId self, Digest network)
{
    /// <summary>Votes that answer a message, all of them unfounded.</summary>
    public IEnumerable<ConsensusMessage> AnswerTo(ConsensusMessage heard, MemberSet members)
    {
        switch (heard)
        {
            case ConsensusMessage.Propose propose:
                Digest digest = Digest.Of(propose.Value);
                yield return Endorse(propose.Height, propose.Ballot, digest, members);
                yield return Accept(propose.Height, propose.Ballot, digest, members);
                break;
            case ConsensusMessage.Endorse endorse:
                yield return Endorse(endorse.Height, endorse.Ballot, endorse.Digest, members);
                yield return Accept(endorse.Height, endorse.Ballot, endorse.Digest, members);
                break;
            case ConsensusMessage.Accept accept:
                yield return Accept(accept.Height, accept.Ballot, accept.Digest, members);
                break;
            case ConsensusMessage.Promise promise:
                yield return Promise(promise.Height, promise.Ballot, members);
                break;
        }
    }

    private byte[] Sign(in VoteContent content, MemberSet members) =>
        sign(content.SignedBytes(network, members.Hash));

    private ConsensusMessage.Endorse Endorse(
        long height, int ballot, Digest digest, MemberSet members) =>
        new(height, ballot, digest, self,
            Sign(new VoteContent(VoteType.Endorse, height, ballot, digest), members));

    private ConsensusMessage.Accept Accept(
        long height, int ballot, Digest digest, MemberSet members) =>
        new(height, ballot, digest, self,
            Sign(new VoteContent(VoteType.Accept, height, ballot, digest), members));

    private ConsensusMessage.Promise Promise(long height, int ballot, MemberSet members) =>
        new(height, ballot, self,
            Sign(new VoteContent(VoteType.Promise, height, ballot, Digest.Zero), members), null);
}
