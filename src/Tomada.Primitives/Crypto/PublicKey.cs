using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>
/// A public key of 32 bytes: Ed25519 (RFC 8032) wherever this project signs. 64 hexadecimal digits.
/// </summary>
public readonly record struct PublicKey(Digest Bytes) : IComparable<PublicKey>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = Digest.Size;

    /// <summary>Reads a key from exactly 32 bytes.</summary>
    public PublicKey(ReadOnlySpan<byte> bytes)
        : this(new Digest(bytes))
    {
    }

    /// <summary>Canonical form: a CBOR byte string of 32 bytes; in JSON, hexadecimal.</summary>
    public static Codec<PublicKey> Codec { get; } =
        Digest.Codec.Convert(bytes => new PublicKey(bytes), key => key.Bytes);

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray() => Bytes.ToArray();

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination) => Bytes.CopyTo(destination);

    public int CompareTo(PublicKey other) => Bytes.CompareTo(other.Bytes);

    public override string ToString() => Bytes.ToString();

    public static bool operator <(PublicKey left, PublicKey right) => left.CompareTo(right) < 0;

    public static bool operator >(PublicKey left, PublicKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(PublicKey left, PublicKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PublicKey left, PublicKey right) => left.CompareTo(right) >= 0;
}
