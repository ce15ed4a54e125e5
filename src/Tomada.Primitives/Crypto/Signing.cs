using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>
/// Checks a signature; false for a malformed key or signature, never an exception.
/// </summary>
public delegate bool VerifySignature(
    PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

/// <summary>Signs a message with one fixed key; 64 bytes.</summary>
public delegate byte[] SignMessage(ReadOnlySpan<byte> message);

/// <summary>
/// What is signed: always tag ‖ 00 ‖ parts, so that no signature serves two purposes.
/// </summary>
public static class Signing
{
    /// <summary>Length of a signature in bytes (Ed25519, RFC 8032).</summary>
    public const int SignatureSize = 64;

    /// <summary>Canonical form of a signature: a CBOR byte string of 64 bytes.</summary>
    public static Codec<byte[]> SignatureCodec { get; } =
        Codecs.Bytes(SignatureSize, SignatureSize);

    /// <summary>The message: ASCII tag ‖ 00 ‖ the parts in order.</summary>
    public static byte[] Message(string tag, params ReadOnlySpan<byte[]> parts)
    {
        int length = tag.Length + 1;
        foreach (byte[] part in parts)
        {
            length += part.Length;
        }

        byte[] message = new byte[length];
        int offset = System.Text.Encoding.ASCII.GetBytes(tag, message) + 1;
        foreach (byte[] part in parts)
        {
            part.CopyTo(message, offset);
            offset += part.Length;
        }

        return message;
    }
}
