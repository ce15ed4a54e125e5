using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Node;

/// <summary>
/// Brings found evidence onto the ledger: each member a little later than the one before it, and
/// only what is not there yet.
/// </summary>
internal sealed partial class EvidenceReporter(
    LedgerDesk desk, EvidenceStore store, HeadStore heads, TimeProvider wall, ILogger logger)
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private readonly SortedDictionary<string, long> _dueMs = new(StringComparer.Ordinal);

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(s_look, wall);
        while (await timer.WaitForNextTickAsync(stop))
        {
            foreach (Evidence evidence in store.ReadFound())
            {
                await LookAsync(
                    GuiltId.Of(evidence)!.Value,
                    () => new ReportEquivocation(evidence),
                    () => store.Drop(evidence),
                    stop);
            }

            foreach (TwoHeads evidence in heads.ReadFound())
            {
                await LookAsync(
                    GuiltId.Of(evidence),
                    () => Report(evidence),
                    () => heads.Drop(evidence),
                    stop);
            }
        }
    }

    private ReportTwoHeads? Report(TwoHeads evidence)
    {
        LedgerState state = desk.State;
        foreach (PublicKey key in IdentityKeyHistory.Of(state, evidence.Guilty))
        {
            if (evidence.Refute(state.Network, key, Ed25519.Verify) is null)
            {
                return new ReportTwoHeads(evidence, key);
            }
        }

        return null;
    }

    private async Task LookAsync(
        GuiltId id, Func<Body?> report, Action drop, CancellationToken stop)
    {
        LedgerState state = desk.State;
        if (IsDone(state, id))
        {
            drop();
            _dueMs.Remove(id.ToString());
            return;
        }

        // Who is accused leaves it to the others, who must be able to say it without it.
        if (id.Guilty == desk.Self || !state.Members.ContainsKey(desk.Self) || !IsDue(state, id)
            || report() is not { } body)
        {
            return;
        }

        TransactionResult result = await desk.SubmitAsync(body, stop);
        LogReported(logger, id, result.Outcome?.Detail ?? result.Why ?? result.End.ToString());
        _dueMs[id.ToString()] = NowMs() + (long)EvidenceLimits.ReportAgain.TotalMilliseconds;
    }

    /// <summary>It is on the ledger, or so much else is that it need not be.</summary>
    private static bool IsDone(LedgerState state, GuiltId id) => state.Guilts.ContainsKey(id)
        || state.HeadGuilts.ContainsKey(id)
        || state.Guilts.Keys.Concat(state.HeadGuilts.Keys)
            .Count(each => each.Guilty == id.Guilty) >= LedgerLimits.GuiltsPerCompanyMax;

    private bool IsDue(LedgerState state, GuiltId id)
    {
        if (_dueMs.TryGetValue(id.ToString(), out long due))
        {
            return NowMs() >= due;
        }

        int rank = state.Members.Keys.Count(each => each < desk.Self && each != id.Guilty);
        _dueMs[id.ToString()] =
            NowMs() + (rank * (long)EvidenceLimits.ReportStagger.TotalMilliseconds);
        return rank == 0;
    }

    private long NowMs() => wall.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reported guilt {Guilt}: {Outcome}")]
    private static partial void LogReported(ILogger logger, GuiltId guilt, string outcome);
}
