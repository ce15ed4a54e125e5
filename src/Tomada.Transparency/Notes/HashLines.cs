using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>
/// The frame that C2SP tlog-proof (Format) and tlog-witness (add-checkpoint) share: lines, among
/// them hashes in base64, then an empty line, then a checkpoint as it was signed.
/// </summary>
internal static class HashLines
{
    private static ReadOnlySpan<byte> Gap => "\n\n"u8;

    /// <summary>Writes the lines, the hashes, the empty line and the note.</summary>
    public static byte[] Encode(
        IEnumerable<string> lines, ImmutableArray<Digest> hashes, SignedNote note)
    {
        Invariant.Require(
            hashes.Length <= TreeLimits.ProofLinesMax, "a proof has at most 63 hashes");
        StringBuilder head = new();
        foreach (string line in lines)
        {
            head.Append(line).Append('\n');
        }

        foreach (Digest hash in hashes)
        {
            head.Append(Convert.ToBase64String(hash.ToArray())).Append('\n');
        }

        return [.. Encoding.ASCII.GetBytes(head.Append('\n').ToString()), .. note.Encode()];
    }

    /// <summary>Splits at the first empty line, and reads the note behind it.</summary>
    public static bool TrySplit(
        ReadOnlySpan<byte> bytes,
        out string[] lines,
        [NotNullWhen(true)] out SignedNote? note,
        [NotNullWhen(false)] out string? why)
    {
        // Behind a second empty line stands a note, but no checkpoint: its first line is empty.
        lines = [];
        note = null;
        int gap = bytes.IndexOf(Gap);
        if (gap < 0)
        {
            why = "an empty line and a checkpoint are missing";
            return false;
        }

        // One character for each byte: what is not ASCII fits no line's form.
        lines = Encoding.Latin1.GetString(bytes[..gap]).Split('\n');
        if (SignedNote.TryParse(bytes[(gap + Gap.Length)..], out note, out why))
        {
            why = note.Text[0] == '\n' ? "it starts with its origin" : null;
        }

        why = why is null ? null : $"checkpoint: {why}";
        return why is null;
    }

    /// <summary>Reads lines that are all hashes, 0 to 63 of them.</summary>
    public static bool TryRead(
        ReadOnlySpan<string> lines,
        out ImmutableArray<Digest> hashes,
        [NotNullWhen(false)] out string? why)
    {
        hashes = [];
        if (lines.Length > TreeLimits.ProofLinesMax)
        {
            why = $"{lines.Length} hashes are more than {TreeLimits.ProofLinesMax}";
            return false;
        }

        ImmutableArray<Digest>.Builder read = ImmutableArray.CreateBuilder<Digest>(lines.Length);
        foreach (string line in lines)
        {
            if (!NoteText.TryParseBase64(line, Digest.Size, Digest.Size, out byte[]? hash))
            {
                why = $"hash {read.Count + 1}: is not 32 bytes in base64";
                return false;
            }

            read.Add(new Digest(hash));
        }

        hashes = read.MoveToImmutable();
        why = null;
        return true;
    }
}
