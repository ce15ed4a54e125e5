using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Replication;

/// <summary>Whether an EVSE can be used, by its owner's word.</summary>
public enum EvseCondition
{
    /// <summary>Its station lives and says that it works, whoever uses it now.</summary>
    Working = 1,

    /// <summary>Nobody has said so lately.</summary>
    Unknown = 2,

    /// <summary>It is broken or switched off.</summary>
    Unusable = 3,
}

/// <summary>
/// What an owner says of one EVSE: how it is, and which of the next slots are taken, by the
/// calendar or by who stands there without a reservation.
/// </summary>
/// <param name="Evse">Which.</param>
/// <param name="Condition">How it is.</param>
/// <param name="Taken">
/// A bit for each slot, the first slot the highest bit of the first byte, 1 where it is taken.
/// Ends with a byte that is not 0: what is missing is free.
/// </param>
public sealed record EvseOutlook(EvseId Evse, EvseCondition Condition, byte[] Taken)
{
    public static Codec<EvseOutlook> Codec { get; } = RecordCodec<EvseOutlook>.Part()
        .Field(1, "evse", each => each.Evse, EvseId.Codec)
        .Field(2, "condition", each => each.Condition, Codecs.Enum<EvseCondition>())
        .Field(3, "taken", each => each.Taken, Codecs.Bytes(0, OutlookLimits.TakenBytesMax)
            .Convert(
                bytes => bytes is [.., 0]
                    ? throw new FormatException("It ends with a byte that is 0.")
                    : bytes,
                bytes => bytes,
                $"0 to {OutlookLimits.TakenBytesMax} bytes, the last of them not 0"));

    /// <summary>Says of an EVSE what windows take of its slots.</summary>
    /// <param name="evse">Which.</param>
    /// <param name="condition">How it is.</param>
    /// <param name="slots">When the slots are.</param>
    /// <param name="taken">Windows in any order; a slot that one touches is taken.</param>
    public static EvseOutlook Of(
        EvseId evse, EvseCondition condition, SlotGrid slots, IEnumerable<TimeWindow> taken)
    {
        byte[] bits = new byte[OutlookLimits.TakenBytesMax];
        foreach (TimeWindow window in taken)
        {
            for (int i = slots.FirstAt(window.From);
                i < OutlookLimits.SlotsMax && slots[i].Overlaps(window); i++)
            {
                bits[i / 8] |= (byte)(0x80 >> (i % 8));
            }
        }

        int length = bits.Length;
        while (length > 0 && bits[length - 1] == 0)
        {
            length--;
        }

        return new EvseOutlook(evse, condition, bits[..length]);
    }

    /// <summary>The windows that are taken: ascending, none touches another.</summary>
    public ImmutableArray<TimeWindow> Windows(SlotGrid slots)
    {
        ImmutableArray<TimeWindow>.Builder windows = ImmutableArray.CreateBuilder<TimeWindow>();
        int from = -1;
        for (int i = 0; i <= Taken.Length * 8; i++)
        {
            bool isTaken = i < Taken.Length * 8 && (Taken[i / 8] & (0x80 >> (i % 8))) != 0;
            if (isTaken && from < 0)
            {
                from = i;
            }
            else if (!isTaken && from >= 0)
            {
                windows.Add(new TimeWindow(slots[from].From, slots[i].From));
                from = -1;
            }
        }

        return windows.ToImmutable();
    }
}

/// <summary>When the slots of an outlook are: equally long, one after another.</summary>
/// <param name="From">Start of the first, in ledger time.</param>
/// <param name="SlotMs">Length of each in ledger milliseconds: the rules' grid.</param>
public readonly record struct SlotGrid(Timestamp From, long SlotMs)
{
    /// <summary>The grid whose first slot is the one of a time.</summary>
    public static SlotGrid At(Timestamp now, long slotMs) =>
        new(new Timestamp(now.UnixMs - (now.UnixMs % slotMs)), slotMs);

    /// <summary>A slot, from 0.</summary>
    public TimeWindow this[int index] => new(
        new Timestamp(From.UnixMs + (index * SlotMs)),
        new Timestamp(From.UnixMs + ((index + 1) * SlotMs)));

    /// <summary>
    /// The slot that a time falls into; 0 for earlier ones, the number of slots for later ones.
    /// </summary>
    public int FirstAt(Timestamp time) => (int)Math.Clamp(
        (time.UnixMs - From.UnixMs) / SlotMs, 0, OutlookLimits.SlotsMax);
}
