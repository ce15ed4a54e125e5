using System.Text.Json;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>What is true of the state after a block, when it is proven.</summary>
/// <param name="Answer">The path, and the row's bytes or null.</param>
/// <param name="Seal">Of the block: height, time, root.</param>
/// <param name="Head">The log that it is in.</param>
/// <param name="Cosigners">Who cosigned the head, by the policy's names.</param>
public sealed record ProvenAnswer(
    StateAnswer Answer, Seal Seal, Checkpoint Head, IReadOnlyList<string> Cosigners);

/// <summary>
/// Checks what a node says of the state (spec/encoding.md, State tree) from the head down: head by
/// the policy, seal under the head, row under the seal. Needs no node and no network.
/// </summary>
public static class StateCheck
{
    /// <summary>Name of the field of a node's answer that holds the receipt.</summary>
    private const string Field = "receipt";

    /// <summary>Checks a StateReceipt, or the JSON answer of a node that has one in it.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="policy">Whose signatures count, and how many.</param>
    /// <param name="proven">What it proves; null when it proves nothing.</param>
    /// <param name="path">Where the row must stand; null takes the answer's own path.</param>
    /// <param name="verify">Checks signatures; null: Ed25519.</param>
    public static AuditReport Run(
        byte[] file,
        TlogPolicy policy,
        out ProvenAnswer? proven,
        Digest? path = null,
        VerifySignature? verify = null)
    {
        proven = null;
        FindingList findings = new();
        if (BytesOf(file) is not { } bytes)
        {
            findings.Add(
                FindingClass.Missing,
                "state: the answer has no receipt; ask again when the block is cosigned");
        }
        else if (!StateReceipt.Codec.TryDecode(bytes, out StateReceipt? receipt, out string? why))
        {
            findings.Add(FindingClass.Encoding, $"state: {why}");
        }
        else if (!receipt.Verify(
            policy, verify ?? Ed25519.Verify, out Seal? seal, out AcceptedCheckpoint? head,
            out TlogRefusal? refusal))
        {
            findings.Add(ReceiptCheck.ClassOf(refusal.Finding), $"state: {refusal.Why}");
        }
        else if (path is { } wanted && wanted != receipt.Answer.Path)
        {
            findings.Add(
                FindingClass.Inclusion,
                $"state: it speaks of path {receipt.Answer.Path}, and the row is at {wanted}");
        }
        else
        {
            proven = new ProvenAnswer(
                receipt.Answer, seal, head.Checkpoint,
                [.. head.Cosignatures.Select(each => each.Key.Name)]);
            findings.Count("height", seal.Height, "block");
            findings.Count("size", head.Checkpoint.Size, "entries");
            findings.Count("cosignatures", head.Cosignatures.Length, "cosignatures");
        }

        return findings.ToReport();
    }

    /// <summary>The receipt's bytes; null when a JSON answer holds none.</summary>
    private static byte[]? BytesOf(byte[] file)
    {
        if (file is not [(byte)'{', ..])
        {
            return file;
        }

        try
        {
            using JsonDocument answer = JsonDocument.Parse(file);
            return answer.RootElement.TryGetProperty(Field, out JsonElement hex)
                && hex.ValueKind == JsonValueKind.String
                ? Convert.FromHexString(hex.GetString()!)
                : null;
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException)
        {
            // No JSON answer: let the reader of records say what is wrong with it.
            return file;
        }
    }
}
