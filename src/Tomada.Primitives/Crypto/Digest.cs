using System.Buffers.Binary;
using System.Security.Cryptography;
using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>A SHA-256 hash: 32 bytes, written as 64 lower-case hexadecimal digits.</summary>
public readonly record struct Digest : IComparable<Digest>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    [ThreadStatic]
    private static IncrementalHash? t_hasher;

    private readonly ulong _a, _b, _c, _d;

    /// <summary>Reads a digest from exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 32 bytes long.</exception>
    public Digest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException(
                $"A digest has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>32 zero bytes: the empty subtree, and "no digest" in signed messages.</summary>
    public static Digest Zero => default;

    /// <summary>Canonical form: a CBOR byte string of 32 bytes; in JSON, hexadecimal.</summary>
    public static Codec<Digest> Codec { get; } = new DigestCodec();

    /// <summary>SHA-256 of the bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes) => Of([], bytes);

    /// <summary>SHA-256 of prefix ‖ bytes, without a copy of either.</summary>
    public static Digest Of(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> bytes)
    {
        // One hasher per thread: setting one up costs as much as hashing a node of a tree.
        IncrementalHash hasher =
            t_hasher ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> hash = stackalloc byte[Size];
        hasher.AppendData(prefix);
        hasher.AppendData(bytes);
        hasher.GetHashAndReset(hash);
        return new Digest(hash);
    }

    /// <summary>
    /// SHA-256 of tag ‖ 00 ‖ parts; the tag separates the domains (spec/encoding.md).
    /// </summary>
    public static Digest Tagged(string tag, params ReadOnlySpan<byte[]> parts) =>
        Of(Signing.Message(tag, parts));

    /// <summary>Parses 64 hexadecimal digits in lower case, the only spelling.</summary>
    public static bool TryParse(string? text, out Digest digest)
    {
        digest = default;
        if (text is not { Length: 2 * Size } || text.AsSpan().ContainsAnyInRange('A', 'F'))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        if (Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        digest = new Digest(bytes);
        return true;
    }

    /// <summary>Parses 64 hexadecimal digits in lower case.</summary>
    /// <exception cref="FormatException">The text is not 64 hexadecimal digits.</exception>
    public static Digest Parse(string text) => TryParse(text, out Digest digest)
        ? digest
        : throw new FormatException($"'{text}' is not a digest: {DigestCodec.Form}.");

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The bit at the depth, 0 the most significant: a path in the state tree.</summary>
    public bool Bit(int depth)
    {
        ulong word = (depth >> 6) switch { 0 => _a, 1 => _b, 2 => _c, _ => _d };
        return ((word >> (63 - (depth & 63))) & 1) == 1;
    }

    /// <summary>Byte order, most significant first.</summary>
    public int CompareTo(Digest other)
    {
        int order = _a.CompareTo(other._a);
        order = order != 0 ? order : _b.CompareTo(other._b);
        order = order != 0 ? order : _c.CompareTo(other._c);
        return order != 0 ? order : _d.CompareTo(other._d);
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>The first 8 digits, for people.</summary>
    public string ToShortString() => ToString()[..8];

    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;
}
