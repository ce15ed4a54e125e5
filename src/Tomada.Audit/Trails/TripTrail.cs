using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>A step of a trip's way through the log.</summary>
/// <param name="Stage">reservation, answer, break, session, cdr, acceptance, netting,
/// payment.</param>
/// <param name="Index">The entry.</param>
/// <param name="Height">Its block.</param>
/// <param name="Time">Block time.</param>
/// <param name="Sentence">What happened.</param>
/// <param name="Receipt">The entry with its place under the mirror's checkpoint.</param>
/// <param name="IsIncluded">Whether the place is true.</param>
public sealed record TrailStep(
    string Stage,
    long Index,
    long Height,
    Timestamp Time,
    string Sentence,
    TlogProof Receipt,
    bool IsIncluded);

/// <summary>What was found of a trip.</summary>
public sealed record TrailReport(AuditReport Report, ImmutableArray<TrailStep> Steps);

/// <summary>
/// Follows one trip through a mirror: the entry that reserved it, its answers, its sessions, their
/// CDRs, the netting that took them up and the payments that settled it, each with its inclusion
/// proof under one cosigned head.
/// </summary>
public static class TripTrail
{
    /// <summary>Follows a trip.</summary>
    /// <param name="mirror">The folder.</param>
    /// <param name="trip">The id of its ProposeTrip.</param>
    /// <param name="language">Of the sentences.</param>
    /// <param name="verify">Checks signatures; null: Ed25519.</param>
    /// <param name="progress">Told after each block.</param>
    public static TrailReport Follow(
        MirrorFolder mirror,
        TripId trip,
        Language language,
        VerifySignature? verify = null,
        IProgress<AuditProgress>? progress = null)
    {
        FindingList findings = new();
        List<TrailStep> steps = [];
        try
        {
            verify ??= Ed25519.Verify;
            MirrorHead head = MirrorHead.Read(mirror, null, verify);
            ReceiptMaker receipts = new(mirror, head);
            ChainReader chain = new(mirror, head, findings, progress);
            TripWatch watch = new(trip);
            foreach (LogBlock block in chain.Blocks())
            {
                if (!block.IsWhole)
                {
                    continue;
                }

                for (int i = 0; i < block.Entries.Length - 1; i++)
                {
                    if (watch.StageOf(block.Entries[i], block.Transactions[i]) is { } stage)
                    {
                        steps.Add(Step(stage, block, i, receipts, language));
                    }
                }
            }

            chain.Conclude();
            ChainFsck.CheckHead(chain, head, null, verify, findings);
            foreach (TrailStep step in steps.Where(each => !each.IsIncluded))
            {
                findings.Add(new Finding(
                    FindingClass.Inclusion, "the entry is not under the checkpoint's root", null,
                    step.Height, step.Index));
            }

            if (steps.Count == 0)
            {
                findings.Add(FindingClass.Missing, $"trip {trip} is not in this log");
            }

            findings.Count("steps", steps.Count, "entries");
            findings.Count(
                "included", steps.Count(each => each.IsIncluded), "entries");
        }
        catch (MirrorException unreadable)
        {
            findings.Add(unreadable.Class, unreadable.Message);
        }

        return new TrailReport(findings.ToReport(), [.. steps]);
    }

    private static TrailStep Step(
        string stage, LogBlock block, int at, ReceiptMaker receipts, Language language)
    {
        long index = block.FirstIndex + at;
        TlogProof receipt = receipts.Of(index, block.Block.Entries[at]);
        return new TrailStep(
            stage,
            index,
            block.Seal.Height,
            block.Seal.Time,
            Explainer.Explain(block.Entries[at], block.Transactions[at], language),
            receipt,
            receipts.IsIncluded(receipt));
    }
}
