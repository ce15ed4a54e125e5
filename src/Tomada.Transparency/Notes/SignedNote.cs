using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>One signature line (C2SP signed-note, Format).</summary>
/// <param name="Name">The key's name.</param>
/// <param name="KeyId">The key's id; says with the name which key and which kind it is.</param>
/// <param name="Bytes">What follows the id: 1 to 4,096 bytes, their meaning is the kind's.</param>
public sealed record NoteSignature(string Name, uint KeyId, byte[] Bytes);

/// <summary>A signature that was checked.</summary>
/// <param name="Key">Whose it is.</param>
/// <param name="UnixSeconds">When a cosignature was made; 0 for kind 01.</param>
public sealed record VerifiedSignature(NoteKey Key, long UnixSeconds);

/// <summary>A text and who signed it (C2SP signed-note, Format).</summary>
/// <param name="Text">UTF-8 without control characters but newlines; ends with a newline.</param>
/// <param name="Signatures">1 to <see cref="TreeLimits.NoteSignaturesMax"/>.</param>
public sealed record SignedNote(string Text, ImmutableArray<NoteSignature> Signatures)
{
    private const string LineStart = "\u2014 ";
    private const int IdSize = 4;

    private static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The note's bytes: text, empty line, signature lines.</summary>
    public byte[] Encode()
    {
        Invariant.Require(WhyNotText(Text) is null, "a signed text is allowed in a note");
        Invariant.Require(
            Signatures.Length is >= 1 and <= TreeLimits.NoteSignaturesMax,
            "a note has 1 to 64 signatures");
        StringBuilder note = new(Text);
        note.Append('\n');
        foreach (NoteSignature signature in Signatures)
        {
            note.Append(Line(signature));
        }

        return Encoding.UTF8.GetBytes(note.ToString());
    }

    /// <summary>
    /// Reads a note; refuses every other spelling of the same note. Checks no signature.
    /// </summary>
    /// <param name="bytes">The note, at most <see cref="TreeLimits.NoteBytesMax"/> bytes.</param>
    /// <param name="note">The note, when the answer is true.</param>
    /// <param name="why">Otherwise the line and what is allowed there.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out SignedNote? note,
        [NotNullWhen(false)] out string? why)
    {
        note = null;
        why = TryReadUtf8(bytes, out string all);
        if (why is not null)
        {
            return false;
        }

        int gap = all.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (gap < 0 || all[^1] != '\n')
        {
            why = "a note is a text, an empty line and signature lines, each ended by a newline";
            return false;
        }

        string text = all[..(gap + 1)];
        string[] lines = all[(gap + 2)..].Split('\n')[..^1];
        why = WhyNotText(text) ?? (lines.Length is >= 1 and <= TreeLimits.NoteSignaturesMax
            ? null
            : $"{lines.Length} signatures are not 1 to {TreeLimits.NoteSignaturesMax}");
        if (why is not null)
        {
            return false;
        }

        ImmutableArray<NoteSignature>.Builder signatures =
            ImmutableArray.CreateBuilder<NoteSignature>(lines.Length);
        foreach (string line in lines)
        {
            if (ParseLine(line) is not { } signature)
            {
                string form = "'\u2014 name base64' of 5 bytes or more";
                why = $"signature {signatures.Count + 1}: is not {form}";
                return false;
            }

            signatures.Add(signature);
        }

        note = new SignedNote(text, signatures.MoveToImmutable());
        return true;
    }

    /// <summary>
    /// Checks every signature of a known key; unknown ones are passed over, a wrong one refuses the
    /// whole note (C2SP signed-note, Signatures). A key counts once.
    /// </summary>
    /// <param name="known">The keys that are trusted.</param>
    /// <param name="verify">Checks Ed25519.</param>
    /// <param name="verified">Who signed: at least one when the answer is true.</param>
    /// <param name="why">Otherwise what is wrong.</param>
    public bool TryVerify(
        IReadOnlyCollection<NoteKey> known,
        VerifySignature verify,
        out ImmutableArray<VerifiedSignature> verified,
        [NotNullWhen(false)] out string? why)
    {
        verified = [];
        List<VerifiedSignature> found = [];
        foreach (NoteSignature signature in Signatures)
        {
            NoteKey[] named = [.. known.Where(each => each.Names(signature))];
            if (named.Length == 0)
            {
                continue;
            }

            // Ids have four bytes: a stranger's key can be made to collide with a member's, so the
            // line is wrong only if it is nobody's of those that it names.
            long unixSeconds = 0;
            NoteKey? key = Array.Find(
                named, each => each.Verify(Text, signature, verify, out unixSeconds));
            if (key is null)
            {
                why = $"the signature of {named[0].Name} is wrong";
                return false;
            }

            if (!found.Exists(each => each.Key == key))
            {
                found.Add(new VerifiedSignature(key, unixSeconds));
            }
        }

        verified = [.. found];
        why = found.Count > 0 ? null : "no known key signed this note";
        return why is null;
    }

    /// <summary>One signature line: em dash, name, base64 of id and signature, newline.</summary>
    internal static string Line(NoteSignature signature)
    {
        byte[] bytes = new byte[IdSize + signature.Bytes.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, signature.KeyId);
        signature.Bytes.CopyTo(bytes, IdSize);
        return $"{LineStart}{signature.Name} {Convert.ToBase64String(bytes)}\n";
    }

    private static string? TryReadUtf8(ReadOnlySpan<byte> bytes, out string text)
    {
        text = string.Empty;
        if (bytes.Length > TreeLimits.NoteBytesMax)
        {
            return $"{bytes.Length} bytes are more than {TreeLimits.NoteBytesMax}";
        }

        try
        {
            text = s_strictUtf8.GetString(bytes);
            return null;
        }
        catch (DecoderFallbackException)
        {
            return "a note is UTF-8";
        }
    }

    private static string? WhyNotText(string text)
    {
        if (text.Length == 0 || text[^1] != '\n')
        {
            return "the text of a note ends with a newline";
        }

        foreach (char c in text)
        {
            if (c < ' ' && c != '\n')
            {
                return "the text of a note has no control characters but newlines";
            }
        }

        return null;
    }

    private static NoteSignature? ParseLine(string line)
    {
        string[] parts = line.Split(' ');
        return parts.Length == 3 && parts[0] == LineStart[..1] && NoteText.IsKeyName(parts[1])
            && NoteText.TryParseBase64(
                parts[2], IdSize + 1, IdSize + TreeLimits.NoteSignatureBytesMax, out byte[]? bytes)
            ? new NoteSignature(
                parts[1], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[IdSize..])
            : null;
    }
}
