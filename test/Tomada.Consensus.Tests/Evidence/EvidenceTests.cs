using Tomada.Primitives;
using Tomada.Simulation.Consensus;
using Xunit;

namespace Tomada.Consensus.Tests.Guilt;

public class EvidenceTests
{
    private static readonly Digest s_network = Digest.Of("network"u8);
    private static readonly Digest s_members = Digest.Of("members"u8);
    private static readonly CompanyId s_liar = CompanyId.Parse("br-aaa");

    public static TheoryData<VoteType, EvidenceKind> Doubles => new()
    {
        { VoteType.Propose, EvidenceKind.TwoProposals },
        { VoteType.Endorse, EvidenceKind.TwoEndorsements },
        { VoteType.Accept, EvidenceKind.TwoAccepts },
    };

    [Theory]
    [MemberData(nameof(Doubles))]
    public void Two_digests_of_one_type_and_ballot_convict_their_signer(
        VoteType type, EvidenceKind kind)
    {
        SignedVote one = Vote(type, 3, "v");
        SignedVote other = Vote(type, 3, "w");
        Evidence? found = Evidence.Of(s_network, s_members, one, other);
        Assert.NotNull(found);
        Assert.Equal(kind, found.Kind);
        Assert.Equal(s_liar, found.Guilty);
        Assert.Equal(3, found.Ballot);
        Assert.Null(found.Refute(s_network, Key(0), StandInSignatures.Verify));

        // Whoever finds it first, and in whatever order: the same evidence.
        byte[] bytes = Evidence.Codec.Encode(found);
        Assert.Equal(
            bytes, Evidence.Codec.Encode(Evidence.Of(s_network, s_members, other, one)!));
        Assert.Null(Evidence.Codec.Decode(bytes)
            .Refute(s_network, Key(0), StandInSignatures.Verify));
    }

    [Theory]
    [InlineData(0, 1, -1, true)]
    [InlineData(2, 3, 1, true)]
    [InlineData(2, 3, 2, false)] // It claims the lock.
    [InlineData(2, 2, 1, false)] // It accepted after it promised, in the same ballot.
    [InlineData(3, 2, -1, false)] // It promised first.
    public void A_promise_that_hides_a_lock_convicts_its_signer(
        int accepted, int promised, int claimed, bool guilty)
    {
        SignedVote accept = Vote(VoteType.Accept, accepted, "v");
        SignedVote promise = Promise(promised, claimed);
        foreach (Evidence? found in new[]
        {
            Evidence.Of(s_network, s_members, accept, promise),
            Evidence.Of(s_network, s_members, promise, accept),
        })
        {
            Assert.Equal(guilty ? EvidenceKind.HiddenLock : null, found?.Kind);
            Assert.Null(found?.Refute(s_network, Key(0), StandInSignatures.Verify));
        }
    }

    [Fact]
    public void Votes_of_different_ballots_heights_types_and_signers_are_in_harmony()
    {
        SignedVote vote = Vote(VoteType.Endorse, 3, "v");
        SignedVote[] others =
        [
            vote,
            Vote(VoteType.Endorse, 4, "w"),
            Vote(VoteType.Accept, 3, "w"),
            Vote(VoteType.Endorse, 3, "w", signer: 1),
            Vote(VoteType.Endorse, 3, "w", height: 8),
        ];
        Assert.All(others, other => Assert.Null(
            Evidence.Of(s_network, s_members, vote, other)));
        Assert.Null(Evidence.Of(s_network, s_members, Promise(4, 1), Promise(4, 2)));
    }

    [Fact]
    public void Evidence_is_refuted_for_another_network_and_by_another_key()
    {
        Evidence found = Evidence.Of(
            s_network, s_members, Vote(VoteType.Accept, 0, "v"), Vote(VoteType.Accept, 0, "w"))!;
        Assert.StartsWith("network:", found.Refute(
            Digest.Zero, Key(0), StandInSignatures.Verify), StringComparison.Ordinal);
        Assert.StartsWith("first:", found.Refute(
            s_network, Key(1), StandInSignatures.Verify), StringComparison.Ordinal);
        Evidence forged = found with
        {
            Second = found.Second with { Signature = new byte[Signing.SignatureSize] },
        };
        Assert.StartsWith("second:", forged.Refute(
            s_network, Key(0), StandInSignatures.Verify), StringComparison.Ordinal);
        Evidence swapped = new(s_network, s_members, found.Second, found.First);
        Assert.StartsWith("votes:", swapped.Refute(
            s_network, Key(0), StandInSignatures.Verify), StringComparison.Ordinal);
    }

    [Fact]
    public void A_vote_that_only_a_promise_could_be_proves_nothing()
    {
        SignedVote unsound = Vote(VoteType.Endorse, 3, "v") with { LockedBallot = 1 };
        Assert.Null(Evidence.Of(
            s_network, s_members, unsound, Vote(VoteType.Endorse, 3, "w")));
    }

    internal static PublicKey Key(int signer) => StandInSignatures.KeyOf(signer);

    internal static SignedVote Vote(
        VoteType type, int ballot, string value, int signer = 0, long height = 7) => Sign(
        new VoteContent(type, height, ballot, Digest.Of(System.Text.Encoding.UTF8.GetBytes(value))),
        signer);

    internal static SignedVote Promise(int ballot, int locked, int signer = 0) => Sign(
        new VoteContent(
            VoteType.Promise, 7, ballot, locked < 0 ? Digest.Zero : Digest.Of("v"u8), locked),
        signer);

    internal static CompanyId Company(int signer) =>
        CompanyId.Parse($"br-{new string((char)('a' + signer), 3)}");

    private static SignedVote Sign(VoteContent content, int signer) => SignedVote.Of(
        content,
        Company(signer),
        StandInSignatures.SignerOf(Key(signer))(content.SignedBytes(s_network, s_members)));
}
