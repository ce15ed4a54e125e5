using System.Text;

namespace Tomada.Fuzz.Tests;

/// <summary>Makes a new input from kept ones: one to eight small changes.</summary>
internal sealed class Mutator(Dice dice)
{
    /// <summary>Longest input in bytes that is made from shorter ones.</summary>
    public const int LengthMax = 4_096;

    private static readonly byte[] s_heads =
    [
        0x00, 0x01, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1F, 0x20, 0x3B, 0x40, 0x41, 0x58, 0x5B,
        0x5F, 0x60, 0x7B, 0x7F, 0x80, 0x81, 0x82, 0x9B, 0x9F, 0xA0, 0xA1, 0xBB, 0xBF, 0xC0, 0xC2,
        0xF4, 0xF5, 0xF6, 0xF7, 0xF9, 0xFB, 0xFF, 0x7F, 0x80, (byte)'\n', (byte)' ', (byte)'0',
        (byte)'9', (byte)'+', (byte)'/', (byte)'=', (byte)'"', (byte)'{', (byte)'[', (byte)'x',
    ];

    private static readonly byte[][] s_words =
    [
        [0x9B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x9A, 0x7F, 0xFF, 0xFF, 0xFF],
        [0x5B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x5A, 0x7F, 0xFF, 0xFF, 0xFF],
        [0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xBB, 0, 0, 0, 1, 0, 0, 0, 0],
        [0x3B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x1B, 0x7F, 0xFF, 0xFF, 0xFF],
        .. new[]
        {
            "\n\n", "\n\u2014 ", "\uFEFF", "\u00A0", "\u0661", "\uFFFD", "9223372036854775807",
            "18446744073709551616", "-1", "1e999", "null", "true", "[[[[", "{}", "\\uD800",
            "index ", "extra ", "old ", "log ", "witness ", "group ", "quorum ", "none", "any",
            "all", ".p/", "/x", "AAAA", "==", "+",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public byte[] Mutate(IReadOnlyList<byte[]> kept)
    {
        List<byte> bytes = [.. kept[dice.Below(kept.Count)]];
        int most = Math.Max(LengthMax, bytes.Count);
        for (int change = 1 << dice.Below(4); change > 0; change--)
        {
            Change(bytes, kept[dice.Below(kept.Count)]);
        }

        return [.. bytes.Take(most)];
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        int at = dice.Below(bytes.Count + 1);
        int length = Math.Min(1 + dice.Below(16), bytes.Count - at);
        bool isEnd = at == bytes.Count;
        switch (dice.Below(isEnd ? 3 : 10))
        {
            case 0:
                bytes.Insert(at, s_heads[dice.Below(s_heads.Length)]);
                break;
            case 1:
                bytes.InsertRange(at, s_words[dice.Below(s_words.Length)]);
                break;
            case 2:
                int from = dice.Below(other.Length + 1);
                bytes.InsertRange(
                    at, other.AsSpan(from, dice.Below(other.Length - from + 1)).ToArray());
                break;
            case 3:
                bytes[at] ^= (byte)(1 << dice.Below(8));
                break;
            case 4:
                bytes[at] = (byte)dice.Below(256);
                break;
            case 5:
                bytes[at] = s_heads[dice.Below(s_heads.Length)];
                break;
            case 6:
                bytes[at] = (byte)((bytes[at] + 256 + dice.Below(9) - 4) % 256);
                break;
            case 7:
                bytes.RemoveRange(at, length);
                break;
            case 8:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }
}
