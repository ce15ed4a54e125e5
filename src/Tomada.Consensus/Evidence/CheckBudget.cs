using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>
/// How many signatures that turned out false each peer may make us check in a while: a flood of
/// forgeries costs its sender's credit, and nobody else's time. True ones are free.
/// </summary>
/// <param name="failuresMax">
/// Failed checks in one period; at it, what else the peer sends unasked is dropped unchecked until
/// the next.
/// </param>
/// <param name="periodMs">Length of a period in wall milliseconds.</param>
public sealed class CheckBudget(int failuresMax, long periodMs)
{
    private readonly SortedDictionary<CompanyId, int> _failures = [];
    private long _periodEndsMs;

    /// <summary>Time passed; monotonic milliseconds.</summary>
    public void At(long nowMs)
    {
        if (nowMs >= _periodEndsMs)
        {
            _failures.Clear();
            _periodEndsMs = nowMs + periodMs;
        }
    }

    /// <summary>Whether the peer has credit left.</summary>
    public bool Allows(CompanyId peer) =>
        !_failures.TryGetValue(peer, out int failures) || failures < failuresMax;

    /// <summary>A signature that the peer brought was false.</summary>
    public void Failed(CompanyId peer) =>
        _failures[peer] = _failures.GetValueOrDefault(peer) + 1;
}
