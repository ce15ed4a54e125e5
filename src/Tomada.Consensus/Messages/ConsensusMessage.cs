using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Consensus;

/// <summary>What replicas tell each other. Votes are signed; nothing else is believed.</summary>
public abstract record ConsensusMessage
{
    private ConsensusMessage()
    {
    }

    /// <summary>The height it speaks of.</summary>
    public abstract long Height { get; }

    public static UnionCodec<ConsensusMessage> Codec { get; } = new UnionCodec<ConsensusMessage>()
        .Case(1, Propose.Codec)
        .Case(2, Endorse.Codec)
        .Case(3, Accept.Codec)
        .Case(4, Promise.Codec)
        .Case(5, Decided.Codec)
        .Case(6, Tip.Codec);

    /// <summary>1c/2a: the leader's value for a ballot, with J above ballot 0.</summary>
    public sealed record Propose(
        long Height, int Ballot, byte[] Value, CompanyId Signer, byte[] Signature,
        Justification? Justification) : ConsensusMessage
    {
        public override long Height { get; } = Height;

        public static new Codec<Propose> Codec { get; } = RecordCodec<Propose>.Versioned(1)
            .Field(1, "height", each => each.Height, Certificate.HeightCodec)
            .Field(2, "ballot", each => each.Ballot, Certificate.BallotCodec)
            .Field(3, "value", each => each.Value, Lock.ValueCodec)
            .Field(4, "signer", each => each.Signer, CompanyId.Codec)
            .Field(5, "signature", each => each.Signature, Signing.SignatureCodec)
            .Optional(6, "justification", each => each.Justification,
                Consensus.Justification.Codec);
    }

    /// <summary>2av.</summary>
    public sealed record Endorse(
        long Height, int Ballot, Digest Digest, CompanyId Signer, byte[] Signature)
        : ConsensusMessage
    {
        public override long Height { get; } = Height;

        public static new Codec<Endorse> Codec { get; } = RecordCodec<Endorse>.Versioned(1)
            .Field(1, "height", each => each.Height, Certificate.HeightCodec)
            .Field(2, "ballot", each => each.Ballot, Certificate.BallotCodec)
            .Field(3, "digest", each => each.Digest, Digest.Codec)
            .Field(4, "signer", each => each.Signer, CompanyId.Codec)
            .Field(5, "signature", each => each.Signature, Signing.SignatureCodec);
    }

    /// <summary>2b.</summary>
    public sealed record Accept(
        long Height, int Ballot, Digest Digest, CompanyId Signer, byte[] Signature)
        : ConsensusMessage
    {
        public override long Height { get; } = Height;

        public static new Codec<Accept> Codec { get; } = RecordCodec<Accept>.Versioned(1)
            .Field(1, "height", each => each.Height, Certificate.HeightCodec)
            .Field(2, "ballot", each => each.Ballot, Certificate.BallotCodec)
            .Field(3, "digest", each => each.Digest, Digest.Codec)
            .Field(4, "signer", each => each.Signer, CompanyId.Codec)
            .Field(5, "signature", each => each.Signature, Signing.SignatureCodec);
    }

    /// <summary>1b: with the signer's highest lock, when it has one.</summary>
    public sealed record Promise(
        long Height, int Ballot, CompanyId Signer, byte[] Signature, Lock? Lock) : ConsensusMessage
    {
        public override long Height { get; } = Height;

        public static new Codec<Promise> Codec { get; } = RecordCodec<Promise>.Versioned(1)
            .Field(1, "height", each => each.Height, Certificate.HeightCodec)
            .Field(2, "ballot", each => each.Ballot, Certificate.BallotCodec)
            .Field(3, "signer", each => each.Signer, CompanyId.Codec)
            .Field(4, "signature", each => each.Signature, Signing.SignatureCodec)
            .Optional(5, "lock", each => each.Lock, Consensus.Lock.Codec);
    }

    /// <summary>A decided value with its proof: to who is behind, and in catch-up.</summary>
    public sealed record Decided(
        byte[] Value, Certificate Certificate, Justification? Justification) : ConsensusMessage
    {
        public override long Height => Certificate.Height;

        public static new Codec<Decided> Codec { get; } = RecordCodec<Decided>.Versioned(1)
            .Field(1, "value", each => each.Value, Lock.ValueCodec)
            .Field(2, "certificate", each => each.Certificate, Certificate.Codec)
            .Optional(3, "justification", each => each.Justification,
                Consensus.Justification.Codec);
    }

    /// <summary>
    /// The height its sender wants to decide next. Unsigned and never believed: it only makes who
    /// is
    /// ahead send a decision, and who is behind ask for one.
    /// </summary>
    public sealed record Tip(long Height) : ConsensusMessage
    {
        public override long Height { get; } = Height;

        public static new Codec<Tip> Codec { get; } = RecordCodec<Tip>.Versioned(1)
            .Field(1, "height", each => each.Height, Certificate.HeightCodec);
    }
}
