using System.Formats.Cbor;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Fuzz.Tests;

/// <summary>
/// Every item within the published vectors, and some plain ones: what a codec of a part accepts of
/// them becomes its first inputs.
/// </summary>
internal static class Items
{
    /// <summary>Most accepted items that are kept for one codec.</summary>
    private const int EachMax = 4;

    private static readonly Lazy<byte[][]> s_all = new(() =>
    [
        .. CodecTargets.Vectors.SelectMany(type => type).SelectMany(each => Within(each.Bytes))
            .Concat(Plain()).Concat(Records()).DistinctBy(Convert.ToHexString),
    ]);

    /// <summary>The shortest items of a target's type.</summary>
    public static IEnumerable<byte[]> Of(Target target) =>
        s_all.Value.OrderBy(item => item.Length).Select(target.FromItem).OfType<byte[]>()
            .Take(EachMax);

    private static IEnumerable<byte[]> Plain()
    {
        CborWriter writer = new(CborConformanceMode.Canonical);
        foreach (long number in new[] { 0, 1, 2, 5, 60, 1_000, 3_600_000, 1_790_000_000_000 })
        {
            writer.Reset();
            writer.WriteInt64(number);
            yield return writer.Encode();
        }

        foreach (int length in new[] { 0, 1, 16, 32, 64 })
        {
            writer.Reset();
            writer.WriteByteString(new byte[length]);
            yield return writer.Encode();
        }

        foreach (string text in new[]
        {
            "", "a", "br-abc", "br-bbb/dc-1", "BRL", "127.0.0.1:9000", "239.1.2.3",
            "0198c2d4-1111-7abc-8def-000000000001",
        })
        {
            writer.Reset();
            writer.WriteTextString(text);
            yield return writer.Encode();
        }
    }

    /// <summary>Records of one and two plain fields, with a version and without.</summary>
    private static IEnumerable<byte[]> Records()
    {
        byte[][] plain = [.. Plain()];
        foreach (byte[] one in plain)
        {
            yield return [0xA1, 1, .. one];
            yield return [0xA2, 0, 1, 1, .. one];
            foreach (byte[] other in plain)
            {
                yield return [0xA2, 1, .. one, 2, .. other];
                yield return [0xA3, 0, 1, 1, .. one, 2, .. other];
            }
        }

        foreach (int size in new[] { 0, 1, 5, 6 })
        {
            yield return Frontier.Codec.Encode(Enumerable.Range(0, size).Aggregate(
                Frontier.Empty, (log, index) => log.Append(Digest.Of([(byte)index]))));
        }
    }

    private static List<byte[]> Within(ReadOnlyMemory<byte> bytes)
    {
        List<byte[]> items = [];
        try
        {
            Add(items, bytes);
        }
        catch (Exception noItem) when (noItem is CborContentException or InvalidOperationException)
        {
            // A byte string need not hold items.
        }

        return items;
    }

    private static void Add(List<byte[]> items, ReadOnlyMemory<byte> bytes)
    {
        CborReader reader = new(bytes, CborConformanceMode.Canonical);
        int count = 0;
        switch (reader.PeekState())
        {
            case CborReaderState.StartArray:
                count = reader.ReadStartArray()!.Value;
                break;
            case CborReaderState.StartMap:
                count = 2 * reader.ReadStartMap()!.Value;
                break;
            case CborReaderState.ByteString:
                items.AddRange(Within(reader.ReadByteString()));
                break;
            default:
                reader.SkipValue();
                break;
        }

        for (; count > 0; count--)
        {
            Add(items, reader.ReadEncodedValue());
        }

        items.Add(bytes.ToArray());
    }
}
