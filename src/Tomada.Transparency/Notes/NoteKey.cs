using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>
/// The kinds of signature that are read and written (C2SP signed-note, Signature types).
/// </summary>
public enum NoteSignatureKind
{
    /// <summary>Type byte 01: Ed25519 over the note text.</summary>
    Ed25519 = 0x01,

    /// <summary>Type byte 04: Ed25519 over time and checkpoint (C2SP tlog-cosignature).</summary>
    Cosignature = 0x04,
}

/// <summary>
/// Who may sign a note: a name, a kind and an Ed25519 key (C2SP signed-note, Verifier keys). The
/// log itself signs under its origin as 01, each company under origin/company as 04.
/// </summary>
/// <param name="Name">1 to 255 bytes of UTF-8 without spaces, control characters or '+'.</param>
/// <param name="Kind">Of two kinds with one key, neither signature serves as the other.</param>
/// <param name="Key">Ed25519 (RFC 8032).</param>
public sealed record NoteKey(string Name, NoteSignatureKind Kind, PublicKey Key)
{
    private const int TimeSize = 8;

    public string Name { get; } = Name;

    public NoteSignatureKind Kind { get; } = Kind;

    public PublicKey Key { get; } = Key;

    /// <summary>
    /// The first four bytes of SHA-256(name ‖ 0A ‖ type ‖ key), as a big-endian number.
    /// </summary>
    public uint Id { get; } = IdOf(Name, Kind, Key);

    /// <summary>The key by which a company signs as the log: its name is the origin.</summary>
    public static NoteKey OfLog(string origin, PublicKey key) =>
        new(origin, NoteSignatureKind.Ed25519, key);

    /// <summary>The key by which a company cosigns: its name is origin/company.</summary>
    public static NoteKey OfCompany(string origin, CompanyId company, PublicKey key) =>
        new($"{origin}/{company}", NoteSignatureKind.Cosignature, key);

    /// <summary>Reads name+id+key (C2SP signed-note, Verifier keys).</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out NoteKey? key, [NotNullWhen(false)] out string? why)
    {
        key = null;
        why = null;
        string[] parts = text.Split('+', 3);
        if (parts.Length != 3 || !NoteText.IsKeyName(parts[0]))
        {
            why = "a verifier key is name+id+key";
        }
        else if (!NoteText.TryParseBase64(
            parts[2], 1 + PublicKey.Size, 1 + PublicKey.Size, out byte[]? bytes)
            || bytes[0] is not (
                (byte)NoteSignatureKind.Ed25519 or (byte)NoteSignatureKind.Cosignature))
        {
            why = "key: is not base64 of 01 or 04 and 32 bytes";
        }
        else
        {
            key =
                new NoteKey(parts[0], (NoteSignatureKind)bytes[0], new PublicKey(bytes.AsSpan(1)));
            why = parts[1] == key.IdText ? null : "id: does not fit the name and the key";
            key = why is null ? key : null;
        }

        return key is not null;
    }

    /// <summary>Signs a note text.</summary>
    /// <param name="text">The text, with its last newline.</param>
    /// <param name="unixSeconds">Time of signing, for a cosignature; kind 01 says none.</param>
    /// <param name="sign">Signs with this key.</param>
    public NoteSignature Sign(string text, long unixSeconds, SignMessage sign)
    {
        byte[] signature = sign(Message(text, unixSeconds));
        if (Kind == NoteSignatureKind.Ed25519)
        {
            return new NoteSignature(Name, Id, signature);
        }

        byte[] timed = new byte[TimeSize + signature.Length];
        BinaryPrimitives.WriteInt64BigEndian(timed, unixSeconds);
        signature.CopyTo(timed, TimeSize);
        return new NoteSignature(Name, Id, timed);
    }

    /// <summary>Whether a signature line names this key: by name and id.</summary>
    public bool Names(NoteSignature signature) => signature.Name == Name && signature.KeyId == Id;

    /// <summary>Checks a signature of this key.</summary>
    /// <param name="text">The text, with its last newline.</param>
    /// <param name="signature">A line that <see cref="Names"/> this key.</param>
    /// <param name="verify">Checks Ed25519.</param>
    /// <param name="unixSeconds">When a cosignature was made; 0 for kind 01.</param>
    public bool Verify(
        string text, NoteSignature signature, VerifySignature verify, out long unixSeconds)
    {
        unixSeconds = 0;
        ReadOnlySpan<byte> bytes = signature.Bytes;
        if (Kind == NoteSignatureKind.Cosignature)
        {
            if (bytes.Length != TimeSize + Signing.SignatureSize)
            {
                return false;
            }

            unixSeconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
            bytes = bytes[TimeSize..];
        }

        return unixSeconds >= 0 && bytes.Length == Signing.SignatureSize
            && verify(Key, Message(text, unixSeconds), bytes);
    }

    /// <summary>Name+id+key (C2SP signed-note, Verifier keys).</summary>
    public override string ToString() =>
        $"{Name}+{IdText}+{Convert.ToBase64String([(byte)Kind, .. Key.ToArray()])}";

    private string IdText => Id.ToString("x8", CultureInfo.InvariantCulture);

    private byte[] Message(string text, long unixSeconds) => Encoding.UTF8.GetBytes(Kind switch
    {
        NoteSignatureKind.Ed25519 => text,
        NoteSignatureKind.Cosignature => string.Create(
            CultureInfo.InvariantCulture, $"cosignature/v1\ntime {unixSeconds}\n{text}"),
        _ => throw new UnreachableException(Kind.ToString()),
    });

    private static uint IdOf(string name, NoteSignatureKind kind, PublicKey key)
    {
        Invariant.Require(NoteText.IsKeyName(name), $"a key's name is {NoteText.KeyNameAllowed}");
        byte[] named = [.. Encoding.UTF8.GetBytes(name), 0x0A, (byte)kind, .. key.ToArray()];
        return BinaryPrimitives.ReadUInt32BigEndian(Digest.Of(named).ToArray());
    }
}
