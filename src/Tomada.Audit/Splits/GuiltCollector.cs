using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>
/// Finds pairs of votes and of cosignatures that no honest member makes (E1 to E5 of
/// spec/consensus.md), and nothing less: who stands in two certificates of different ballots is not
/// named for it.
/// </summary>
internal sealed class GuiltCollector(VerifySignature verify)
{
    private const int TimeSize = 8;

    private readonly SortedDictionary<GuiltId, EvidenceFile> _files = [];

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

    /// <summary>Compares the cosignatures of two heads that are not of one log.</summary>
    /// <param name="network">The network id.</param>
    /// <param name="members">Whose cosignatures are looked at, with their identity keys.</param>
    /// <param name="smaller">The note of the head with fewer entries, or with as many.</param>
    /// <param name="larger">The other one.</param>
    /// <param name="read">Reads the log of the larger one.</param>
    public void Add(
        Digest network,
        IEnumerable<MemberRecord> members,
        SignedNote smaller,
        SignedNote larger,
        ReadNode read)
    {
        if (!Checkpoint.TryParse(smaller.Text, out Checkpoint? one, out _)
            || !Checkpoint.TryParse(larger.Text, out Checkpoint? other, out _)
            || one.Size > other.Size)
        {
            return;
        }

        foreach (MemberRecord member in members)
        {
            NoteKey key = NoteKey.OfCompany(one.Origin, member.Company, member.IdentityKey);
            if (HeadOf(smaller, one, key, verify) is { } first
                && HeadOf(larger, other, key, verify) is { } second
                && TwoHeads.Of(network, member.Company, first, second, read) is { } heads
                && heads.Refute(network, member.IdentityKey, verify) is null)
            {
                HeadEvidence file = new(heads, member.IdentityKey);
                _files.TryAdd(file.Id, file);
            }
        }
    }

    private void Add(Evidence? evidence, PublicKey key)
    {
        if (evidence is not null
            && evidence.Refute(evidence.Network, key, verify) is null)
        {
            VoteEvidence file = new(evidence, key);
            _files.TryAdd(file.Id, file);
        }
    }

    private static SignedHead? HeadOf(
        SignedNote note, Checkpoint head, NoteKey key, VerifySignature verify)
    {
        foreach (NoteSignature line in note.Signatures.Where(key.Names))
        {
            if (key.Verify(note.Text, line, verify, out long unixSeconds))
            {
                return new SignedHead(head.Size, head.Root, unixSeconds, line.Bytes[TimeSize..]);
            }
        }

        return null;
    }
}
