using System.Collections.Immutable;
using Tomada.DeviceApi;
using Tomada.Node.Devices;
using Tomada.Node.Outlooks;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Node.Trips;

/// <summary>
/// Plans beside the desks' own work: a search takes the processor for a while, and the desks must
/// not wait for it.
/// </summary>
/// <param name="ledger">The ledger.</param>
/// <param name="shown">What the company's EVSEs show; asked for on the desks' task.</param>
/// <param name="roads">The company's road graph; null when none is loaded.</param>
/// <param name="owners">What other companies say of their EVSEs; null where nobody asks.</param>
internal sealed class PlanDesk(
    DeskLedger ledger,
    Func<ImmutableSortedDictionary<EvseId, EvseStatus>> shown,
    RoadGraph? roads,
    OwnersWord? owners)
{
    private readonly RoutePlanning? _planning = roads is null ? null : new RoutePlanning(roads);
    private int _running;

    /// <summary>
    /// Begins to plan, and gives the one reply when it is there. Null when it has begun; otherwise
    /// the refusal.
    /// </summary>
    /// <param name="re">What is answered.</param>
    /// <param name="request">The journey.</param>
    /// <param name="missed">Windows that are not to be planned with.</param>
    /// <param name="answer">Takes the reply, on another thread.</param>
    /// <param name="ct">Stops it before it begins.</param>
    /// <param name="begun">Told before it begins.</param>
    public Reply? TryBegin(
        MessageId re,
        PlanRequest request,
        ImmutableArray<MissedBody> missed,
        Func<Reply, Task> answer,
        CancellationToken ct,
        Action? begun = null)
    {
        if (_planning is not { } planning)
        {
            return Reply.Refused(re, ReplyCode.Unavailable, "no road map is loaded");
        }

        if (Interlocked.Increment(ref _running) > DeskLimits.PlansAtOnce)
        {
            Interlocked.Decrement(ref _running);
            return Reply.Refused(
                re,
                ReplyCode.Busy,
                "too many plans at once",
                (long)DeskLimits.PlanRetry.TotalMilliseconds);
        }

        PlanWorld world = World() with
        {
            Removed = [.. missed.Select(each => (each.Evse, each.Window))],
        };
        begun?.Invoke();
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await answer(
                        await PlanAsync(planning, re, request, world, ct).ConfigureAwait(false))
                        .ConfigureAwait(false);
                }
                catch (Exception defect) when (
                    defect is InvariantBrokenException or ArgumentException
                    or OverflowException or InvalidOperationException)
                {
                    await answer(Reply.Refused(re, ReplyCode.Internal, "the plan failed"))
                        .ConfigureAwait(false);
                    throw;
                }
                finally
                {
                    Interlocked.Decrement(ref _running);
                }
            },
            ct);
        return null;
    }

    /// <summary>
    /// Plans by what is known; then the owners of the chosen stops are asked how these are now, and
    /// when something is different it plans once more.
    /// </summary>
    private async Task<Reply> PlanAsync(
        RoutePlanning planning,
        MessageId re,
        PlanRequest request,
        PlanWorld world,
        CancellationToken ct)
    {
        Reply first = planning.Plan(re, request, world);
        if (owners is null || !first.TryRead(out PlanReply? found, out _))
        {
            return first;
        }

        ImmutableSortedSet<CompanyId> silent = await owners.AskAsync(
            found.Plans.SelectMany(plan => plan.Stops).Select(stop => stop.Evse), ct)
            .ConfigureAwait(false);
        PlanWorld after = world with
        {
            State = ledger.State(),
            Told = owners.View(),
            Silent = silent,
        };
        return after.IsSameFor(world)
            ? first
            : planning.Plan(re, request, after with { Now = ledger.Now() });
    }

    /// <summary>What is planned with at this moment.</summary>
    private PlanWorld World() => new(
        ledger.State(),
        ledger.Now(),
        ledger.Self,
        shown())
    {
        Told = owners?.View(),
    };
}
