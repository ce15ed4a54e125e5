using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Routing;

/// <summary>
/// A car model: what it takes from its battery to drive, and what it can take from a plug. The same
/// figures plan a trip and drive the simulated car. All energy is counted at the battery's
/// terminals as a charging station meters it: the consumption figures include charging losses.
/// </summary>
/// <param name="Id">1 to 40 characters of a-z, 0-9, '-'.</param>
/// <param name="Name">For people: 1 to 80 bytes.</param>
/// <param name="BatteryWh">Usable battery, in Wh.</param>
/// <param name="Consumption">What driving takes.</param>
/// <param name="DcCurve">Strongest DC power by state of charge, ascending, from 0 to 1000
/// permille.</param>
/// <param name="AcPowerMaxW">What the on-board charger takes on three phases, in W.</param>
/// <param name="Connectors">The plugs that fit the car's inlet.</param>
public sealed record VehicleModel(
    string Id,
    string Name,
    int BatteryWh,
    Consumption Consumption,
    ImmutableArray<CurvePoint> DcCurve,
    int AcPowerMaxW,
    ImmutableArray<ConnectorStandard> Connectors)
{
    public static Codec<VehicleModel> Codec { get; } = RecordCodec<VehicleModel>.Part()
        .Field(1, "id", car => car.Id, Codecs.Text(1, IdRules.NameMax))
        .Field(2, "name", car => car.Name, Codecs.Text(1, 80))
        .Field(3, "batteryWh", car => car.BatteryWh, Codecs.Int(1_000, RoutingLimits.BatteryMaxWh))
        .Field(4, "consumption", car => car.Consumption, Consumption.Codec)
        .Field(5, "dcCurve", car => car.DcCurve, CurvePoint.CurveCodec)
        .Field(6, "acPowerMaxW", car => car.AcPowerMaxW, Codecs.Int(1_000, 50_000))
        .Field(
            7,
            "connectors",
            car => car.Connectors,
            Codecs.List(ConnectorStandards.Codec, 1, RoutingLimits.ConnectorsPerEvseMax));

    /// <summary>Battery energy, in Wh, to drive so many metres at a steady speed in km/h.</summary>
    public double EnergyWh(double lengthM, double speedKmh) =>
        Consumption.EnergyWh(lengthM, speedKmh);

    /// <summary>State of charge in permille, 0 to 1000, rounded down.</summary>
    public int SocPermille(long energyWh) =>
        (int)Math.Clamp(energyWh * 1000 / BatteryWh, 0, 1000);

    /// <summary>Battery energy in Wh at a state of charge in permille, rounded up.</summary>
    public int WhAt(int socPermille) => (int)((((long)BatteryWh * socPermille) + 999) / 1000);

    /// <summary>
    /// Power in W that flows at a connector with so much energy in the battery; 0 when full.
    /// </summary>
    public double ChargingPowerW(double energyWh, PowerType type, int connectorPowerMaxW) =>
        energyWh >= BatteryWh
            ? 0
            : new ChargingCurve(this, type, connectorPowerMaxW).PowerW(energyWh);

    /// <summary>
    /// Time from one battery energy to another at a connector, in Wh; zero when not more.
    /// </summary>
    public TimeSpan ChargingTime(
        double fromWh, double toWh, PowerType type, int connectorPowerMaxW) =>
        new ChargingCurve(this, type, connectorPowerMaxW).TimeBetween(fromWh, toWh);

    /// <summary>Whether one of the connector's plug and the car's inlets fit.</summary>
    public bool Fits(PlannerConnector connector) => Connectors.Contains(connector.Standard);
}
