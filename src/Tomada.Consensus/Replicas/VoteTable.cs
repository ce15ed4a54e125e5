using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>
/// Votes of one type at one height: the first of each signer in each ballot. Who signs another
/// digest there is refused, so that no signer ever counts twice.
/// </summary>
internal sealed class VoteTable
{
    private readonly SortedDictionary<CompanyId, SortedDictionary<int, CountedVote>> _bySigner = [];
    private readonly List<(int Ballot, Digest Digest, VoteSeal Seal)> _again = [];

    /// <summary>The digest a signer voted for in a ballot, if it is known.</summary>
    public Digest? Find(CompanyId signer, int ballot) =>
        _bySigner.TryGetValue(signer, out var ballots) && ballots.TryGetValue(ballot, out var vote)
            ? vote.Digest
            : null;

    /// <summary>Adds a checked vote; its signer has none in the ballot yet.</summary>
    public void Add(CompanyId signer, int ballot, Digest digest, byte[] signature)
    {
        if (!_bySigner.TryGetValue(signer, out var ballots))
        {
            _bySigner.Add(signer, ballots = []);
        }

        ballots.Add(ballot, new CountedVote(digest, new VoteSeal(signer, signature)));
        if (ballots.Count > Limits.BallotsPerSignerMax)
        {
            ballots.Remove(ballots.Keys.First());
        }
    }

    /// <summary>The seals for a digest in a ballot, ascending by company.</summary>
    public ImmutableArray<VoteSeal> For(int ballot, Digest digest) =>
    [
        .. _bySigner.Values
            .Where(ballots => ballots.TryGetValue(ballot, out var vote) && vote.Digest == digest)
            .Select(ballots => ballots[ballot].Seal),
        .. _again.Where(each => each.Ballot == ballot && each.Digest == digest)
            .Select(each => each.Seal),
    ];

    /// <summary>Counts a signer once more: what must never be done.</summary>
    public void AddAgain(CompanyId signer, int ballot, Digest digest, byte[] signature) =>
        _again.Add((ballot, digest, new VoteSeal(signer, signature)));

    /// <summary>The seals for a digest in any ballot: what must never be counted.</summary>
    public ImmutableArray<VoteSeal> ForAnyBallot(Digest digest) =>
    [
        .. _bySigner.Values
            .Where(ballots => ballots.Values.Any(vote => vote.Digest == digest))
            .Select(ballots => ballots.Values.First(vote => vote.Digest == digest).Seal),
    ];

    /// <summary>The digest with the most votes in a ballot.</summary>
    public Digest? MostVoted(int ballot) => _bySigner.Values
        .Where(ballots => ballots.ContainsKey(ballot))
        .Select(ballots => ballots[ballot].Digest)
        .GroupBy(digest => digest)
        .OrderByDescending(group => group.Count())
        .Select(group => (Digest?)group.Key)
        .FirstOrDefault();

    /// <summary>The certificate of a digest in a ballot, once a quorum signed.</summary>
    public Certificate? Certify(VoteType type, long height, int ballot, Digest digest, int quorum)
    {
        ImmutableArray<VoteSeal> seals = For(ballot, digest);
        return seals.Length >= quorum
            ? new Certificate(type, height, ballot, digest, [.. seals.Take(quorum)])
            : null;
    }
}

/// <summary>A checked vote.</summary>
internal sealed record CountedVote(Digest Digest, VoteSeal Seal);

/// <summary>Valid Promises of one height: the first of each signer in each ballot.</summary>
internal sealed class PromiseTable
{
    private readonly SortedDictionary<CompanyId, SortedDictionary<int, ConsensusMessage.Promise>>
        _bySigner = [];

    public bool Contains(CompanyId signer, int ballot) =>
        _bySigner.TryGetValue(signer, out var ballots) && ballots.ContainsKey(ballot);

    public void Add(ConsensusMessage.Promise promise)
    {
        if (!_bySigner.TryGetValue(promise.Signer, out var ballots))
        {
            _bySigner.Add(promise.Signer, ballots = []);
        }

        ballots.Add(promise.Ballot, promise);
        if (ballots.Count > Limits.BallotsPerSignerMax)
        {
            ballots.Remove(ballots.Keys.First());
        }
    }

    /// <summary>
    /// q Promises of a ballot with the highest locks first, or fewer when there are not so many.
    /// Two certified digests of one locked ballot need more liars than are tolerated; then those
    /// that
    /// name the other digest stay out, because J holds one certificate.
    /// </summary>
    public List<ConsensusMessage.Promise> Best(int ballot, int quorum)
    {
        List<ConsensusMessage.Promise> all =
        [
            .. _bySigner.Values
                .Where(ballots => ballots.ContainsKey(ballot))
                .Select(ballots => ballots[ballot])
                .OrderByDescending(promise => promise.Lock?.Ballot ?? VoteContent.Unlocked)
                .ThenBy(promise => promise.Signer),
        ];
        Lock? highest = all.Count > 0 ? all[0].Lock : null;
        all.RemoveAll(promise => promise.Lock is { } other && other.Ballot == highest!.Ballot
            && other.Digest != highest.Digest);
        return [.. all.Take(quorum)];
    }
}
