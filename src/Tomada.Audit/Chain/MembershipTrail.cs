using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Audit;

/// <summary>
/// Who the members are, followed through the log by its own words: the effects that say that they
/// changed. Whether the rules agree with those words is the replay's to say; that each has the
/// votes of a quorum is checked here.
/// </summary>
internal sealed class MembershipTrail
{
    private readonly Dictionary<CompanyId, MemberRecord> _known = [];
    private readonly Dictionary<Digest, MemberRecord> _candidates = [];
    private readonly Dictionary<Digest, SortedSet<CompanyId>> _votes = [];

    public MembershipTrail(Genesis genesis)
    {
        Members = genesis.Draft.Founders.ToImmutableSortedDictionary(
            each => each.Member.Company, each => each.Member);
        foreach ((CompanyId company, MemberRecord record) in Members)
        {
            _known[company] = record;
        }

        Deciders = MemberSets.Of(Governance.Of(Members));
    }

    /// <summary>The members after the newest block.</summary>
    public ImmutableSortedDictionary<CompanyId, MemberRecord> Members { get; private set; }

    /// <summary>The same, as consensus counts them, with the governance root.</summary>
    public MemberSet Deciders { get; private set; }

    /// <summary>
    /// Whose key must have signed a transaction; null for who never was a member nor is about to be
    /// one.
    /// </summary>
    public MemberRecord? SignerOf(Transaction content) =>
        Members.TryGetValue(content.Company, out MemberRecord? member) ? member
        : content.Body is Ready ready
            && _candidates.TryGetValue(ready.Proposal, out MemberRecord? joining)
            && joining.Company == content.Company ? joining
        : _known.GetValueOrDefault(content.Company);

    /// <summary>Takes an entry of the next block.</summary>
    /// <returns>What is wrong with a change of the members; null when nothing is.</returns>
    public string? Take(Entry entry, SignedTransaction? transaction)
    {
        if (entry is TransactionEntry { Outcome.IsApplied: true } && transaction is not null)
        {
            TakeWish(transaction.Content);
        }

        string? wrong = null;
        foreach (Effect effect in EffectsOf(entry))
        {
            switch (effect)
            {
                case MembersChanged changed:
                    wrong ??= WhyNot(changed.Concluded) ?? Change(changed.Concluded);
                    break;
                case MemberProposalEnded ended:
                    Forget(ended.Proposal);
                    break;
            }
        }

        return wrong;
    }

    private static ImmutableArray<Effect> EffectsOf(Entry entry) => entry switch
    {
        TransactionEntry each => each.Effects,
        RuleEntry each => each.Effects,
        _ => [],
    };

    private void TakeWish(Transaction content)
    {
        switch (content.Body)
        {
            case ProposeMember { Change: var change }:
                if (change.Joining is { } joining)
                {
                    _candidates[change.Id] = joining.Member;
                }

                VotesFor(change.Id).Add(content.Company);
                break;
            case VoteMember { Approves: true } vote:
                VotesFor(vote.Proposal).Add(content.Company);
                break;
            case VoteMember vote:
                VotesFor(vote.Proposal).Remove(content.Company);
                break;
        }
    }

    private SortedSet<CompanyId> VotesFor(Digest proposal)
    {
        if (!_votes.TryGetValue(proposal, out SortedSet<CompanyId>? votes))
        {
            _votes.Add(proposal, votes = []);
        }

        return votes;
    }

    private string? WhyNot(ConcludedChange concluded)
    {
        MemberChange change = concluded.Change;
        bool isPossible = change switch
        {
            MemberChange.Rotate rotate => Members.ContainsKey(rotate.Company),
            _ => (change.Leaving is not { } leaving || Members.ContainsKey(leaving))
                && (change.Joining is not { } joining
                    || joining.Member.Company == change.Leaving
                    || !Members.ContainsKey(joining.Member.Company)),
        };
        if (!isPossible)
        {
            return $"{change.Kind} does not fit the members of that moment";
        }

        SortedSet<CompanyId> cast = _votes.GetValueOrDefault(concluded.Proposal) ?? [];
        int votes = concluded.Votes.Distinct()
            .Count(each => Members.ContainsKey(each) && cast.Contains(each));
        return change.IsOwnWill || votes >= Governance.QuorumOf(Members.Count)
            ? null
            : $"{change.Kind} has {votes} votes of members on the log, not "
                + $"{Governance.QuorumOf(Members.Count)}";
    }

    private string? Change(ConcludedChange concluded)
    {
        Members = MemberChanges.After(Members, concluded.Change);
        foreach ((CompanyId company, MemberRecord record) in Members)
        {
            _known[company] = record;
        }

        Deciders = MemberSets.Of(Governance.Of(Members));
        Forget(concluded.Proposal);
        return null;
    }

    private void Forget(Digest proposal)
    {
        _candidates.Remove(proposal);
        _votes.Remove(proposal);
    }
}
