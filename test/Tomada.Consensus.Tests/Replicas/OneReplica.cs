using Tomada.Primitives;
using Tomada.Simulation.Consensus;

namespace Tomada.Consensus.Tests.Replicas;

/// <summary>One replica of four, br-bbb, at height 1, and the others' voices.</summary>
internal sealed class OneReplica
{
    public const int N = 4;

    public OneReplica(params DurableRecord[] restored)
    {
        Members = new MemberSet(
            Enumerable.Range(0, N).Select(i => new Member(Company(i), StandInSignatures.KeyOf(i))),
            Digest.Of("members"u8));
        ReplicaOptions options = new() { Self = Company(1), Network = Network };
        ToyRules rules = new(Company(1), () => 100);
        Replica = new Replica(
            options, rules, StandInSignatures.SignerOf(StandInSignatures.KeyOf(1)),
            StandInSignatures.Verify, restored);
        Replica.Step(new Input.Tick(1_000, Now));
        Replica.Step(new Input.PeersReachable([.. Members.Members.Select(each => each.Company)]));
        AtStart = Replica.Step(
            new Input.StartHeight(1, Digest.Zero, new Timestamp(0), Members, 0, null));
    }

    public static Digest Network { get; } = Digest.Of("network"u8);

    public static Timestamp Now { get; } = new(500_000);

    public Replica Replica { get; }

    public MemberSet Members { get; }

    public Output AtStart { get; }

    public static CompanyId Company(int index) =>
        CompanyId.Parse($"br-{new string((char)('a' + index), 3)}");

    /// <summary>A valid value of height 1, told apart by its number.</summary>
    public static byte[] Value(int number, int proposer = 0) =>
        new ToyValue(1, Digest.Zero, Now, Company(proposer), number).Encode();

    public byte[] Sign(int signer, VoteContent content, Digest? network = null) =>
        StandInSignatures.SignerOf(StandInSignatures.KeyOf(signer))(
            content.SignedBytes(network ?? Network, Members.Hash));

    public ConsensusMessage.Propose Propose(
        int signer, int ballot, byte[] value, Justification? j = null) => new(
            1, ballot, value, Company(signer),
            Sign(signer, new VoteContent(VoteType.Propose, 1, ballot, Digest.Of(value))), j);

    public ConsensusMessage.Endorse Endorse(
        int signer, int ballot, byte[] value, Digest? network = null) => new(
            1, ballot, Digest.Of(value), Company(signer),
            Sign(signer, new VoteContent(VoteType.Endorse, 1, ballot, Digest.Of(value)), network));

    public ConsensusMessage.Accept Accept(int signer, int ballot, byte[] value) => new(
        1, ballot, Digest.Of(value), Company(signer),
        Sign(signer, new VoteContent(VoteType.Accept, 1, ballot, Digest.Of(value))));

    public ConsensusMessage.Promise Promise(int signer, int ballot, Lock? held = null) => new(
        1, ballot, Company(signer), Sign(signer, Content(ballot, held)), held);

    public Certificate Certificate(
        VoteType type, int ballot, byte[] value, params int[] signers) => new(
        type, 1, ballot, Digest.Of(value),
        [
            .. signers.Select(signer => new VoteSeal(
                Company(signer),
                Sign(signer, new VoteContent(type, 1, ballot, Digest.Of(value))))),
        ]);

    public Lock Lock(int ballot, byte[] value) =>
        new(value, Certificate(VoteType.Endorse, ballot, value, 0, 2, 3));

    /// <summary>J of the ballot by the promises, whatever they are worth.</summary>
    public static Justification Justify(
        int ballot, Certificate? ec, params ConsensusMessage.Promise[] promises) => new(
            1, ballot,
            [
                .. promises.Select(each => new PromiseSeal(
                    each.Signer, each.Lock?.Ballot ?? VoteContent.Unlocked,
                    each.Lock?.Digest ?? Digest.Zero, each.Signature)),
            ],
            ec);

    /// <summary>Hears a message; the channel belongs to br-aaa.</summary>
    public Output Hear(ConsensusMessage message) =>
        Replica.Step(new Input.Received(Company(0), message));

    /// <summary>The only reason for which a message is refused; nothing may leave then.</summary>
    public RefusalReason RefusalOf(ConsensusMessage message)
    {
        Output output = Hear(message);
        Xunit.Assert.Empty(output.Persist);
        Xunit.Assert.Empty(output.Send);
        Xunit.Assert.Null(output.Decided);
        return Xunit.Assert.Single(output.Refusals).Reason;
    }

    private static VoteContent Content(int ballot, Lock? held) => new(
        VoteType.Promise, 1, ballot, held?.Digest ?? Digest.Zero,
        held?.Ballot ?? VoteContent.Unlocked);
}
