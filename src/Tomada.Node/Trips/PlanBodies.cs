using System.Collections.Immutable;
using System.Text.Json;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Routing;

namespace Tomada.Node.Trips;

/// <summary>Plans as devices and programs read them.</summary>
public static class PlanBodies
{
    /// <summary>What a reply needs beside its plans, in bytes of its message.</summary>
    private const int EnvelopeBytes = 4_096;

    /// <summary>
    /// A reply that fits into one message: stretches of one highway at one speed are joined where
    /// there are very many, and alternatives that are too much are left out.
    /// </summary>
    public static PlanReply Fit(ImmutableArray<TripPlan> plans)
    {
        ImmutableArray<PlanBody> bodies = [.. plans.Select(Of)];
        if (!Fits(bodies))
        {
            bodies = [.. bodies.Select(Joined)];
        }

        while (bodies.Length > 1 && !Fits(bodies))
        {
            bodies = bodies[..^1];
        }

        return new PlanReply(bodies);
    }

    /// <summary>One plan with every edge of its roads.</summary>
    public static PlanBody Of(TripPlan plan) => new(
        plan.Departure,
        plan.Arrival,
        plan.ArrivalSocPermille,
        plan.Price,
        [.. plan.Legs.Select(leg => new DriveBody(leg.From.Value, leg.To.Value,
            [.. leg.Edges.Select(edge => new EdgeBody(
                edge.To.Value, edge.Highway, edge.LengthM, edge.SpeedKmh))]))],
        [.. plan.Stops.Select(Of)],
        plan.DrivenWh,
        plan.ConfidencePermille,
        plan.Vias.IsEmpty
            ? null
            : [.. plan.Vias.Select(via => new PassedBody(
                via.Place.Value, via.Arrival, via.Departure, via.SocPermille))]);

    private static StopBody Of(PlanStop stop) => new(
        stop.Evse,
        stop.Location,
        stop.Place.Value,
        ConnectorStandards.OcpiName(stop.Connector.Standard),
        ConnectorStandards.OcpiName(stop.Connector.PowerType),
        stop.Connector.PowerMaxW,
        stop.Window,
        stop.Arrival,
        stop.ArrivalSocPermille,
        stop.ChargeUntil,
        stop.Departure,
        stop.DepartureSocPermille,
        stop.EnergyWh,
        stop.Price,
        stop.ChargeFrom,
        (long)stop.Waiting.TotalMilliseconds,
        stop.ConfidencePermille,
        [.. stop.Others.Select(other => new OtherStopBody(
            other.Evse,
            other.Location,
            other.Window,
            other.EnergyWh,
            other.Price,
            (long)other.Later.TotalMilliseconds))]);

    private static bool Fits(ImmutableArray<PlanBody> bodies) =>
        JsonSerializer.SerializeToUtf8Bytes(new PlanReply(bodies), PlanReply.Json).Length
            <= DeviceLimits.PayloadBytesMax - EnvelopeBytes;

    private static PlanBody Joined(PlanBody plan) => plan with
    {
        Drives = [.. plan.Drives.Select(drive =>
            drive.Edges.Length <= TripPlanLimits.EdgesShownMax
                ? drive
                : drive with { Edges = Joined(drive.Edges) })],
    };

    private static ImmutableArray<EdgeBody> Joined(ImmutableArray<EdgeBody> edges)
    {
        List<EdgeBody> joined = [];
        foreach (EdgeBody edge in edges)
        {
            if (joined.Count > 0 && joined[^1] is var last && last.SpeedKmh == edge.SpeedKmh
                && last.Highway == edge.Highway)
            {
                joined[^1] = edge with { LengthM = last.LengthM + edge.LengthM };
            }
            else
            {
                joined.Add(edge);
            }
        }

        return [.. joined];
    }
}
