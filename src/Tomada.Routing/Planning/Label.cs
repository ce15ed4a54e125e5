using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>
/// One way to be at a node: when, with how much energy, for how much money, after how many stops.
/// It came there by driving a leg from its parent, or stays where its parent is, having charged.
/// </summary>
internal sealed record Label(
    int Node,
    long TimeMs,
    int EnergyWh,
    long Price,
    int Stops,
    Label? Parent,
    Leg? Leg,
    Charge? Charge)
{
    /// <summary>Whether a label that dominates it came after it.</summary>
    public bool IsDropped { get; set; }

    /// <summary>
    /// Whether nothing that starts with the other could end better than with this one.
    /// </summary>
    /// <param name="other">Another label of the same node.</param>
    /// <param name="by">What a label is kept for.</param>
    public bool Dominates(Label other, KeptFor by) =>
        TimeMs / by.TimeStepMs <= other.TimeMs / by.TimeStepMs && EnergyWh >= other.EnergyWh
            && (Price <= other.Price || (!by.Price && !IsTie(other)))
            && (Stops <= other.Stops || !by.Stops);

    private bool IsTie(Label other) => TimeMs == other.TimeMs && EnergyWh == other.EnergyWh;

    /// <summary>Whether this way already charged at the EVSE: a plan visits each once.</summary>
    public bool HasUsed(EvseId evse)
    {
        for (Label? at = this; at is not null; at = at.Parent)
        {
            if (at.Charge is { } charge && charge.Option.Evse.Id == evse)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>
/// What a label is kept for besides more energy: an earlier time, and perhaps a lower price or
/// fewer stops. Fewer reasons make far fewer labels, so only those count that can matter.
/// </summary>
/// <param name="TimeStepMs">Times within one such step are alike, in ms; 1 or more.</param>
/// <param name="Price">Whether a lower price counts.</param>
/// <param name="Stops">Whether fewer stops count.</param>
internal sealed record KeptFor(long TimeStepMs, bool Price, bool Stops);

/// <summary>What was done at a stop.</summary>
internal sealed record Charge(StopOption Option, Slot Slot, Money Price);

/// <summary>The labels of each node that no other label there dominates.</summary>
internal sealed class Frontier(int nodes, KeptFor by)
{
    private readonly List<Label>?[] _kept = new List<Label>?[nodes];

    /// <summary>
    /// Keeps the label unless a kept one dominates it; drops those that it dominates.
    /// </summary>
    public bool TryAdd(Label label)
    {
        ref List<Label>? labels = ref _kept[label.Node];
        labels ??= [];
        foreach (Label kept in labels)
        {
            if (kept.Dominates(label, by))
            {
                return false;
            }
        }

        for (int i = labels.Count - 1; i >= 0; i--)
        {
            if (label.Dominates(labels[i], by))
            {
                labels[i].IsDropped = true;
                labels[i] = labels[^1];
                labels.RemoveAt(labels.Count - 1);
            }
        }

        labels.Add(label);
        return true;
    }
}
