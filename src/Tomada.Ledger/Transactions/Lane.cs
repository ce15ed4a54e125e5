using System.Numerics;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>A company's lane: each of its gateways numbers its own transactions.</summary>
public readonly record struct LaneId(CompanyId Company, int Number) : IComparable<LaneId>
{
    public static Codec<LaneId> Codec { get; } = RecordCodec<LaneId>.Part()
        .Field(1, "company", x => x.Company, CompanyId.Codec)
        .Field(2, "number", x => x.Number, Codecs.Int(0, LedgerLimits.LaneMax));

    public int CompareTo(LaneId other)
    {
        int order = Company.CompareTo(other.Company);
        return order != 0 ? order : Number.CompareTo(other.Number);
    }

    public static bool operator <(LaneId left, LaneId right) => left.CompareTo(right) < 0;

    public static bool operator >(LaneId left, LaneId right) => left.CompareTo(right) > 0;

    public static bool operator <=(LaneId left, LaneId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LaneId left, LaneId right) => left.CompareTo(right) >= 0;
}

/// <summary>Which numbers of a lane are used.</summary>
/// <param name="Highest">Used; 0 when the lane has none.</param>
/// <param name="Below">
/// 128 bytes, big-endian: bit i (of weight 2^i) says that number Highest − 1 − i is used. Numbers
/// further down count as used.
/// </param>
public sealed record Lane(long Highest, byte[] Below)
{
    private const int BytesBelow = LedgerLimits.LaneWindow / 8;

    public static Codec<Lane> Codec { get; } = RecordCodec<Lane>.Versioned(1)
        .Field(1, "highest", x => x.Highest, Codecs.Long(0, LedgerLimits.NumberMax))
        .Field(2, "below", x => x.Below, Codecs.Bytes(BytesBelow, BytesBelow));

    public static Lane Unused { get; } = new(0, new byte[BytesBelow]);

    /// <summary>Whether a transaction may still come in with this number.</summary>
    public bool IsFree(long number)
    {
        if (number > Highest)
        {
            return true;
        }

        long depth = Highest - 1 - number;
        return depth is >= 0 and < LedgerLimits.LaneWindow
            && (Below[ByteOf(depth)] & BitOf(depth)) == 0;
    }

    /// <summary>The lane after this free number is used.</summary>
    public Lane Use(long number)
    {
        Invariant.Require(IsFree(number), $"lane number {number} is used once");
        return number > Highest
            ? new Lane(number, ShiftedBy(number - Highest))
            : WithUsed(Highest - 1 - number);
    }

    private static int ByteOf(long depth) => BytesBelow - 1 - (int)(depth / 8);

    private static int BitOf(long depth) => 1 << (int)(depth % 8);

    private Lane WithUsed(long depth)
    {
        byte[] below = [.. Below];
        below[ByteOf(depth)] |= (byte)BitOf(depth);
        return this with { Below = below };
    }

    /// <summary>
    /// The old highest becomes one of the used below the new one; the lowest fall out.
    /// </summary>
    private byte[] ShiftedBy(long step)
    {
        byte[] below = new byte[BytesBelow];
        if (step > LedgerLimits.LaneWindow)
        {
            return below;
        }

        BigInteger bits = new(Below, isUnsigned: true, isBigEndian: true);
        bits <<= (int)step;
        if (Highest > 0)
        {
            bits |= BigInteger.One << ((int)step - 1);
        }

        bits &= (BigInteger.One << LedgerLimits.LaneWindow) - 1;
        byte[] bytes = bits.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(below, BytesBelow - bytes.Length);
        return below;
    }
}
