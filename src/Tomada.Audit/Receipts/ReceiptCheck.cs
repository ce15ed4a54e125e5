using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>What a receipt proves, when it proves something.</summary>
/// <param name="Index">Where the entry stands in the log.</param>
/// <param name="Head">The log that it is in.</param>
/// <param name="Entry">What stands there; null when it is no entry that this version knows.</param>
/// <param name="Transaction">The transaction in it; null when it holds none.</param>
/// <param name="Cosigners">Who cosigned the head, by the policy's names.</param>
public sealed record ProvenReceipt(
    long Index,
    Checkpoint Head,
    Entry? Entry,
    SignedTransaction? Transaction,
    IReadOnlyList<string> Cosigners);

/// <summary>
/// Checks a receipt (c2sp.org/tlog-proof@v1) whose extra is the entry's own bytes: the head by the
/// policy, then the entry's place under it. Needs no node and no network.
/// </summary>
public static class ReceiptCheck
{
    /// <summary>Checks a receipt's bytes.</summary>
    /// <param name="receipt">The file.</param>
    /// <param name="policy">Whose signatures count, and how many.</param>
    /// <param name="proven">What it proves; null when it proves nothing.</param>
    /// <param name="entry">
    /// The entry, for a receipt without one; null takes the receipt's own.
    /// </param>
    /// <param name="verify">Checks signatures; null: Ed25519.</param>
    public static AuditReport Run(
        ReadOnlySpan<byte> receipt,
        TlogPolicy policy,
        out ProvenReceipt? proven,
        byte[]? entry = null,
        VerifySignature? verify = null)
    {
        proven = null;
        FindingList findings = new();
        if (!TlogProof.TryParse(receipt, out TlogProof? proof, out string? why))
        {
            findings.Add(FindingClass.Encoding, $"receipt: {why}");
        }
        else if ((entry ?? proof.Extra) is not { } bytes)
        {
            findings.Add(
                FindingClass.Missing,
                "receipt: has no extra with the entry, and none was given");
        }
        else if (!proof.TryVerify(
            MerkleTree.LeafHash(bytes), policy, verify ?? Ed25519.Verify,
            out AcceptedCheckpoint? accepted, out TlogRefusal? refusal))
        {
            findings.Add(ClassOf(refusal.Finding), $"receipt: {refusal.Why}");
        }
        else
        {
            Entry.Codec.TryDecode(bytes, out Entry? read, out _);
            SignedTransaction? transaction = null;
            if (read is TransactionEntry each)
            {
                SignedTransaction.TryDecode(each.Transaction, out transaction, out _);
            }

            proven = new ProvenReceipt(
                proof.Index, accepted.Checkpoint, read, transaction,
                [.. accepted.Cosignatures.Select(one => one.Key.Name)]);
            findings.Count("index", proof.Index, "entry");
            findings.Count("size", accepted.Checkpoint.Size, "entries");
            findings.Count("cosignatures", accepted.Cosignatures.Length, "cosignatures");
        }

        return findings.ToReport();
    }

    internal static FindingClass ClassOf(TlogFinding finding) => finding switch
    {
        TlogFinding.Malformed => FindingClass.Encoding,
        TlogFinding.UnknownLog or TlogFinding.WrongSignature or TlogFinding.QuorumMissed =>
            FindingClass.Cosignature,
        TlogFinding.NotIncluded => FindingClass.Inclusion,
        _ => throw new System.Diagnostics.UnreachableException(finding.ToString()),
    };
}

/// <summary>Checks a signed head by a policy (C2SP tlog-policy).</summary>
public static class CheckpointCheck
{
    /// <summary>Checks a checkpoint's bytes.</summary>
    /// <param name="checkpoint">The note.</param>
    /// <param name="policy">Whose signatures count, and how many.</param>
    /// <param name="accepted">The head and who signed it; null when it is refused.</param>
    /// <param name="verify">Checks signatures; null: Ed25519.</param>
    public static AuditReport Run(
        ReadOnlySpan<byte> checkpoint,
        TlogPolicy policy,
        out AcceptedCheckpoint? accepted,
        VerifySignature? verify = null)
    {
        accepted = null;
        FindingList findings = new();
        if (!SignedNote.TryParse(checkpoint, out SignedNote? note, out string? why))
        {
            findings.Add(FindingClass.Encoding, $"checkpoint: {why}");
        }
        else if (!policy.TryAccept(
            note, verify ?? Ed25519.Verify, out accepted, out TlogRefusal? refusal))
        {
            findings.Add(ReceiptCheck.ClassOf(refusal.Finding), $"checkpoint: {refusal.Why}");
        }
        else
        {
            findings.Count("size", accepted.Checkpoint.Size, "entries");
            findings.Count("cosignatures", accepted.Cosignatures.Length, "cosignatures");
        }

        return findings.ToReport();
    }
}
