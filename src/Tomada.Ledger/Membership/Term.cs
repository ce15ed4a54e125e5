using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>Who made the newest blocks, and since when: leadership rotates by block time.</summary>
/// <param name="Proposer">Proposer of the newest block; at genesis the first founder.</param>
/// <param name="Since">Block time of the first block of its uninterrupted run.</param>
public sealed record Term(CompanyId Proposer, Timestamp Since)
{
    public static Codec<Term> Codec { get; } = RecordCodec<Term>.Versioned(1)
        .Field(1, "proposer", x => x.Proposer, CompanyId.Codec)
        .Field(2, "since", x => x.Since, Timestamp.Codec);

    /// <summary>The term after a block of this proposer.</summary>
    public Term After(CompanyId proposer, Timestamp time) =>
        proposer == Proposer ? this : new Term(proposer, time);
}
