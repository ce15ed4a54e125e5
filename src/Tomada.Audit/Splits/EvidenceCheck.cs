using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Audit;

/// <summary>Checks an evidence file without any node.</summary>
public static class EvidenceCheck
{
    /// <summary>Checks a file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="guilty">Whom it convicts, each once.</param>
    /// <param name="mirror">
    /// A mirror of the network that says whose key it was at that height; null takes the file's
    /// word for the key.
    /// </param>
    /// <param name="verify">Checks signatures; null: Ed25519.</param>
    public static AuditReport Run(
        ReadOnlyMemory<byte> file,
        out ImmutableSortedSet<CompanyId> guilty,
        MirrorFolder? mirror = null,
        VerifySignature? verify = null)
    {
        guilty = [];
        verify ??= Ed25519.Verify;
        FindingList findings = new();
        if (!EvidenceFile.TryParse(file, out IReadOnlyList<EvidenceFile>? items, out string? why))
        {
            findings.Add(FindingClass.Encoding, $"evidence: {why}");
            return findings.ToReport();
        }

        if (items.Count == 0)
        {
            findings.Add(FindingClass.Evidence, "evidence: the file has no item");
        }

        foreach (EvidenceFile item in items)
        {
            string? refuted = item.Refute(verify)
                ?? (mirror is null ? null : WhyNotKey(mirror, item, verify));
            if (refuted is null)
            {
                guilty = guilty.Add(item.Guilty);
            }
            else
            {
                findings.Add(new Finding(
                    FindingClass.Evidence, $"against {item.Guilty}: {refuted}", null,
                    item.Evidence.Height));
            }
        }

        findings.Count("items", items.Count, "proofs");
        findings.Count("guilty", guilty.Count, "companies");
        return findings.ToReport();
    }

    private static string? WhyNotKey(
        MirrorFolder mirror, EvidenceFile item, VerifySignature verify)
    {
        try
        {
            MirrorHead head = MirrorHead.Read(mirror, item.Evidence.Network, verify);
            ChainReader chain = new(mirror, head, new FindingList(), null);
            MemberRecordOf? key = null;
            foreach (LogBlock block in chain.Blocks())
            {
                if (block.Seal.Height == item.Evidence.Height)
                {
                    key = new(block.Members.Find(item.Guilty)?.VotingKey);
                    break;
                }
            }

            // Votes of the height that follows the last block are signed by the members after it.
            key ??= item.Evidence.Height == chain.Height + 1
                ? new(chain.Trail.Deciders.Find(item.Guilty)?.VotingKey)
                : null;
            return key is null ? $"the mirror has no height {item.Evidence.Height}"
                : key.Key == item.VotingKey ? null
                : "the key is not the one that the company voted with at that height";
        }
        catch (MirrorException unreadable)
        {
            return unreadable.Message;
        }
    }

    private sealed record MemberRecordOf(PublicKey? Key);
}
