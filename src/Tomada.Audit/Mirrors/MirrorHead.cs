using System.Diagnostics.CodeAnalysis;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>What a mirror begins with and what it claims: genesis and checkpoint.</summary>
/// <param name="Genesis">Signed by all founders.</param>
/// <param name="Note">The checkpoint as a signed note.</param>
/// <param name="Head">What it says.</param>
public sealed record MirrorHead(Genesis Genesis, SignedNote Note, Checkpoint Head)
{
    /// <summary>Reads both; the genesis is checked, the checkpoint's signatures are not.</summary>
    /// <param name="mirror">The folder.</param>
    /// <param name="network">The network that is expected; null takes the genesis' word.</param>
    /// <param name="verify">Checks signatures.</param>
    /// <exception cref="MirrorException">One of them is missing or wrong.</exception>
    public static MirrorHead Read(MirrorFolder mirror, Digest? network, VerifySignature verify)
    {
        Genesis genesis = ReadGenesis(mirror, network, verify);
        byte[] bytes = MirrorFolder.Read(mirror.FileOf(MirrorFolder.CheckpointName));
        if (!TryParse(bytes, out SignedNote? note, out Checkpoint? head, out string? why))
        {
            throw new MirrorException(FindingClass.Encoding, $"checkpoint: {why}");
        }

        string origin = Checkpoint.OriginOf(genesis.NetworkId);
        return head.Origin == origin
            ? new MirrorHead(genesis, note, head)
            : throw new MirrorException(
                FindingClass.Log, $"checkpoint: is of {head.Origin}, not of {origin}");
    }

    /// <summary>Reads a checkpoint; no signature is checked.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out SignedNote? note,
        [NotNullWhen(true)] out Checkpoint? head,
        [NotNullWhen(false)] out string? why)
    {
        head = null;
        return SignedNote.TryParse(bytes, out note, out why)
            && Checkpoint.TryParse(note.Text, out head, out why);
    }

    /// <summary>Reads and checks the genesis.</summary>
    /// <exception cref="MirrorException">It is missing or wrong.</exception>
    public static Genesis ReadGenesis(
        MirrorFolder mirror, Digest? network, VerifySignature verify)
    {
        byte[] bytes = MirrorFolder.Read(mirror.FileOf(MirrorFolder.GenesisName));
        if (!Genesis.Codec.TryDecode(bytes, out Genesis? genesis, out string? why))
        {
            throw new MirrorException(FindingClass.Encoding, $"genesis: {why}");
        }

        if (network is { } expected && genesis.NetworkId != expected)
        {
            throw new MirrorException(
                FindingClass.Chain,
                $"genesis: is of network {genesis.NetworkId}, not of {expected}");
        }

        return genesis.IsValid(verify)
            ? genesis
            : throw new MirrorException(
                FindingClass.Signature, "genesis: not signed by all its founders");
    }
}
