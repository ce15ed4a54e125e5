using System.Collections.Immutable;

namespace Tomada.Routing;

/// <summary>
/// Runs so many parts of a work, from 0, in any order and perhaps at the same time; returns when
/// all are done. No part writes what another reads, so the outcome is the same.
/// </summary>
public delegate void RunParts(int parts, Action<int> run);

/// <summary>
/// Leg tables by what they depend on: the roads, the nodes that have sites, the car's class, which
/// is its battery and its consumption under load and weather, and the driver's speed. A table is
/// never changed, so a new site or another car asks for a new one. Holds the few last used ones.
/// One caller at a time.
/// </summary>
/// <param name="roads">The roads of all tables.</param>
/// <param name="runParts">Runs the parts of making a table; default: one after the other.</param>
public sealed class LegCache(RoadGraph roads, RunParts? runParts = null)
{
    private readonly List<(Key Key, LegTable Legs)> _tables = [];

    public RoadGraph Roads => roads;

    /// <summary>How many tables were made so far.</summary>
    public int Made { get; private set; }

    internal LegTable Get(VehicleModel car, int speedMaxKmh, ImmutableArray<int> nodes)
    {
        Key key = new(car.Consumption, car.BatteryWh, speedMaxKmh);
        int at = _tables.FindIndex(each => each.Key == key
            && (each.Legs.Nodes == nodes
                || each.Legs.Nodes.AsSpan().SequenceEqual(nodes.AsSpan())));
        if (at >= 0)
        {
            (Key, LegTable Legs) found = _tables[at];
            _tables.RemoveAt(at);
            _tables.Add(found);
            return found.Legs;
        }

        if (_tables.Count >= RoutingLimits.LegTablesMax)
        {
            _tables.RemoveAt(0);
        }

        LegTable made = new(
            new DriveArcs(new DriveCosts(roads, car, speedMaxKmh)),
            car.BatteryWh,
            nodes,
            runParts ?? InTurn);
        Made++;
        _tables.Add((key, made));
        return made;
    }

    private static void InTurn(int parts, Action<int> run)
    {
        for (int part = 0; part < parts; part++)
        {
            run(part);
        }
    }

    private readonly record struct Key(Consumption Consumption, int BatteryWh, int SpeedMaxKmh);
}
