using System.Buffers.Binary;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>
/// Stands in for Ed25519 where a history must be fast: a keyed mix of the message that depends on
/// every byte. Not secure, and need not be: simulated liars sign with their own keys only.
/// </summary>
public static class StandInSignatures
{
    /// <summary>The key of a member by number; secret and public key are the same here.</summary>
    public static PublicKey KeyOf(int number) =>
        new(Digest.Of([(byte)(number & 0xFF), (byte)(number >> 8)]));

    public static SignMessage SignerOf(PublicKey key) => message => Sign(key, message);

    public static bool Verify(
        PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == Signing.SignatureSize
        && BinaryPrimitives.ReadUInt64LittleEndian(signature) == Mix(key, message);

    private static byte[] Sign(PublicKey key, ReadOnlySpan<byte> message)
    {
        byte[] signature = new byte[Signing.SignatureSize];
        BinaryPrimitives.WriteUInt64LittleEndian(signature, Mix(key, message));
        return signature;
    }

    private static ulong Mix(PublicKey key, ReadOnlySpan<byte> message)
    {
        Span<byte> keyBytes = stackalloc byte[PublicKey.Size];
        key.Bytes.CopyTo(keyBytes);
        return Mix(Mix(0xCBF29CE484222325, keyBytes), message);
    }

    private static ulong Mix(ulong hash, ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * 0x9E3779B97F4A7C15;
                hash ^= hash >> 29;
            }

            foreach (byte each in bytes)
            {
                hash = (hash ^ each) * 0x100000001B3;
            }

            return hash ^ (hash >> 32);
        }
    }
}
