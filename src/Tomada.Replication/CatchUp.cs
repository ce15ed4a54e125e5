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

    /// <summary>
    /// An answer came: ask on while the peer claims more, and forget its claim if it had none.
    /// </summary>
    public OutgoingMessage? Answered(CompanyId from, long nowMs, long height)
    {
        if (_asked == from)
        {
            _asked = null;
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
