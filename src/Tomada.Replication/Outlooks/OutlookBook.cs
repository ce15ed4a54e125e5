using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>An EVSE's outlook as it is believed now.</summary>
/// <param name="Condition">How it is; UNKNOWN when its owner is silent.</param>
/// <param name="Taken">Windows that its owner says are taken, beside those of the
/// calendar.</param>
public readonly record struct Believed(EvseCondition Condition, ImmutableArray<TimeWindow> Taken);

/// <summary>What is believed at one moment.</summary>
/// <param name="Book">Who said what.</param>
/// <param name="AtMs">The moment, in monotonic milliseconds.</param>
public readonly record struct OutlookView(OutlookBook Book, long AtMs)
{
    /// <summary>What is believed of an EVSE.</summary>
    public Believed Of(EvseId evse) => Book.Of(evse, AtMs);

    /// <summary>Whether the same is believed at another moment.</summary>
    public bool IsSameAs(OutlookView other) =>
        Book.Epoch == other.Book.Epoch && AtMs < Book.EndsMs && other.AtMs < other.Book.EndsMs;
}

/// <summary>
/// The newest word of every EVSE's owner. Immutable. It holds no more EVSEs than the ledger has.
/// </summary>
public sealed class OutlookBook
{
    private static readonly Believed s_silent = new(EvseCondition.Unknown, []);
    private readonly ImmutableSortedDictionary<EvseId, Kept> _kept;

    private OutlookBook(ImmutableSortedDictionary<EvseId, Kept> kept, long epoch)
    {
        (_kept, Epoch) = (kept, epoch);
        EndsMs = kept.Values.Select(each => each.UntilMs).DefaultIfEmpty(long.MaxValue).Min();
    }

    /// <summary>Grows with each change of what is believed, not with words that repeat it.
    /// </summary>
    public long Epoch { get; }

    /// <summary>When the first of the words is over, in monotonic milliseconds.</summary>
    public long EndsMs { get; }

    /// <summary>Nobody has said anything.</summary>
    public static OutlookBook Empty { get; } =
        new(ImmutableSortedDictionary<EvseId, Kept>.Empty, 0);

    /// <summary>The book with a word in it. An EVSE that the ledger has not is left out, and one
    /// of which a newer word is held stays as it is.</summary>
    /// <param name="content">An owner's own.</param>
    /// <param name="evses">Those of the newest state.</param>
    /// <param name="nowMs">Monotonic milliseconds of its arrival.</param>
    public OutlookBook With(
        OutlookContent content, ImmutableSortedDictionary<EvseId, Evse> evses, long nowMs)
    {
        ImmutableSortedDictionary<EvseId, Kept>.Builder kept = _kept.ToBuilder();
        kept.RemoveRange(
        [
            .. kept.Where(each => nowMs >= each.Value.UntilMs || !evses.ContainsKey(each.Key))
                .Select(each => each.Key),
        ]);
        bool isChanged = kept.Count < _kept.Count;
        foreach (EvseOutlook each in content.Evses)
        {
            // An owner whose clock jumped back is believed again when its old word is over.
            Kept? held = kept.GetValueOrDefault(each.Evse);
            if (evses.ContainsKey(each.Evse) && !(content.At < held?.At))
            {
                Kept said = new(each, content.Slots, content.At, nowMs + content.ValidMs);
                isChanged |= held is null || !said.SaysTheSame(held);
                kept[each.Evse] = said;
            }
        }

        return new OutlookBook(kept.ToImmutable(), isChanged ? Epoch + 1 : Epoch);
    }

    /// <summary>What is believed of an EVSE.</summary>
    /// <param name="evse">Any id.</param>
    /// <param name="nowMs">As in <see cref="With"/>.</param>
    public Believed Of(EvseId evse, long nowMs) =>
        _kept.TryGetValue(evse, out Kept? held) && nowMs < held.UntilMs
            ? new Believed(held.Outlook.Condition, held.Outlook.Windows(held.Slots))
            : s_silent;

    private sealed record Kept(EvseOutlook Outlook, SlotGrid Slots, Timestamp At, long UntilMs)
    {
        /// <summary>Whether the same is said of the time that lies ahead.</summary>
        public bool SaysTheSame(Kept earlier) =>
            Outlook.Condition == earlier.Outlook.Condition
            && Outlook.Windows(Slots).SequenceEqual(earlier.Outlook.Windows(earlier.Slots)
                .Where(each => each.Until > Slots.From)
                .Select(each => each.From < Slots.From
                    ? each with { From = Slots.From }
                    : each));
    }
}
