namespace Tomada.Transparency;

/// <summary>Every limit of the trees and notes; what is beyond is refused with a reason.</summary>
public static class TreeLimits
{
    /// <summary>Most entries of one log: 2^48. Appending beyond it stops the node.</summary>
    public const long LogSizeMax = 1L << 48;

    /// <summary>Most hashes of one proof about a log: two for each level.</summary>
    public const int LogProofHashesMax = 98;

    /// <summary>Depth of the state tree: one level for each bit of a path.</summary>
    public const int StateDepthMax = 256;

    /// <summary>Longest signed note in bytes.</summary>
    public const int NoteBytesMax = 65_536;

    /// <summary>Most signature lines of one note.</summary>
    public const int NoteSignaturesMax = 64;

    /// <summary>Longest key name or origin in bytes of UTF-8.</summary>
    public const int NoteNameBytesMax = 255;

    /// <summary>Longest signature of a note in bytes, without its key id.</summary>
    public const int NoteSignatureBytesMax = 4_096;

    /// <summary>Most hash lines of a tlog-proof or of a witness request.</summary>
    public const int ProofLinesMax = 63;

    /// <summary>
    /// Most extra bytes of a tlog-proof: one entry of the log in its longest form fits.
    /// </summary>
    public const int ProofExtraBytesMax = 65_535;

    /// <summary>Longest tlog-proof in bytes: its extra in base64, 63 hashes and a note.</summary>
    public const int ProofBytesMax = 160_000;

    /// <summary>Longest witness request in bytes: 63 hashes and a note.</summary>
    public const int WitnessRequestBytesMax = 70_000;

    /// <summary>Longest trust policy in bytes.</summary>
    public const int PolicyBytesMax = 65_536;

    /// <summary>Most logs, most witnesses and most groups of one trust policy, each.</summary>
    public const int PolicyLinesMax = 64;

    /// <summary>Longest entry of the log in bytes: its length has 16 bits in a bundle.</summary>
    public const int EntryBytesMax = 65_535;
}
