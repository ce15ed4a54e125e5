using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Bench;

/// <summary>Three companies with real keys, and transactions of one of them.</summary>
internal static class Samples
{
    /// <summary>Transactions of a block.</summary>
    public const int BlockTransactions = 256;

    private static readonly Ed25519Key[] s_identities = [.. Enumerable.Range(0, 3).Select(KeyOf)];
    private static readonly Ed25519Key[] s_voting =
        [.. Enumerable.Range(3, 3).Select(KeyOf)];

    public static Timestamp Start { get; } = Timestamp.Parse("2026-01-01T00:00:00Z");

    public static CompanyId[] Companies { get; } =
        [CompanyId.Parse("br-aaa"), CompanyId.Parse("br-bbb"), CompanyId.Parse("br-ccc")];

    public static LedgerState State { get; } = LedgerState.FromGenesis(Found());

    public static MemberSet Members { get; } = new(
        Companies.Select((company, i) => new Member(company, s_voting[i].Public)),
        State.GovernanceRoot);

    public static SignMessage SignVote { get; } = s_voting[0].Sign;

    public static PublicKey Identity { get; } = s_identities[0].Public;

    /// <summary>Signed transactions with bodies of 256 bytes or a little less.</summary>
    public static SignedTransaction[] Transactions(int count) =>
    [
        .. Enumerable.Range(1, count).Select(number => SignedTransaction.Sign(
            new Transaction(
                State.Network, Companies[0], 0, number, new Timestamp(Start.UnixMs + 60_000),
                new PutLocation(
                    new LocationId(Companies[0], $"site-{number:D4}"),
                    "Bench",
                    new string('x', 160),
                    "Salvador",
                    -12_971_400,
                    -38_501_400,
                    "America/Bahia")),
            s_identities[0].Sign)),
    ];

    private static Ed25519Key KeyOf(int number)
    {
        byte[] seed = new byte[32];
        seed[0] = (byte)(number + 1);
        return new Ed25519Key(seed);
    }

    private static Genesis Found()
    {
        ImmutableArray<SignedMember> founders = [.. Companies.Select(MemberOf)];
        GenesisDraft draft = new("bench", founders, Rules.Default, Start, Simulated: false);
        byte[] message = draft.SignedMessage();
        return new Genesis(draft, [.. s_identities.Select(each => each.Sign(message))]);
    }

    private static SignedMember MemberOf(CompanyId company, int i)
    {
        MemberRecord member = new(
            company, company.Value, s_identities[i].Public, s_voting[i].Public,
            Digest.Of([(byte)i]));
        return new SignedMember(member, s_identities[i].Sign(member.SignedMessage()));
    }
}
