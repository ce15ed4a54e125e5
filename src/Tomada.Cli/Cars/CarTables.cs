using System.Collections.Immutable;
using System.Globalization;
using Spectre.Console;
using Tomada.DeviceApi;
using Tomada.Devices;

namespace Tomada.Cli.Cars;

/// <summary>What a driver compares and looks up.</summary>
internal static class CarTables
{
    /// <summary>
    /// Plans side by side, within the 80 columns of a terminal; the best of a column is marked.
    /// </summary>
    public static Table Plans(ImmutableArray<PlanBody> plans)
    {
        Table table = New(
            "plan", "departs", "takes", "stops", "energy", "price", "left", "owners");
        long fastest = plans.Min(each => each.Arrival.UnixMs);
        long cheapest = plans.Min(each => each.Price.Amount);
        for (int i = 0; i < plans.Length; i++)
        {
            PlanBody plan = plans[i];
            table.AddRow(
                $"{i + 1}",
                CarWords.Time(plan.Departure),
                Mark(CarWords.Span(plan.Departure, plan.Arrival), plan.Arrival.UnixMs == fastest),
                $"{plan.Stops.Length}",
                CarWords.Energy(plan.Stops.Sum(stop => stop.EnergyWh)),
                Mark(Markup.Escape(plan.Price.ToString()), plan.Price.Amount == cheapest),
                CarWords.Percent(plan.ArrivalSocPermille),
                string.Join(' ', plan.Stops.Select(stop => stop.Evse.Company).Distinct()));
        }

        return table;
    }

    public static Table Stops(PlanBody plan)
    {
        Table table = New(
            "stop", "EVSE", "arrives with", "leaves with", "kWh", "price", "reserved");
        for (int i = 0; i < plan.Stops.Length; i++)
        {
            StopBody stop = plan.Stops[i];
            table.AddRow(
                $"{i + 1}",
                Markup.Escape(stop.Evse.ToString()),
                $"{CarWords.Clock(stop.Arrival)} {CarWords.Percent(stop.ArrivalSocPermille)}",
                $"{CarWords.Clock(stop.Departure)} {CarWords.Percent(stop.DepartureSocPermille)}",
                string.Create(CultureInfo.InvariantCulture, $"{stop.EnergyWh / 1000m:F1}"),
                Markup.Escape(stop.Price.ToString()),
                $"{CarWords.Clock(stop.Window.From)}-{CarWords.Clock(stop.Window.Until)}");
        }

        table.Caption(
            $"arrives {CarWords.Time(plan.Arrival)}; times in UTC", new Style(Color.Grey));
        return table;
    }

    public static Table Legs(ImmutableArray<ReservedLegBody> legs)
    {
        Table table = New("leg", "EVSE", "from", "until", "energy", "at the most");
        foreach (ReservedLegBody leg in legs)
        {
            table.AddRow(
                $"{leg.Leg.Number}",
                Markup.Escape(leg.Evse.ToString()),
                CarWords.Time(leg.Window.From),
                CarWords.Time(leg.Window.Until),
                CarWords.Energy(leg.EnergyWh),
                Markup.Escape(leg.PriceCap.ToString()));
        }

        return table;
    }

    public static Table Trips(ImmutableArray<ReservationBody> trips)
    {
        Table table = New("trip", "state", "legs");
        foreach (ReservationBody trip in trips)
        {
            table.AddRow(
                trip.Trip.ToString(),
                CarWords.State(trip.State),
                Markup.Escape(string.Join(", ", trip.Legs)));
        }

        return table;
    }

    public static Table Status(CarConfig config, CarClient car)
    {
        Table table = New("", "").HideHeaders();
        Add("car", $"{config.Id} of {config.Company}, {config.Vehicle.Name}");
        Add("connection", car.IsConnected ? $"to {config.Broker}" : $"none to {config.Broker}");
        Add("network", car.Network?.ToString() ?? "not known yet");
        Add("ledger clock", string.Create(
            CultureInfo.InvariantCulture, $"{car.Clock.Now}, {car.Clock.Factor} times as fast"));
        Add("battery", $"{CarWords.Percent(car.SocPermille)}, {CarWords.Energy(car.EnergyWh)}");
        Add("place", car.Place ?? "not driven yet");
        Add("trip", car.Trip is { } trip
            ? string.Create(
                CultureInfo.InvariantCulture, $"{trip.Trip}, step {trip.StepsDone} of {trip.Steps}")
            : "none");
        Add("receipts", $"{car.ReceiptFiles().Count} in {car.Receipts}");
        return table;

        void Add(string name, string value) => table.AddRow(name, Markup.Escape(value));
    }

    private static string Mark(string text, bool isBest) => isBest ? $"[green]{text}[/]" : text;

    private static Table New(params string[] columns) =>
        new Table().Border(TableBorder.None).AddColumns(
            [.. columns.Select(each => new TableColumn($"[grey]{each}[/]").Padding(0, 0, 1, 0))]);
}
