using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Audit;

/// <summary>
/// Finds pairs of votes that no honest member makes (E1 to E4 of spec/consensus.md), and nothing
/// less: who stands in two certificates of different ballots is not named for it.
/// </summary>
internal sealed class GuiltCollector(VerifySignature verify)
{
    private readonly SortedDictionary<string, EvidenceFile> _files =
        new(StringComparer.Ordinal);

    public IEnumerable<EvidenceFile> Files => _files.Values;

    public ImmutableSortedSet<CompanyId> Guilty =>
        [.. _files.Values.Select(each => each.Guilty)];

    /// <summary>Compares all votes of one height.</summary>
    /// <param name="network">The network id.</param>
    /// <param name="members">Who votes at the height.</param>
    /// <param name="votes">Unchecked; forgeries convict nobody.</param>
    public void Add(Digest network, MemberSet members, IReadOnlyList<SignedVote> votes)
    {
        foreach (IGrouping<CompanyId, SignedVote> own in votes
            .Where(each => members.Contains(each.Signer))
            .GroupBy(each => each.Signer))
        {
            PublicKey key = members.Find(own.Key)!.VotingKey;
            SignedVote[] distinct = [.. own
                .DistinctBy(each => each.Content)
                .Where(each => each.IsSigned(network, members.Hash, key, verify))];
            for (int i = 0; i < distinct.Length; i++)
            {
                for (int j = i + 1; j < distinct.Length; j++)
                {
                    Add(Evidence.Of(network, members.Hash, distinct[i], distinct[j]), key);
                }
            }
        }
    }

    private void Add(Evidence? evidence, PublicKey key)
    {
        if (evidence is not null
            && evidence.Refute(evidence.Network, key, verify) is null)
        {
            string id = $"{evidence.Guilty}.{(int)evidence.Kind!.Value}.{evidence.Height:d19}."
                + $"{evidence.Ballot:d10}";
            _files.TryAdd(id, new EvidenceFile(evidence, key));
        }
    }
}
