using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>
/// A receipt that verifies offline: where an entry stands in a log, its siblings up to the root,
/// and a signed head (c2sp.org/tlog-proof@v1). It holds neither the entry nor its hash.
/// </summary>
/// <param name="Index">The entry, from 0; below <see cref="TreeLimits.LogSizeMax"/>.</param>
/// <param name="Hashes">Siblings from the leaf up (RFC 6962 section 2.1.1); at most 63.</param>
/// <param name="Checkpoint">The head, with its signatures (C2SP tlog-checkpoint).</param>
/// <param name="Extra">
/// 1 to <see cref="TreeLimits.ProofExtraBytesMax"/> bytes that nothing vouches for, or null.
/// </param>
public sealed record TlogProof(
    long Index, ImmutableArray<Digest> Hashes, SignedNote Checkpoint, byte[]? Extra = null)
{
    /// <summary>The first line (C2SP tlog-proof, Format).</summary>
    public const string Header = "c2sp.org/tlog-proof@v1";

    /// <summary>How a file of one proof ends its name (C2SP tlog-proof).</summary>
    public const string FileExtension = ".tlog-proof";

    private const string ExtraStart = "extra ";
    private const string IndexStart = "index ";

    /// <summary>The proof's bytes: header, extra, index, hashes, empty line, checkpoint.</summary>
    public byte[] Encode()
    {
        Invariant.Require(
            Index is >= 0 and < TreeLimits.LogSizeMax, "a proof's index is in range");
        Invariant.Require(
            Extra is null or { Length: >= 1 and <= TreeLimits.ProofExtraBytesMax },
            "a proof's extra has 1 to 65,535 bytes");
        string index = string.Create(CultureInfo.InvariantCulture, $"{IndexStart}{Index}");
        string[] lines = Extra is null
            ? [Header, index]
            : [Header, ExtraStart + Convert.ToBase64String(Extra), index];
        return HashLines.Encode(lines, Hashes, Checkpoint);
    }

    /// <summary>
    /// Reads a proof; refuses every other spelling of the same proof. Checks no hash and no
    /// signature.
    /// </summary>
    /// <param name="bytes">At most <see cref="TreeLimits.ProofBytesMax"/> bytes.</param>
    /// <param name="proof">The proof, when the answer is true.</param>
    /// <param name="why">Otherwise the line and what is allowed there.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out TlogProof? proof,
        [NotNullWhen(false)] out string? why)
    {
        proof = null;
        if (bytes.Length > TreeLimits.ProofBytesMax)
        {
            why = $"{bytes.Length} bytes are more than {TreeLimits.ProofBytesMax}";
            return false;
        }

        if (!HashLines.TrySplit(bytes, out string[] lines, out SignedNote? note, out why))
        {
            return false;
        }

        if (lines[0] != Header)
        {
            why = $"line 1: is not {Header}";
            return false;
        }

        int next = 1;
        byte[]? extra = null;
        if (lines.Length > 1 && lines[1].StartsWith(ExtraStart, StringComparison.Ordinal))
        {
            next = 2;
            if (!NoteText.TryParseBase64(
                lines[1][ExtraStart.Length..], 1, TreeLimits.ProofExtraBytesMax, out extra))
            {
                why = $"extra: is not 1 to {TreeLimits.ProofExtraBytesMax} bytes in base64";
                return false;
            }
        }

        if (lines.Length <= next || !TryReadIndex(lines[next], out long index))
        {
            why = $"index: is not '{IndexStart}' and a decimal below {TreeLimits.LogSizeMax}";
            return false;
        }

        if (!HashLines.TryRead(lines.AsSpan(next + 1), out var hashes, out why))
        {
            return false;
        }

        proof = new TlogProof(index, hashes, note, extra);
        return true;
    }

    /// <summary>
    /// Checks everything that the proof claims (C2SP tlog-proof, Verifying a tlog proof): the head
    /// by the policy, then the entry's place under it. Looks at no time.
    /// </summary>
    /// <param name="leafHash">
    /// <see cref="MerkleTree.LeafHash"/> of the entry, from the entry's own bytes.
    /// </param>
    /// <param name="policy">Whose signatures count, and how many.</param>
    /// <param name="verify">Checks Ed25519.</param>
    /// <param name="accepted">The head and who signed it, when the answer is true.</param>
    /// <param name="refusal">Otherwise the class of what is wrong, and what it is.</param>
    public bool TryVerify(
        Digest leafHash,
        TlogPolicy policy,
        VerifySignature verify,
        [NotNullWhen(true)] out AcceptedCheckpoint? accepted,
        [NotNullWhen(false)] out TlogRefusal? refusal)
    {
        if (!policy.TryAccept(Checkpoint, verify, out accepted, out refusal))
        {
            return false;
        }

        Checkpoint head = accepted.Checkpoint;
        if (MerkleTree.VerifyInclusion(leafHash, Index, head.Size, Hashes.AsSpan(), head.Root))
        {
            return true;
        }

        refusal = new TlogRefusal(
            TlogFinding.NotIncluded,
            $"the entry is not number {Index} of the {head.Size} under root {head.Root}");
        accepted = null;
        return false;
    }

    /// <summary><see cref="TryParse"/>, then <see cref="TryVerify"/>.</summary>
    public static bool TryVerifyBytes(
        ReadOnlySpan<byte> bytes,
        Digest leafHash,
        TlogPolicy policy,
        VerifySignature verify,
        [NotNullWhen(true)] out AcceptedCheckpoint? accepted,
        [NotNullWhen(false)] out TlogRefusal? refusal)
    {
        if (TryParse(bytes, out TlogProof? proof, out string? why))
        {
            return proof.TryVerify(leafHash, policy, verify, out accepted, out refusal);
        }

        accepted = null;
        refusal = new TlogRefusal(TlogFinding.Malformed, why);
        return false;
    }

    private static bool TryReadIndex(string line, out long index)
    {
        index = 0;
        return line.StartsWith(IndexStart, StringComparison.Ordinal) && NoteText.TryParseDecimal(
            line[IndexStart.Length..], TreeLimits.LogSizeMax - 1, out index);
    }
}
