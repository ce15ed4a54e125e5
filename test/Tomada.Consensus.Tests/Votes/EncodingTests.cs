using System.Runtime.CompilerServices;
using Tomada.Consensus.Tests.Replicas;
using Tomada.Primitives;
using Tomada.Simulation.Consensus;
using Xunit;

namespace Tomada.Consensus.Tests.Votes;

public class EncodingTests
{
    private static readonly byte[] V = OneReplica.Value(1);
    private readonly OneReplica _one = new();

    [Fact]
    public void A_vote_signs_exactly_these_bytes()
    {
        VoteContent content = new(VoteType.Endorse, 5, 2, Digest.Of("v"u8));
        string hex = Convert.ToHexStringLower(
            content.SignedBytes(Digest.Of("n"u8), Digest.Of("m"u8)));
        string expected = Convert.ToHexStringLower("tomada/v1/vote\0"u8)
            + Digest.Of("n"u8) + "02" + "0000000000000005" + "00000002"
            + Digest.Of("m"u8) + Digest.Of("v"u8);
        Assert.Equal(expected, hex);
    }

    [Theory]
    [InlineData(VoteContent.Unlocked, "00000000")]
    [InlineData(0, "00000001")]
    [InlineData(7, "00000008")]
    public void A_promise_signs_its_locked_ballot_plus_one(int locked, string expected)
    {
        VoteContent content = new(VoteType.Promise, 5, 9, Digest.Zero, locked);
        byte[] bytes = content.SignedBytes(Digest.Zero, Digest.Zero);
        Assert.Equal(expected, Convert.ToHexStringLower(bytes[^4..]));
    }

    [Fact]
    public void Every_message_survives_its_bytes()
    {
        Lock held = _one.Lock(0, V);
        Justification j = OneReplica.Justify(
            1, held.Certificate, _one.Promise(0, 1, held), _one.Promise(2, 1), _one.Promise(3, 1));
        ConsensusMessage[] messages =
        [
            _one.Propose(1, 1, V, j),
            _one.Propose(0, 0, V),
            _one.Endorse(0, 0, V),
            _one.Accept(0, 0, V),
            _one.Promise(0, 1),
            _one.Promise(0, 1, held),
            new ConsensusMessage.Decided(V, _one.Certificate(VoteType.Accept, 1, V, 0, 2, 3), j),
            new ConsensusMessage.Tip(9),
        ];
        foreach (ConsensusMessage message in messages)
        {
            byte[] bytes = ConsensusMessage.Codec.Encode(message);
            bool ok = ConsensusMessage.Codec.TryDecode(
                bytes, out ConsensusMessage? back, out string? why);
            Assert.True(ok, why);
            Assert.Equal(bytes, ConsensusMessage.Codec.Encode(back!));
            Assert.Equal(MessageText.Of(message), MessageText.Of(back!));
        }
    }

    [Fact]
    public void Every_case_of_messages_and_inputs_is_handled()
    {
        foreach (Type type in ConsensusMessage.Codec.Types)
        {
            Assert.Contains(type, typeof(ConsensusMessage).GetNestedTypes());
        }

        Assert.Equal(
            typeof(ConsensusMessage).GetNestedTypes().Length, ConsensusMessage.Codec.Types.Count());
        foreach (Type type in typeof(Input).GetNestedTypes())
        {
            Input input = (Input)RuntimeHelpers.GetUninitializedObject(type);
            Exception? thrown = Record.Exception(() => new OneReplica().Replica.Step(input));
            Assert.IsNotType<System.Diagnostics.UnreachableException>(thrown);
        }
    }
}
