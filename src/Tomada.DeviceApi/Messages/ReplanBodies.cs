using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.DeviceApi;

/// <summary>
/// The journey that a reservation is for: what is planned anew when a stop cannot be had.
/// </summary>
/// <param name="Plan">As it was asked for; only the best plan is made.</param>
/// <param name="Replans">How often it was planned anew already; 0 to 3, default 0.</param>
/// <param name="Missed">What could not be had so far, the newest last; up to 16.</param>
public sealed record JourneyBody(
    PlanRequest Plan, int? Replans = null, ImmutableArray<MissedBody>? Missed = null)
{
    internal static BodyRules<JourneyBody> Rules { get; } = new BodyRules<JourneyBody>()
        .Long("replans", x => x.Replans, 0, DeviceLimits.ReplansMax)
        .Count("missed", x => x.Missed?.Length ?? 0, 0, DeviceLimits.MissedMax)
        .Part("plan", x => x.Plan, PlanRequest.Rules);
}

/// <summary>A window of an EVSE that could not be had: it is not planned with again.</summary>
public sealed record MissedBody(EvseId Evse, TimeWindow Window);

/// <summary>
/// What could be had instead of a refused reservation. Nothing of it is booked: the car shows it,
/// and reserves it when its driver wants it.
/// </summary>
/// <param name="Plan">The best plan without what was missed.</param>
/// <param name="Replans">For the journey of the next request.</param>
/// <param name="Missed">The same.</param>
public sealed record ReplanBody(
    PlanBody Plan, int Replans, ImmutableArray<MissedBody> Missed);
