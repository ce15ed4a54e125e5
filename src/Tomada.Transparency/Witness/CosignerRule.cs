using System.Diagnostics.CodeAnalysis;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>How long a log is, and the root over it.</summary>
/// <param name="Size">Entries; 0 to <see cref="TreeLimits.LogSizeMax"/>.</param>
/// <param name="Root">Root of the tree over them (RFC 9162 section 2.1.1).</param>
public readonly record struct LogHead(long Size, Digest Root)
{
    /// <summary>The head of the log without entries.</summary>
    public static LogHead Empty { get; } = new(0, MerkleTree.EmptyRoot);

    /// <summary>The head that a checkpoint states.</summary>
    public static LogHead Of(Checkpoint checkpoint) => new(checkpoint.Size, checkpoint.Root);
}

/// <summary>
/// What one key may sign, given the largest head that it ever signed (C2SP tlog-checkpoint,
/// Signatures; tlog-cosignature, Ed25519 signed message): heads only grow, and one size has one
/// root. The caller knows that the larger log continues the smaller one, from its own copy or by a
/// proof, and has the new head on disk, in place of exactly the one compared here, before it signs.
/// </summary>
public static class CosignerRule
{
    /// <summary>Whether the head may be signed.</summary>
    /// <param name="largest">
    /// The largest head ever signed; <see cref="LogHead.Empty"/> if none.
    /// </param>
    /// <param name="next">The head to sign; the same one may be signed again.</param>
    /// <param name="why">What forbids it, when the answer is false.</param>
    public static bool MaySign(
        LogHead largest, LogHead next, [NotNullWhen(false)] out string? why)
    {
        why = next.Size is < 0 or > TreeLimits.LogSizeMax
                ? $"a log has 0 to {TreeLimits.LogSizeMax} entries, not {next.Size}"
            : next.Size == 0 && next.Root != MerkleTree.EmptyRoot
                ? "a log without entries has the empty root"
            : next.Size < largest.Size
                ? $"{next.Size} entries are fewer than the {largest.Size} signed before"
            : next.Size == largest.Size && next.Root != largest.Root
                ? $"another root was signed for {next.Size} entries"
            : null;
        return why is null;
    }
}
