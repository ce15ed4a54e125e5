using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>A company that votes, and the key that its votes are checked with.</summary>
public sealed record Member(CompanyId Company, PublicKey VotingKey);

/// <summary>
/// M(h): who votes at one height, sorted by company. The order is the ring of leaders.
/// </summary>
public sealed class MemberSet
{
    private readonly ImmutableSortedDictionary<CompanyId, int> _index;

    /// <summary>Builds the set.</summary>
    /// <param name="members">1 to <see cref="Limits.MembersMax"/> distinct companies, in any
    /// order.</param>
    /// <param name="hash">The ledger's governance root of the height; every vote signs it.</param>
    public MemberSet(IEnumerable<Member> members, Digest hash)
    {
        Members = [.. members.OrderBy(member => member.Company)];
        Invariant.Require(
            Members.Length is >= 1 and <= Limits.MembersMax,
            $"a network has 1 to {Limits.MembersMax} members, not {Members.Length}");
        Invariant.Require(
            Members.DistinctBy(member => member.Company).Count() == Members.Length,
            "members are distinct companies");
        _index = Members.Select((member, index) => KeyValuePair.Create(member.Company, index))
            .ToImmutableSortedDictionary();
        Hash = hash;
        F = Quorum.Faults(Members.Length);
        Q = Quorum.Votes(Members.Length);
    }

    /// <summary>Ascending by company.</summary>
    public ImmutableArray<Member> Members { get; }

    /// <summary>The ledger's governance root of the height.</summary>
    public Digest Hash { get; }

    /// <summary>n: how many members.</summary>
    public int N => Members.Length;

    /// <summary>f: liars tolerated.</summary>
    public int F { get; }

    /// <summary>q: votes of a quorum.</summary>
    public int Q { get; }

    /// <summary>Position in the ring; -1 for a stranger.</summary>
    public int IndexOf(CompanyId company) => _index.TryGetValue(company, out int at) ? at : -1;

    public bool Contains(CompanyId company) => IndexOf(company) >= 0;

    /// <summary>The member, or null for a stranger.</summary>
    public Member? Find(CompanyId company) =>
        IndexOf(company) is >= 0 and int at ? Members[at] : null;

    /// <summary>leader(h, b): the ring counted from start(h).</summary>
    /// <param name="start">Position of start(h); 0 to n − 1.</param>
    /// <param name="ballot">0 or more.</param>
    public Member Leader(int start, int ballot) => Members[(int)(((long)start + ballot) % N)];

    /// <summary>Position of the first member after the company, who may itself have left.</summary>
    public int SuccessorOf(CompanyId company)
    {
        for (int i = 0; i < N; i++)
        {
            if (Members[i].Company > company)
            {
                return i;
            }
        }

        return 0;
    }
}
