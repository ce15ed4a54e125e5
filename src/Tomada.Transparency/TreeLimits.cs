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
}
