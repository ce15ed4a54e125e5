using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>Reads a plan off the label that ended a search.</summary>
internal static class PlanReader
{
    public static TripPlan Read(Journey journey, Label end)
    {
        List<Label> way = [];
        for (Label? at = end; at is not null; at = at.Parent)
        {
            way.Add(at);
        }

        way.Reverse();
        List<RoutePath> legs = [];
        List<PlanStop> stops = [];
        List<PlanVia> vias = [];
        RoutePath? drive = null;
        int drivenWh = 0;
        foreach (Label label in way.Skip(1))
        {
            if (label.Charge is { } charge)
            {
                legs.Add(drive ?? Nowhere(charge.Option.Site.Place));
                stops.Add(StopOf(journey.Car, label, charge));
                drive = null;
                continue;
            }

            drivenWh += label.Parent!.EnergyWh - label.EnergyWh;
            drive = Join(drive, journey.PathOf(label.Parent.State, label.State, label.By));
            if (journey.IsOrigin(label.State) && label.State != journey.EndState)
            {
                vias.Add(ViaOf(journey, label));
            }
        }

        legs.Add(drive ?? Nowhere(journey.Query.To));
        return new TripPlan(
            [.. legs],
            [.. stops],
            [.. vias],
            journey.Query.Departure,
            new Timestamp(end.TimeMs),
            way[0].EnergyWh,
            end.EnergyWh,
            journey.Car.SocPermille(end.EnergyWh),
            drivenWh,
            new Money(end.Price, journey.Query.Currency));
    }

    private static PlanVia ViaOf(Journey journey, Label label)
    {
        int segment = journey.Of(label.State).Segment;
        return new PlanVia(
            journey.Query.Vias[segment - 1].Place,
            new Timestamp(label.TimeMs - journey.StayMs(segment)),
            new Timestamp(label.TimeMs),
            journey.Car.SocPermille(label.EnergyWh));
    }

    private static RoutePath Nowhere(PlaceId place) => new(place, place, []);

    /// <summary>A drive past a place without a stop is one drive.</summary>
    private static RoutePath Join(RoutePath? first, RoutePath second) => first is null
        ? second
        : new RoutePath(first.From, second.To, [.. first.Edges, .. second.Edges]);

    private static PlanStop StopOf(VehicleModel car, Label label, Charge charge)
    {
        Label arrived = label.Parent!;
        return new PlanStop(
            charge.Evse,
            charge.Option.Site.Id,
            charge.Option.Site.Place,
            charge.Option.Tariff,
            charge.Option.Connector,
            charge.Slot.Window,
            new Timestamp(arrived.TimeMs),
            arrived.EnergyWh,
            car.SocPermille(arrived.EnergyWh),
            charge.Slot.ChargeFrom,
            charge.Slot.ChargeUntil,
            new Timestamp(label.TimeMs),
            label.EnergyWh,
            car.SocPermille(label.EnergyWh),
            label.EnergyWh - arrived.EnergyWh,
            charge.Price,
            charge.Option.Outlook);
    }
}
