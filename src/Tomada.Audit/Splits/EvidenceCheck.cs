using System.Collections.Immutable;
using Tomada.Ledger;
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
                    item.Kind == EvidenceKind.TwoHeads ? null : item.Id.Height));
            }
        }

        findings.Count("items", items.Count, "proofs");
        findings.Count("guilty", guilty.Count, "companies");
        return findings.ToReport();
    }

    /// <summary>Why the key was not the company's, by the mirror; null when it was.</summary>
    private static string? WhyNotKey(
        MirrorFolder mirror, EvidenceFile item, VerifySignature verify)
    {
        try
        {
            MirrorHead head = MirrorHead.Read(mirror, item.Network, verify);
            ChainReader chain = new(mirror, head, new FindingList(), null);
            SortedSet<PublicKey> identities =
                [.. chain.Trail.Members.Values.Where(IsGuilty).Select(each => each.IdentityKey)];
            PublicKey? voting = null;
            foreach (LogBlock block in chain.Blocks())
            {
                identities.UnionWith(
                    chain.Trail.Members.Values.Where(IsGuilty).Select(each => each.IdentityKey));
                if (block.Seal.Height == item.Id.Height)
                {
                    voting = block.Members.Find(item.Guilty)?.VotingKey;
                }
            }

            // Votes of the height that follows the last block are signed by the members after it.
            voting ??= item.Id.Height == chain.Height + 1
                ? chain.Trail.Deciders.Find(item.Guilty)?.VotingKey
                : null;
            bool isTheirs = item.Kind == EvidenceKind.TwoHeads
                ? identities.Contains(item.Key)
                : voting == item.Key;
            return isTheirs ? null : "by the mirror the key is not the company's there";
        }
        catch (MirrorException unreadable)
        {
            return unreadable.Message;
        }

        bool IsGuilty(MemberRecord member) => member.Company == item.Guilty;
    }
}
