using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>
/// A transaction: the hash of what its company signed (spec/encoding.md, Transaction).
/// </summary>
public readonly record struct TransactionId(Digest Digest) : IComparable<TransactionId>
{
    public static Codec<TransactionId> Codec { get; } =
        Digest.Codec.Convert(digest => new TransactionId(digest), id => id.Digest);

    public int CompareTo(TransactionId other) => Digest.CompareTo(other.Digest);

    public override string ToString() => Digest.ToString();

    public static bool operator <(TransactionId left, TransactionId right) =>
        left.CompareTo(right) < 0;

    public static bool operator >(TransactionId left, TransactionId right) =>
        left.CompareTo(right) > 0;

    public static bool operator <=(TransactionId left, TransactionId right) =>
        left.CompareTo(right) <= 0;

    public static bool operator >=(TransactionId left, TransactionId right) =>
        left.CompareTo(right) >= 0;
}
