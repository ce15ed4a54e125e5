using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Replication;

/// <summary>What nodes of a network tell each other. Numbers are never reused.</summary>
public abstract record PeerMessage
{
    private PeerMessage()
    {
    }

    public static UnionCodec<PeerMessage> Codec { get; } = new UnionCodec<PeerMessage>()
        .Case(1, Voting.Codec)
        .Case(2, Gossip.Codec)
        .Case(3, BlockRequest.Codec)
        .Case(4, BlockAnswer.Codec)
        .Case(20, HeldVotes.Codec)
        .Case(21, GuiltFound.Codec)
        .Case(22, NewestVoteAsked.Codec)
        .Case(23, NewestVote.Codec)
        .Case(30, Syncing.Codec)
        .Case(40, Cosigned.Codec)
        .Case(41, HeadsAsked.Codec)
        .Case(50, OutlookSaid.Codec)
        .Case(51, OutlookAsked.Codec);

    /// <summary>A message of consensus.</summary>
    public sealed record Voting(ConsensusMessage Message) : PeerMessage
    {
        public static new Codec<Voting> Codec { get; } = RecordCodec<Voting>.Versioned(1)
            .Field(1, "message", each => each.Message, ConsensusMessage.Codec);
    }

    /// <summary>A message of who is far behind, or to it.</summary>
    public sealed record Syncing(SyncMessage Message) : PeerMessage
    {
        public static new Codec<Syncing> Codec { get; } = RecordCodec<Syncing>.Versioned(1)
            .Field(1, "message", each => each.Message, SyncMessage.Codec);
    }

    /// <summary>
    /// Transactions that wait: every member keeps them, so that any leader can propose them.
    /// </summary>
    public sealed record Gossip(ImmutableArray<byte[]> Transactions) : PeerMessage
    {
        public static new Codec<Gossip> Codec { get; } = RecordCodec<Gossip>.Versioned(1)
            .Field(1, "transactions", each => each.Transactions, Codecs.List(
                Codecs.Bytes(1, LedgerLimits.TransactionBytesMax),
                1,
                ReplicationLimits.GossipTransactionsMax));
    }

    /// <summary>Asks for decided blocks from this height on.</summary>
    public sealed record BlockRequest(long FromHeight) : PeerMessage
    {
        public static new Codec<BlockRequest> Codec { get; } =
            RecordCodec<BlockRequest>.Versioned(1)
            .Field(1, "fromHeight", each => each.FromHeight, Codecs.Long(1, long.MaxValue));
    }

    /// <summary>Decided blocks with their proofs, ascending without gap.</summary>
    public sealed record BlockAnswer(ImmutableArray<ConsensusMessage.Decided> Blocks) : PeerMessage
    {
        public static new Codec<BlockAnswer> Codec { get; } = RecordCodec<BlockAnswer>.Versioned(1)
            .Field(1, "blocks", each => each.Blocks, Codecs.List(
                ConsensusMessage.Decided.Codec, 0, ReplicationLimits.BlocksPerAnswerMax));
    }

    /// <summary>
    /// The votes that the sender holds of a ballot that has two values: next to those of others
    /// they show who lied.
    /// </summary>
    public sealed record HeldVotes(ImmutableArray<SignedVote> Votes) : PeerMessage
    {
        public static new Codec<HeldVotes> Codec { get; } = RecordCodec<HeldVotes>.Versioned(1)
            .Field(1, "votes", each => each.Votes, Codecs.List(
                SignedVote.Codec, 1, ReplicationLimits.HeldVotesPerMessageMax));
    }

    /// <summary>Two contradictory votes that the sender found.</summary>
    public sealed record GuiltFound(Evidence Evidence) : PeerMessage
    {
        public static new Codec<GuiltFound> Codec { get; } = RecordCodec<GuiltFound>.Versioned(1)
            .Field(1, "evidence", each => each.Evidence, Evidence.Codec);
    }

    /// <summary>
    /// "I have just started: which is the newest vote that you hold of mine?" Answered at once,
    /// without consensus.
    /// </summary>
    public sealed record NewestVoteAsked : PeerMessage
    {
        public static new Codec<NewestVoteAsked> Codec { get; } =
            RecordCodec<NewestVoteAsked>.Versioned(1);
    }

    /// <summary>The answer to who has started.</summary>
    /// <param name="Height">The newest block that the sender knows.</param>
    /// <param name="Shown">The asker's own newest vote; absent when none is held.</param>
    public sealed record NewestVote(long Height, ShownVote? Shown) : PeerMessage
    {
        public static new Codec<NewestVote> Codec { get; } = RecordCodec<NewestVote>.Versioned(1)
            .Field(1, "height", each => each.Height, Codecs.Long(0, VoteContent.HeightMax))
            .Optional(2, "shown", each => each.Shown, ShownVote.Codec);
    }

    /// <summary>
    /// What the sender knows of heads: its own newest cosignature, or the answer to who asked.
    /// </summary>
    /// <param name="Answers">
    /// Whether it is an answer: then it also holds the newest that the sender has of the asker, if
    /// it has any.
    /// </param>
    /// <param name="Words">Of any companies.</param>
    public sealed record Cosigned(bool Answers, ImmutableArray<HeadCosignature> Words)
        : PeerMessage
    {
        public static new Codec<Cosigned> Codec { get; } = RecordCodec<Cosigned>.Versioned(1)
            .Field(1, "answers", each => each.Answers, Codecs.Bool)
            .Field(2, "words", each => each.Words, Codecs.List(
                HeadCosignature.Codec, 0, CosigningLimits.PerMessageMax));
    }

    /// <summary>
    /// "I have just started: which heads are cosigned, and which is the largest that I cosigned?"
    /// </summary>
    public sealed record HeadsAsked : PeerMessage
    {
        public static new Codec<HeadsAsked> Codec { get; } = RecordCodec<HeadsAsked>.Versioned(1);
    }

    /// <summary>What the sender says of its EVSEs, unasked or asked.</summary>
    public sealed record OutlookSaid(OutlookWord Word) : PeerMessage
    {
        public static new Codec<OutlookSaid> Codec { get; } = RecordCodec<OutlookSaid>.Versioned(1)
            .Field(1, "word", each => each.Word, OutlookWord.Codec);
    }

    /// <summary>"How are these EVSEs of yours now?" Those that are not the asked one's, or that
    /// the ledger has not, are left out of the answer.</summary>
    public sealed record OutlookAsked(ImmutableArray<EvseId> Evses) : PeerMessage
    {
        public static new Codec<OutlookAsked> Codec { get; } =
            RecordCodec<OutlookAsked>.Versioned(1)
            .Field(1, "evses", each => each.Evses, Codecs.List(
                EvseId.Codec, 1, OutlookLimits.AskedMax));
    }
}
