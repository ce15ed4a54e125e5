using System.Collections.Immutable;
using System.Text.Json;
using Tomada.DeviceApi;
using Tomada.Node.Devices;

namespace Tomada.Node.Trips;

/// <summary>
/// Plans a journey anew when a reservation for it was refused. What was refused is not planned with
/// again, and what is held, of this car or of others, stands in the calendar and stays. Nothing is
/// booked: a plan that the driver has not seen may be dearer or later than he would have it.
/// </summary>
internal sealed class ReplanDesk(
    PlanDesk plans, Func<DeskInput, CancellationToken, ValueTask> tell)
{
    /// <summary>
    /// Begins to plan; the refusal comes back with what was found, as
    /// <see cref="DeskInput.Replanned"/>. Null when it does; otherwise the refusal as it stands.
    /// </summary>
    /// <param name="key">What comes back with it.</param>
    /// <param name="refusal">The reply without another plan.</param>
    /// <param name="body">The body of that reply.</param>
    /// <param name="journey">What was reserved for; null when the car has not said it.</param>
    /// <param name="lost">Legs that could not be had.</param>
    /// <param name="ct">Stops it.</param>
    public Reply? TryBegin(
        string key,
        Reply refusal,
        ReserveReply body,
        JourneyBody? journey,
        IEnumerable<LegBody> lost,
        CancellationToken ct)
    {
        if (journey is null)
        {
            return refusal;
        }

        int replans = (journey.Replans ?? 0) + 1;
        if (replans > DeviceLimits.ReplansMax)
        {
            return Without(refusal, $"planned anew {DeviceLimits.ReplansMax} times already");
        }

        ImmutableArray<MissedBody> missed =
        [
            .. (journey.Missed ?? [])
                .Concat(lost.Select(leg => new MissedBody(leg.Evse, leg.Window)))
                .TakeLast(DeviceLimits.MissedMax),
        ];
        Reply? cannot = plans.TryBegin(
            refusal.Re,
            journey.Plan with { PlansMax = 1 },
            missed,
            found => tell(
                new DeskInput.Replanned(key, With(found, refusal, body, replans, missed)), ct)
                .AsTask(),
            ct);
        return cannot is null ? null : Without(refusal, cannot.Why!);
    }

    private static Reply With(
        Reply found,
        Reply refusal,
        ReserveReply body,
        int replans,
        ImmutableArray<MissedBody> missed) =>
        found.Ok && found.TryRead(out PlanReply? plans, out _)
            ? refusal with
            {
                Body = JsonSerializer.SerializeToElement(
                    body with { Replan = new ReplanBody(plans.Plans[0], replans, missed) },
                    ReserveReply.Json),
            }
            : Without(refusal, found.Why ?? found.Code.ToString());

    private static Reply Without(Reply refusal, string why) =>
        refusal with { Why = $"{refusal.Why}; no other plan: {why}" };
}
