using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>Reads a plan off the label that ended a search.</summary>
internal static class PlanReader
{
    public static TripPlan Read(TripQuery query, LegTable legTable, Label end)
    {
        List<Label> way = [];
        for (Label? at = end; at is not null; at = at.Parent)
        {
            way.Add(at);
        }

        way.Reverse();
        List<RoutePath> legs = [];
        List<PlanStop> stops = [];
        RoutePath? drive = null;
        foreach (Label label in way)
        {
            if (label.Leg is { } leg)
            {
                drive = Join(drive, legTable.PathOf(leg));
            }
            else if (label.Charge is { } charge)
            {
                legs.Add(drive ?? Nowhere(charge.Option.Site.Place));
                stops.Add(StopOf(query.Vehicle, label, charge));
                drive = null;
            }
        }

        legs.Add(drive ?? Nowhere(query.To));
        return new TripPlan(
            [.. legs],
            [.. stops],
            query.Departure,
            new Timestamp(end.TimeMs),
            way[0].EnergyWh,
            end.EnergyWh,
            query.Vehicle.SocPermille(end.EnergyWh),
            new Money(end.Price, query.Currency));
    }

    private static RoutePath Nowhere(PlaceId place) => new(place, place, []);

    /// <summary>A drive past a site without a stop is one drive.</summary>
    private static RoutePath Join(RoutePath? first, RoutePath second) => first is null
        ? second
        : new RoutePath(first.From, second.To, [.. first.Edges, .. second.Edges]);

    private static PlanStop StopOf(VehicleModel car, Label label, Charge charge)
    {
        Label arrived = label.Parent!;
        return new PlanStop(
            charge.Option.Evse.Id,
            charge.Option.Site.Id,
            charge.Option.Site.Place,
            charge.Option.Evse.Tariff,
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
            charge.Price);
    }
}
