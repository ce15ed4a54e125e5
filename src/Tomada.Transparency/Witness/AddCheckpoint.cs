using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>A request to cosign a head (C2SP tlog-witness, add-checkpoint).</summary>
/// <param name="OldSize">The head that the witness cosigned last, as the asker believes.</param>
/// <param name="Proof">Consistency from there (RFC 6962 section 2.1.2); at most 63 hashes.</param>
/// <param name="Checkpoint">The head, signed by the log.</param>
public sealed record AddCheckpoint(
    long OldSize, ImmutableArray<Digest> Proof, SignedNote Checkpoint)
{
    private const string OldStart = "old ";

    /// <summary>The request's bytes: old size, hashes, empty line, checkpoint.</summary>
    public byte[] Encode()
    {
        Invariant.Require(
            OldSize is >= 0 and <= TreeLimits.LogSizeMax, "a request's old size is in range");
        string old = string.Create(CultureInfo.InvariantCulture, $"{OldStart}{OldSize}");
        return HashLines.Encode([old], Proof, Checkpoint);
    }

    /// <summary>Reads a request; checks no hash and no signature.</summary>
    /// <param name="bytes">At most <see cref="TreeLimits.WitnessRequestBytesMax"/> bytes.</param>
    /// <param name="request">The request, when the answer is true.</param>
    /// <param name="why">Otherwise the line and what is allowed there.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out AddCheckpoint? request,
        [NotNullWhen(false)] out string? why)
    {
        request = null;
        if (bytes.Length > TreeLimits.WitnessRequestBytesMax)
        {
            why = $"{bytes.Length} bytes are more than {TreeLimits.WitnessRequestBytesMax}";
            return false;
        }

        if (!HashLines.TrySplit(bytes, out string[] lines, out SignedNote? note, out why))
        {
            return false;
        }

        if (!lines[0].StartsWith(OldStart, StringComparison.Ordinal)
            || !NoteText.TryParseDecimal(
                lines[0][OldStart.Length..], TreeLimits.LogSizeMax, out long oldSize))
        {
            why = $"line 1: is not '{OldStart}' and a decimal up to {TreeLimits.LogSizeMax}";
            return false;
        }

        if (!HashLines.TryRead(lines.AsSpan(1), out var proof, out why))
        {
            return false;
        }

        request = new AddCheckpoint(oldSize, proof, note);
        return true;
    }
}
