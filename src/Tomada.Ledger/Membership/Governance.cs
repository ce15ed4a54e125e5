using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>Who decides, and how many of them: what the votes of the next height sign.</summary>
/// <param name="Members">Ordered by company.</param>
/// <param name="Faults">f = ⌊(n−1)/3⌋: how many liars the network withstands.</param>
/// <param name="Quorum">q = ⌈(n+f+1)/2⌉: two quorums share at least f+1 members.</param>
public sealed record Governance(ImmutableArray<MemberRecord> Members, int Faults, int Quorum)
{
    private const string Tag = "tomada/v1/governance";

    public static Codec<Governance> Codec { get; } = RecordCodec<Governance>.Versioned(1)
        .Field(
            1,
            "members",
            x => x.Members,
            Codecs.List(MemberRecord.Codec, 1, LedgerLimits.MembersMax))
        .Field(2, "faults", x => x.Faults, Codecs.Int(0, LedgerLimits.MembersMax))
        .Field(3, "quorum", x => x.Quorum, Codecs.Int(1, LedgerLimits.MembersMax));

    public static int FaultsOf(int members) => (members - 1) / 3;

    public static int QuorumOf(int members) => (members + FaultsOf(members) + 2) / 2;

    public static Governance Of(ImmutableSortedDictionary<CompanyId, MemberRecord> members) =>
        new([.. members.Values], FaultsOf(members.Count), QuorumOf(members.Count));

    public Digest Root() => Digest.Tagged(Tag, Codec.Encode(this));
}
