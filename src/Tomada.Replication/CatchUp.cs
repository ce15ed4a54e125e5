using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// Whom to ask for blocks that others already have. Claimed heights are reasons to ask, never
/// facts: what comes is proven block by block.
/// </summary>
internal sealed class CatchUp
{
    private readonly SortedDictionary<CompanyId, long> _claims = [];
    private CompanyId? _asked;
    private long _askedAtMs;

    /// <summary>A peer claims to have decided this height.</summary>
    public void Heard(CompanyId company, long height) => _claims[company] = height;

    /// <summary>
    /// The highest height that more members claim than may lie; 0 when none is claimed so often.
    /// </summary>
    public long KnownHeight(MemberSet members)
    {
        List<long> claims =
        [
            .. _claims.Where(each => members.Contains(each.Key)).Select(each => each.Value)
                .OrderDescending(),
        ];
        return claims.Count > members.F ? claims[members.F] : 0;
    }

    /// <summary>
    /// The next request, unless one is under way or nobody claims more than we have.
    /// </summary>
    public OutgoingMessage? Next(long nowMs, long height)
    {
        if (_asked is not null && nowMs < _askedAtMs + ReplicationLimits.BlockRequestTimeoutMs)
        {
            return null;
        }

        // Who did not answer in time is asked again only after everybody else.
        CompanyId? silent = _asked;
        _asked = null;
        CompanyId? next = null;
        foreach ((CompanyId company, long claimed) in _claims)
        {
            if (claimed > height && (next is null || next == silent))
            {
                next = company;
            }
        }

        return next is { } peer ? Ask(peer, nowMs, height) : null;
    }

    /// <summary>When the next request may be due, in monotonic milliseconds.</summary>
    public long WakeAtMs(long height)
    {
        if (_asked is not null)
        {
            return _askedAtMs + ReplicationLimits.BlockRequestTimeoutMs;
        }

        return _claims.Values.Any(claimed => claimed > height) ? 0 : long.MaxValue;
    }

    /// <summary>
    /// An answer came: ask on while somebody claims more. A peer whose answer brought nothing has
    /// no claim any more, until it makes one again.
    /// </summary>
    public OutgoingMessage? Answered(CompanyId from, bool helped, long nowMs, long height)
    {
        if (_asked == from)
        {
            _asked = null;
            if (!helped)
            {
                _claims.Remove(from);
            }
        }

        return Next(nowMs, height);
    }

    private OutgoingMessage Ask(CompanyId peer, long nowMs, long height)
    {
        _asked = peer;
        _askedAtMs = nowMs;
        return new OutgoingMessage(peer, new PeerMessage.BlockRequest(height + 1));
    }
}
