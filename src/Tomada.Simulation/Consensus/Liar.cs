using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Primitives;
using Lock = Tomada.Consensus.Lock;

namespace Tomada.Simulation.Consensus;

/// <summary>
/// What a liar says beside what its two honest-looking twins say. It holds its own key only; every
/// other signature it shows is one that it heard, or invented.
/// </summary>
internal sealed class Liar(
    SimulationRandom random, FaultTable met, SignMessage sign, CompanyId self, Digest network,
    Lies lies)
{
    private const int RememberedMax = 64;
    private const int BallotsAbove = 1_000;
    private static readonly Lies[] s_spoken =
    [
        Lies.Forgery, Lies.FutureBallots, Lies.StaleBallots, Lies.Replays, Lies.UnfoundedVotes,
    ];

    private readonly List<ConsensusMessage> _heard = [];
    private readonly Dictionary<(long, int), (ConsensusMessage.Propose, bool)> _others = [];
    private long _number;

    /// <summary>Lies that answer a message.</summary>
    /// <param name="heard">What one of the twins heard.</param>
    /// <param name="members">M(h).</param>
    public IEnumerable<ConsensusMessage> AnswerTo(ConsensusMessage heard, MemberSet members)
    {
        Remember(heard);
        Lies lie = random.Pick(s_spoken);
        if ((lies & lie) == 0 || heard is ConsensusMessage.Tip)
        {
            return [];
        }

        ConsensusMessage[] said = lie switch
        {
            Lies.Forgery => [.. Forged(heard, members)],
            Lies.FutureBallots => [.. Elsewhere(heard, members, random.Between(1, BallotsAbove))],
            Lies.StaleBallots => [.. Elsewhere(heard, members, -random.Between(1, 3))],
            Lies.Replays => [random.Pick(_heard), random.Pick(_heard)],
            Lies.UnfoundedVotes => [.. Unfounded(heard, members)],
            _ => [],
        };
        met.Met(KindOf(lie), said.Length);
        return said;
    }

    /// <summary>
    /// What a member hears of a message that one of the twins sends; null: nothing.
    /// </summary>
    public ConsensusMessage? Tell(int to, ConsensusMessage message, MemberSet members)
    {
        if ((lies & Lies.Withholding) != 0 && message is not ConsensusMessage.Tip
            && random.Chance(300_000))
        {
            met.Met(ConsensusFaults.Withheld);
            return null;
        }

        bool freely = message is ConsensusMessage.Propose { Justification: null or { Lock: null } };
        if (!freely || (lies & (Lies.Equivocation | Lies.InvalidValues)) == 0)
        {
            return message;
        }

        (ConsensusMessage.Propose second, bool isForAll) =
            Second((ConsensusMessage.Propose)message, members);
        return isForAll || (to & 1) == 0 ? second : message;
    }

    private static string KindOf(Lies lie) => lie switch
    {
        Lies.Forgery => ConsensusFaults.Forged,
        Lies.FutureBallots => ConsensusFaults.Future,
        Lies.StaleBallots => ConsensusFaults.Stale,
        Lies.Replays => ConsensusFaults.Replayed,
        _ => ConsensusFaults.Unfounded,
    };

    private void Remember(ConsensusMessage heard)
    {
        if (_heard.Count == RememberedMax)
        {
            _heard.RemoveAt(random.Below(RememberedMax));
        }

        _heard.Add(heard);
    }

    private (ConsensusMessage.Propose Message, bool IsForAll) Second(
        ConsensusMessage.Propose first, MemberSet members)
    {
        (long, int) key = (first.Height, first.Ballot);
        if (!_others.TryGetValue(key, out (ConsensusMessage.Propose, bool) second))
        {
            bool isInvalid = (lies & Lies.InvalidValues) != 0
                && ((lies & Lies.Equivocation) == 0 || random.Chance(500_000));
            met.Met(isInvalid ? ConsensusFaults.Invalid : ConsensusFaults.Equivocated);
            byte[] value = isInvalid
                ? Invalid(first.Value, members)
                : Other(first.Value, toy => toy with { Number = --_number });
            second = (
                Propose(first.Height, first.Ballot, value, members, first.Justification),
                isInvalid);
            _others.Add(key, second);
        }

        return second;
    }

    private IEnumerable<ConsensusMessage> Unfounded(ConsensusMessage heard, MemberSet members)
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
                yield return Promise(promise.Height, promise.Ballot, null, members);
                break;
        }
    }

    private IEnumerable<ConsensusMessage> Elsewhere(
        ConsensusMessage heard, MemberSet members, int offset)
    {
        (int Ballot, Digest Digest)? about = heard switch
        {
            ConsensusMessage.Propose each => (each.Ballot, Digest.Of(each.Value)),
            ConsensusMessage.Endorse each => (each.Ballot, each.Digest),
            ConsensusMessage.Accept each => (each.Ballot, each.Digest),
            ConsensusMessage.Promise each => (each.Ballot, Digest.Zero),
            _ => null,
        };
        if (about is not { } one || one.Ballot + offset < 0)
        {
            yield break;
        }

        int ballot = one.Ballot + offset;
        yield return Endorse(heard.Height, ballot, one.Digest, members);
        yield return Accept(heard.Height, ballot, one.Digest, members);
        yield return Promise(heard.Height, ballot, null, members);
    }

    private byte[] Invalid(byte[] sound, MemberSet members) => random.Below(6) switch
    {
        0 => Other(sound, toy => toy with { Previous = Digest.Of(sound) }),
        1 => Other(sound, toy => toy with { Height = toy.Height + 1 }),
        2 => Other(sound, toy => toy with { Time = toy.Time.Plus(TimeSpan.FromHours(1)) }),
        3 => Other(sound, toy => toy with { Time = new Timestamp(1) }),
        4 => Other(sound, toy => toy with { Proposer = random.Pick(members.Members).Company }),
        _ => [1, 2, 3],
    };

    /// <summary>Each with one thing that is not so.</summary>
    private IEnumerable<ConsensusMessage> Forged(ConsensusMessage heard, MemberSet members)
    {
        if (heard is not ConsensusMessage.Propose propose)
        {
            yield break;
        }

        byte[] value = Other(propose.Value, toy => toy with { Number = --_number });
        Digest digest = Digest.Of(value);
        yield return new ConsensusMessage.Decided(
            value,
            Certify(VoteType.Accept, propose.Height, propose.Ballot, digest, members),
            propose.Justification);
        Lock held = new(
            value, Certify(VoteType.Endorse, propose.Height, propose.Ballot, digest, members));
        yield return Promise(propose.Height, propose.Ballot + 1, held, members);
        yield return Propose(
            propose.Height, propose.Ballot + 1, value, members,
            new Justification(
                propose.Height,
                propose.Ballot + 1,
                [
                    .. members.Members.Take(members.Q).Select(each => new PromiseSeal(
                        each.Company, propose.Ballot, digest, Noise())),
                ],
                held.Certificate));
    }

    /// <summary>My own seal, and q − 1 that are noise, or mine again.</summary>
    private Certificate Certify(
        VoteType type, long height, int ballot, Digest digest, MemberSet members)
    {
        byte[] mine = Sign(new VoteContent(type, height, ballot, digest), members);
        bool repeats = random.Chance(500_000);
        IEnumerable<VoteSeal> others = members.Members
            .Where(each => each.Company != self)
            .Take(members.Q - 1)
            .Select(each => new VoteSeal(
                repeats ? self : each.Company, repeats ? mine : Noise()));
        ImmutableArray<VoteSeal> seals =
            [.. others.Append(new VoteSeal(self, mine)).OrderBy(seal => seal.Company)];
        return new Certificate(type, height, ballot, digest, seals);
    }

    private byte[] Noise()
    {
        byte[] noise = new byte[Signing.SignatureSize];
        BitConverter.TryWriteBytes(noise, random.Next());
        return noise;
    }

    private byte[] Other(byte[] value, Func<ToyValue, ToyValue> change) =>
        ToyValue.TryDecode(value, out ToyValue? toy)
            ? change(toy with { Proposer = self }).Encode()
            : value;

    private byte[] Sign(in VoteContent content, MemberSet members) =>
        sign(content.SignedBytes(network, members.Hash));

    private ConsensusMessage.Propose Propose(
        long height, int ballot, byte[] value, MemberSet members, Justification? j) =>
        new(height, ballot, value, self,
            Sign(new VoteContent(VoteType.Propose, height, ballot, Digest.Of(value)), members), j);

    private ConsensusMessage.Endorse Endorse(
        long height, int ballot, Digest digest, MemberSet members) =>
        new(height, ballot, digest, self,
            Sign(new VoteContent(VoteType.Endorse, height, ballot, digest), members));

    private ConsensusMessage.Accept Accept(
        long height, int ballot, Digest digest, MemberSet members) =>
        new(height, ballot, digest, self,
            Sign(new VoteContent(VoteType.Accept, height, ballot, digest), members));

    private ConsensusMessage.Promise Promise(
        long height, int ballot, Lock? held, MemberSet members) =>
        new(height, ballot, self,
            Sign(
                new VoteContent(
                    VoteType.Promise, height, ballot, held?.Digest ?? Digest.Zero,
                    held?.Ballot ?? VoteContent.Unlocked),
                members),
            held);
}
