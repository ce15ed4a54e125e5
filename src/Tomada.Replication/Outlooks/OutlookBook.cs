using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>An EVSE's outlook as it is believed now.</summary>
/// <param name="Condition">How it is; UNKNOWN when its owner is silent.</param>
/// <param name="Taken">Windows that its owner says are taken, beside those of the
/// calendar.</param>
public readonly record struct Believed(EvseCondition Condition, ImmutableArray<TimeWindow> Taken);

/// <summary>
/// The newest word of every EVSE's owner. Immutable. It holds no more EVSEs than the ledger has.
/// </summary>
public sealed class OutlookBook
{
    private static readonly Believed s_silent = new(EvseCondition.Unknown, []);
    private readonly ImmutableSortedDictionary<EvseId, Kept> _kept;

    private OutlookBook(ImmutableSortedDictionary<EvseId, Kept> kept) => _kept = kept;

    /// <summary>Nobody has said anything.</summary>
    public static OutlookBook Empty { get; } =
        new(ImmutableSortedDictionary<EvseId, Kept>.Empty);

    /// <summary>The book with a word in it. An EVSE that the ledger has not is left out, and one
    /// of which a newer word is held stays as it is.</summary>
    /// <param name="content">An owner's own.</param>
    /// <param name="evses">Those of the newest state.</param>
    /// <param name="nowMs">Monotonic milliseconds of its arrival.</param>
    public OutlookBook With(
        OutlookContent content, ImmutableSortedDictionary<EvseId, Evse> evses, long nowMs)
    {
        ImmutableSortedDictionary<EvseId, Kept>.Builder kept = _kept.ToBuilder();
        foreach (EvseOutlook each in content.Evses)
        {
            // An owner whose clock jumped back is believed again when its old word is over.
            bool isOlder = kept.TryGetValue(each.Evse, out Kept? held)
                && nowMs < held.UntilMs && content.At < held.At;
            if (!isOlder && evses.ContainsKey(each.Evse))
            {
                kept[each.Evse] = new Kept(
                    each, content.Slots, content.At, nowMs + content.ValidMs);
            }
        }

        kept.RemoveRange(kept.Keys.Where(each => !evses.ContainsKey(each)).ToArray());

        return new OutlookBook(kept.ToImmutable());
    }

    /// <summary>What is believed of an EVSE.</summary>
    /// <param name="evse">Any id.</param>
    /// <param name="nowMs">As in <see cref="With"/>.</param>
    public Believed Of(EvseId evse, long nowMs) =>
        _kept.TryGetValue(evse, out Kept? held) && nowMs < held.UntilMs
            ? new Believed(held.Outlook.Condition, held.Outlook.Windows(held.Slots))
            : s_silent;

    private sealed record Kept(EvseOutlook Outlook, SlotGrid Slots, Timestamp At, long UntilMs);
}
