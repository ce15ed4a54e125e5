using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>Whom the ledger knows well enough to talk replication with.</summary>
internal static class KnownCompanies
{
    /// <summary>
    /// A member; a company that was one and still follows; or one that an open proposal would let
    /// in, so that it has caught up before it votes. Null for anybody else.
    /// </summary>
    public static MemberRecord? Find(LedgerState state, CompanyId company) =>
        state.Members.GetValueOrDefault(company)
        ?? state.Parties.GetValueOrDefault(company)?.Member
        ?? state.Proposals.Values
            .Select(each => each.Change.Joining?.Member)
            .FirstOrDefault(each => each?.Company == company);
}
