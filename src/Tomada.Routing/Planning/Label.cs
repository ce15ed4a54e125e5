using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>
/// One way to be in a state: when, with how much energy, at what cost, for how much money, after
/// how many stops. It came there by a drive from its parent, or stays where its parent is, having
/// charged.
/// </summary>
/// <param name="State">Where (<see cref="Journey"/>).</param>
/// <param name="TimeMs">When.</param>
/// <param name="EnergyWh">What the battery holds.</param>
/// <param name="Cost">What the objective counts so far, in ms (<see cref="CostWeights"/>).</param>
/// <param name="Price">What was paid, in minor units.</param>
/// <param name="Stops">How often it charged.</param>
/// <param name="Parent">Where it came from; null at the start.</param>
/// <param name="By">How its drive was found; meaningless where it charged.</param>
/// <param name="Charge">What was charged; null where it drove.</param>
internal sealed record Label(
    int State,
    long TimeMs,
    int EnergyWh,
    long Cost,
    long Price,
    int Stops,
    Label? Parent,
    Shortest By,
    Charge? Charge)
{
    /// <summary>Whether a label that dominates it came after it.</summary>
    public bool IsDropped { get; set; }

    /// <summary>
    /// Whether nothing that starts with the other could end better than with this one.
    /// </summary>
    /// <param name="other">Another label of the same state.</param>
    /// <param name="by">What a label is kept for.</param>
    public bool Dominates(Label other, KeptFor by) =>
        EnergyWh >= other.EnergyWh
            && (by.TimeStepMs == 1
                ? TimeMs <= other.TimeMs
                : TimeMs / by.TimeStepMs <= other.TimeMs / by.TimeStepMs)
            && (Cost <= other.Cost || !by.Cost)
            && (Price <= other.Price || (!by.Price && !IsTie(other)))
            && (Stops <= other.Stops || !by.Stops);

    private bool IsTie(Label other) => TimeMs == other.TimeMs && EnergyWh == other.EnergyWh;

    /// <summary>Whether this way already charged at the EVSE: a plan visits each once.</summary>
    public bool HasUsed(EvseId evse)
    {
        for (Label? at = this; at is not null; at = at.Parent)
        {
            if (at.Charge is { } charge && charge.Evse == evse)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>
/// What a label is kept for besides more energy: an earlier time, and perhaps a lower cost, a lower
/// price or fewer stops. Fewer reasons make far fewer labels, so only those count that can matter.
/// </summary>
/// <param name="TimeStepMs">Times within one such step are alike, in ms; 1 or more.</param>
/// <param name="Cost">Whether a lower cost counts: it is more than time.</param>
/// <param name="Price">Whether a lower price counts.</param>
/// <param name="Stops">Whether fewer stops count.</param>
internal sealed record KeptFor(long TimeStepMs, bool Cost, bool Price, bool Stops);

/// <summary>What was done at a stop.</summary>
internal sealed record Charge(StopOption Option, EvseId Evse, Slot Slot, Money Price);

/// <summary>The labels of each state that no other label there dominates.</summary>
internal sealed class Frontier(int states, KeptFor by)
{
    private readonly List<Label>?[] _kept = new List<Label>?[states];

    /// <summary>
    /// Keeps the label unless a kept one dominates it; drops those that it dominates.
    /// </summary>
    public bool TryAdd(Label label)
    {
        ref List<Label>? labels = ref _kept[label.State];
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
