using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Routing;

/// <summary>
/// The JSON files that describe a region: its places, roads, sites with tariffs, cars and example
/// trips. Reading them from disk is the caller's; a refusal names the item and the field.
/// </summary>
public static class RegionFiles
{
    private const int CarsMax = 1_000;
    private const int TripsMax = 100;

    /// <summary>cities.json: a list of places.</summary>
    public static Codec<ImmutableArray<Place>> Places { get; } =
        Codecs.List(Place.Codec, 1, RoutingLimits.PlacesMax);

    /// <summary>roads.json: a list of roads.</summary>
    public static Codec<ImmutableArray<Road>> Roads { get; } =
        Codecs.List(Road.Codec, 1, RoutingLimits.RoadsMax);

    /// <summary>sites.json: tariffs and sites.</summary>
    public static Codec<SitesFile> Sites { get; } = RecordCodec<SitesFile>.Part()
        .Field(
            1,
            "tariffs",
            file => file.Tariffs,
            Codecs.List(SiteTariff.Codec, 1, RoutingLimits.SitesMax))
        .Field(
            2,
            "sites",
            file => file.Sites,
            Codecs.List(ChargingSite.Codec, 1, RoutingLimits.SitesMax));

    /// <summary>cars.json: a list of car models.</summary>
    public static Codec<ImmutableArray<VehicleModel>> Cars { get; } =
        Codecs.List(VehicleModel.Codec, 1, CarsMax);

    /// <summary>trips.json: a list of example trips.</summary>
    public static Codec<ImmutableArray<ExampleTrip>> Trips { get; } =
        Codecs.List(ExampleTrip.Codec, 1, TripsMax);
}

/// <summary>The content of sites.json.</summary>
public sealed record SitesFile(
    ImmutableArray<SiteTariff> Tariffs, ImmutableArray<ChargingSite> Sites);

/// <summary>A tariff as its owner would publish it (OCPI 2.2.1, Tariffs module).</summary>
/// <param name="Id">Its id; its company is the owner.</param>
/// <param name="Currency">The currency of all its prices.</param>
/// <param name="Components">What is charged, each dimension at most once.</param>
public sealed record SiteTariff(
    TariffId Id, Currency Currency, ImmutableArray<SiteTariffComponent> Components)
{
    public static Codec<SiteTariff> Codec { get; } = RecordCodec<SiteTariff>.Part()
        .Field(1, "id", tariff => tariff.Id, TariffId.Codec)
        .Field(2, "currency", tariff => tariff.Currency, Currency.Codec)
        .Field(
            3,
            "components",
            tariff => tariff.Components,
            Codecs.List(SiteTariffComponent.Codec, 1, 3));
}

/// <summary>What a component counts (OCPI 2.2.1, TariffDimensionType).</summary>
public enum SiteTariffDimension
{
    /// <summary>Energy, per kWh.</summary>
    Energy = 1,

    /// <summary>Time of charging, per hour.</summary>
    Time = 2,

    /// <summary>Once per session.</summary>
    Flat = 3,
}

/// <summary>One price of a tariff.</summary>
/// <param name="Type">What is counted.</param>
/// <param name="PriceMicros">Millionths of the currency per kWh, per hour or per session.</param>
public sealed record SiteTariffComponent(SiteTariffDimension Type, long PriceMicros)
{
    public static Codec<SiteTariffComponent> Codec { get; } =
        RecordCodec<SiteTariffComponent>.Part()
        .Field(1, "type", component => component.Type, Codecs.Enum<SiteTariffDimension>())
        .Field(
            2,
            "priceMicros",
            component => component.PriceMicros,
            Codecs.Long(0, 1_000_000_000_000));
}

/// <summary>A trip to try: everything a query needs except when it starts.</summary>
/// <param name="Id">1 to 40 characters of a-z, 0-9, '-'.</param>
/// <param name="From">Where it starts.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Vehicle">The id of a car model.</param>
/// <param name="StartSocPermille">State of charge at the start: 0 to 1000 permille.</param>
/// <param name="ReserveSocPermille">Never planned below: 0 to 900 permille.</param>
public sealed record ExampleTrip(
    string Id,
    PlaceId From,
    PlaceId To,
    string Vehicle,
    int StartSocPermille,
    int ReserveSocPermille)
{
    public static Codec<ExampleTrip> Codec { get; } = RecordCodec<ExampleTrip>.Part()
        .Field(1, "id", trip => trip.Id, Codecs.Text(1, IdRules.NameMax))
        .Field(2, "from", trip => trip.From, PlaceId.Codec)
        .Field(3, "to", trip => trip.To, PlaceId.Codec)
        .Field(4, "vehicle", trip => trip.Vehicle, Codecs.Text(1, IdRules.NameMax))
        .Field(5, "startSocPermille", trip => trip.StartSocPermille, Codecs.Int(0, 1000))
        .Field(6, "reserveSocPermille", trip => trip.ReserveSocPermille, Codecs.Int(0, 900));

    /// <summary>The query of this trip for a departure and its car.</summary>
    public TripQuery At(Timestamp departure, VehicleModel vehicle) => new()
    {
        From = From,
        To = To,
        Departure = departure,
        Vehicle = vehicle,
        StartSocPermille = StartSocPermille,
        ReserveSocPermille = ReserveSocPermille,
    };
}
