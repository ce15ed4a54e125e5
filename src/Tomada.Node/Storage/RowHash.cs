using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tomada.Node.Storage;

/// <summary>
/// The checksum that every row carries: SHA-256 over its table, its key and its bytes, so that a
/// flipped bit shows as well as a row that stands under another row's key.
/// </summary>
public static class RowHash
{
    /// <summary>The checksum of a row.</summary>
    public static byte[] Of(string table, string key, ReadOnlySpan<byte> bytes)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{table}\0{key}\0{bytes.Length}\0")));
        hash.AppendData(bytes);
        return hash.GetHashAndReset();
    }

    /// <summary>Whether the bytes match their checksum.</summary>
    public static bool Matches(string table, string key, byte[] bytes, byte[] sha256) =>
        Of(table, key, bytes).AsSpan().SequenceEqual(sha256);

    /// <summary>Returns the bytes if they match their checksum.</summary>
    /// <exception cref="StoreCorruptException">They do not.</exception>
    public static byte[] Check(string table, string key, byte[] bytes, byte[] sha256) =>
        Matches(table, key, bytes, sha256)
            ? bytes
            : throw new StoreCorruptException(table, key);
}
