using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>
/// The head of the log as a note text of three lines: origin, size, root in base64
/// (C2SP tlog-checkpoint, Note text). This log writes no extension lines and reads none.
/// </summary>
/// <param name="Origin">Names the log; see <see cref="OriginOf"/>.</param>
/// <param name="Size">Entries; 0 to <see cref="TreeLimits.LogSizeMax"/>.</param>
/// <param name="Root">Root of the Merkle tree over them (RFC 9162 section 2.1.1).</param>
public sealed record Checkpoint(string Origin, long Size, Digest Root)
{
    /// <summary>
    /// The origin of a network's log: <c>tomada/</c> and the network id in hexadecimal.
    /// </summary>
    /// <param name="network">The hash of the genesis.</param>
    public static string OriginOf(Digest network) => $"tomada/{network}";

    /// <summary>The note text, each line ended by a newline.</summary>
    public string ToText()
    {
        Invariant.Require(NoteText.IsKeyName(Origin), "a log's origin is a key name");
        Invariant.Require(
            Size is >= 0 and <= TreeLimits.LogSizeMax, "a checkpoint's size is in range");
        string root = Convert.ToBase64String(Root.ToArray());
        return string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{root}\n");
    }

    /// <summary>Reads a note text; only the form that <see cref="ToText"/> writes.</summary>
    /// <param name="text">The text of a note, with its last newline.</param>
    /// <param name="checkpoint">The checkpoint, when the answer is true.</param>
    /// <param name="why">Otherwise the line and what is allowed there.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        [NotNullWhen(false)] out string? why)
    {
        checkpoint = null;
        why = null;
        string[] lines = text.Split('\n');
        if (lines.Length != 4 || lines[3].Length != 0)
        {
            why = "a checkpoint has three lines: origin, size, root";
        }
        else if (!NoteText.IsKeyName(lines[0]))
        {
            why = $"origin: is not {NoteText.KeyNameAllowed}";
        }
        else if (!NoteText.TryParseDecimal(lines[1], TreeLimits.LogSizeMax, out long size))
        {
            why = $"size: is not a decimal from 0 to {TreeLimits.LogSizeMax}";
        }
        else if (!NoteText.TryParseBase64(lines[2], Digest.Size, Digest.Size, out byte[]? root))
        {
            why = "root: is not 32 bytes in base64";
        }
        else
        {
            checkpoint = new Checkpoint(lines[0], size, new Digest(root));
        }

        return checkpoint is not null;
    }
}
