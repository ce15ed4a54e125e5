using Tomada.Consensus;
using Tomada.Ledger;

namespace Tomada.Replication;

/// <summary>Where a replica of the ledger stands: all that it needs to go on from there.</summary>
/// <param name="State">The state after a block; immutable.</param>
/// <param name="Tip">That block with its proof.</param>
/// <param name="Deciders">Who decided it, for the certificate in the seal of the next.</param>
/// <param name="Term">Whose term it is after it.</param>
public sealed record Standing(
    LedgerState State, ConsensusMessage.Decided Tip, Governance Deciders, LeaderTerm Term);

/// <summary>Member sets of consensus from what the ledger writes.</summary>
public static class MemberSets
{
    /// <summary>Who votes at the height after a state.</summary>
    public static MemberSet Of(LedgerState state) => new(
        state.Members.Values.Select(member => new Member(member.Company, member.VotingKey)),
        state.GovernanceRoot);

    /// <summary>Who votes under a governance.</summary>
    public static MemberSet Of(Governance governance) => new(
        governance.Members.Select(member => new Member(member.Company, member.VotingKey)),
        governance.Root());
}
