using System.Numerics;

namespace Tomada.Routing;

/// <summary>
/// A queue for searches whose keys never fall below the last one taken (Ahuja, Mehlhorn, Orlin and
/// Tarjan, "Faster algorithms for the shortest path problem", 1990). A key waits in the bucket of
/// the highest bit in which it differs from the last one, and each moves down at most 64 times.
/// </summary>
internal sealed class RadixHeap
{
    private const int Buckets = 65;

    private readonly (ulong Key, int Item)[][] _buckets = new (ulong, int)[Buckets][];
    private readonly int[] _counts = new int[Buckets];
    private ulong _last;
    private int _count;

    public RadixHeap()
    {
        for (int i = 0; i < Buckets; i++)
        {
            _buckets[i] = new (ulong, int)[8];
        }
    }

    /// <summary>The key of a number from 0: its bits have the same order.</summary>
    public static ulong KeyOf(double value) => BitConverter.DoubleToUInt64Bits(value);

    public void Clear()
    {
        Array.Clear(_counts);
        _last = 0;
        _count = 0;
    }

    /// <param name="key">Not below the last key that was taken.</param>
    /// <param name="item">What waits.</param>
    public void Add(ulong key, int item)
    {
        Put(key, item);
        _count++;
    }

    /// <summary>Takes one with the least key; equal keys come in no promised order.</summary>
    public bool TryTake(out int item)
    {
        if (_count == 0)
        {
            item = -1;
            return false;
        }

        if (_counts[0] == 0)
        {
            Spread();
        }

        _count--;
        item = _buckets[0][--_counts[0]].Item;
        return true;
    }

    private void Put(ulong key, int item)
    {
        int bucket = 64 - BitOperations.LeadingZeroCount(key ^ _last);
        ref (ulong Key, int Item)[] into = ref _buckets[bucket];
        int count = _counts[bucket];
        if (count == into.Length)
        {
            Array.Resize(ref into, count * 2);
        }

        into[count] = (key, item);
        _counts[bucket] = count + 1;
    }

    private void Spread()
    {
        int bucket = 1;
        while (_counts[bucket] == 0)
        {
            bucket++;
        }

        ReadOnlySpan<(ulong Key, int Item)> waiting = _buckets[bucket].AsSpan(0, _counts[bucket]);
        _last = waiting[0].Key;
        foreach ((ulong key, _) in waiting)
        {
            _last = Math.Min(_last, key);
        }

        _counts[bucket] = 0;
        foreach ((ulong key, int item) in waiting)
        {
            Put(key, item);
        }
    }
}
