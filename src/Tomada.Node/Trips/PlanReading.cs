using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Node.Trips;

/// <summary>Reads a car's plan request; a refusal names the field and what is allowed.</summary>
public static class PlanReading
{
    /// <summary>Reads a request.</summary>
    /// <param name="request">As the car sent it.</param>
    /// <param name="now">The ledger clock: the earliest departure.</param>
    /// <param name="query">When the answer is true.</param>
    /// <param name="why">Otherwise the field and what is allowed there.</param>
    public static bool TryRead(
        PlanRequest request,
        Timestamp now,
        [NotNullWhen(true)] out TripQuery? query,
        [NotNullWhen(false)] out string? why)
    {
        query = null;
        if (!VehicleModel.Codec.TryReadJson(
            request.Vehicle, out VehicleModel? vehicle, out string? wrong))
        {
            why = $"body.vehicle: {wrong}";
            return false;
        }

        try
        {
            query = Read(request, vehicle, now);
            why = null;
            return true;
        }
        catch (FormatException refused)
        {
            why = $"body.{refused.Message}";
            return false;
        }
    }

    private static TripQuery Read(PlanRequest request, VehicleModel vehicle, Timestamp now)
    {
        Currency currency = request.PriceMax?.Currency ?? request.PricePerKwhMax?.Currency
            ?? Currency.Brl;
        return new TripQuery
        {
            From = Place("from", request.From),
            To = Place("to", request.To),
            Vias = [.. (request.Via ?? []).Select(via => new ViaPlace(
                Place("via", via.Place), TimeSpan.FromMilliseconds(via.StayMs ?? 0, 0)))],
            Departure = request.Departure is { } at && at > now ? at : now,
            Vehicle = vehicle,
            PayloadKg = request.PayloadKg ?? 0,
            TemperatureC = request.TemperatureC ?? 20,
            StartSocPermille = request.StartSocPermille,
            ReserveSocPermille = request.ReserveSocPermille ?? 100,
            ArrivalSocPermille = request.ArrivalSocPermille,
            ChargeMaxPermille = request.ChargeMaxPermille ?? 1000,
            Objective = ObjectiveOf(request.Objective),
            Connectors = [.. (request.Connectors ?? []).Select(Connector)],
            Currency = currency,
            PreferCompanies = Companies("preferCompanies", request.PreferCompanies),
            AvoidCompanies = Companies("avoidCompanies", request.AvoidCompanies),
            PlansMax = request.PlansMax ?? 3,
            WaitMax = request.WaitMaxMs is { } ms
                ? TimeSpan.FromMilliseconds(ms, 0)
                : TimeSpan.FromHours(2),
            PriceMax = request.PriceMax,
            PricePerKwhMax = request.PricePerKwhMax,
        };
    }

    private static Objective ObjectiveOf(PlanObjective? objective) => objective switch
    {
        PlanObjective.Cheapest => Objective.Cheapest,
        PlanObjective.FewestStops => Objective.FewestStops,
        PlanObjective.Greenest => Objective.Greenest,
        _ => Objective.Fastest,
    };

    private static PlaceId Place(string field, string text) => IdRules.IsName(text)
        ? PlaceId.Parse(text)
        : throw new FormatException($"{field}: '{text}'; allowed are {IdRules.NameAllowed}");

    private static ImmutableSortedSet<CompanyId> Companies(
        string field, ImmutableArray<string>? names) => [.. (names ?? []).Select(each =>
            CompanyId.TryParse(each, out CompanyId company)
                ? company
                : throw new FormatException(
                    $"{field}: '{each}'; allowed are {CompanyId.Allowed}"))];

    private static ConnectorStandard Connector(string name)
    {
        ConnectorStandard[] all = Enum.GetValues<ConnectorStandard>();
        int at = Array.FindIndex(all, each => ConnectorStandards.OcpiName(each) == name);
        return at >= 0
            ? all[at]
            : throw new FormatException($"connectors: '{name}'; allowed are "
                + string.Join(", ", all.Select(ConnectorStandards.OcpiName)));
    }
}
