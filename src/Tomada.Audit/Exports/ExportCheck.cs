using System.Text.Json;
using Tomada.Primitives;

namespace Tomada.Audit;

/// <summary>
/// I15: an export's rows, sums and root equal the log's. The file is taken as the node wrote
/// it; one that a spreadsheet saved again differs in every row.
/// </summary>
public static class ExportCheck
{
    /// <summary>Compares an export with a mirror, row by row; holds one block at a time.</summary>
    /// <param name="file">CSV or JSON lines; read once and closed.</param>
    /// <param name="mirror">The log. That it is whole and decided is for <c>fsck</c>.</param>
    /// <param name="manifest">
    /// What was said of the export; null: then nobody said where it ends, and rows that lack at its
    /// end are not missed.
    /// </param>
    /// <param name="verify">Checks the genesis; null: Ed25519.</param>
    /// <param name="progress">Told after each block.</param>
    public static AuditReport Run(
        Stream file,
        MirrorFolder mirror,
        byte[]? manifest = null,
        VerifySignature? verify = null,
        IProgress<AuditProgress>? progress = null)
    {
        FindingList findings = new();
        try
        {
            using JsonDocument? said = manifest is { } bytes ? JsonDocument.Parse(bytes) : null;
            MirrorHead head = MirrorHead.Read(mirror, null, verify ?? Ed25519.Verify);
            (long from, long to) = said is null ? (0, head.Head.Size) : RangeOf(said.RootElement);
            if (to > head.Head.Size)
            {
                findings.Add(
                    FindingClass.Missing,
                    $"the export goes to entry {to}; the mirror ends at {head.Head.Size}");
            }
            else
            {
                ChainReader chain = new(mirror, head, findings, progress);
                Compare(file, chain, new Part(from, to, head.Genesis.NetworkId, said), findings);
                chain.Conclude();
            }
        }
        catch (JsonException wrong)
        {
            findings.Add(FindingClass.Encoding, $"manifest: {wrong.Message}");
        }
        catch (MirrorException unreadable)
        {
            findings.Add(unreadable.Class, unreadable.Message);
        }

        return findings.ToReport();
    }

    private static void Compare(Stream file, ChainReader chain, Part part, FindingList findings)
    {
        using ExportLines lines = new(file);
        lines.Begin();
        ExportSums sums = new(part.Network, part.From, part.To);
        long rows = 0;
        foreach (LogBlock block in chain.Blocks())
        {
            if (!block.IsWhole)
            {
                break;
            }

            sums.Add(block);
            for (int at = 0; at < block.Entries.Length; at++)
            {
                long index = block.FirstIndex + at;
                bool isClaimed = index >= part.From && index < part.To
                    && (part.Manifest is not null || lines.Row is not null);
                if (isClaimed && lines.Broken is null && block.Transactions[at] is not null)
                {
                    rows++;
                    CompareRow(lines, block, at, findings);
                }
            }
        }

        Conclude(lines, findings);
        if (part.Manifest is { } manifest)
        {
            CompareSums(manifest.RootElement, sums, findings);
        }

        findings.Count("rows", rows, "rows");
    }

    private static void CompareRow(ExportLines lines, LogBlock block, int at, FindingList findings)
    {
        long index = block.FirstIndex + at;
        while (lines.Row is not null && lines.Index < index)
        {
            AddStranger(lines, findings);
            lines.Next();
        }

        if (lines.Row is null || lines.Index > index)
        {
            if (lines.Broken is null)
            {
                Add(findings, "the row is missing", index, block);
            }

            return;
        }

        byte[] expected =
            lines.IsCsv ? ExportRows.Csv(block, at) : ExportRows.Json(block, at);
        if (!lines.Row.AsSpan().SequenceEqual(expected))
        {
            int same = lines.Row.AsSpan().CommonPrefixLength(expected);
            Add(
                findings,
                $"the row is not the log's from byte {same} on: {Excerpt(lines.Row, same)} "
                    + $"instead of {Excerpt(expected, same)}",
                index,
                block);
        }

        lines.Next();
    }

    private static void Conclude(ExportLines lines, FindingList findings)
    {
        for (; lines.Row is not null; lines.Next())
        {
            AddStranger(lines, findings);
        }

        if (lines.Broken is { } why)
        {
            Add(findings, $"the file: {why}", null, null);
        }
    }

    private static void CompareSums(JsonElement said, ExportSums sums, FindingList findings)
    {
        using JsonDocument own = JsonDocument.Parse(sums.ToJson());
        foreach (JsonProperty each in own.RootElement.EnumerateObject())
        {
            if (!said.TryGetProperty(each.Name, out JsonElement other)
                || !JsonElement.DeepEquals(each.Value, other))
            {
                Add(
                    findings,
                    $"manifest: {each.Name} of the log is {each.Value.GetRawText()}",
                    null,
                    null);
            }
        }
    }

    private static (long From, long To) RangeOf(JsonElement manifest) =>
        manifest.ValueKind == JsonValueKind.Object
        && manifest.TryGetProperty("from", out JsonElement from)
        && manifest.TryGetProperty("to", out JsonElement to)
        && from.ValueKind == JsonValueKind.Number && from.TryGetInt64(out long first)
        && to.ValueKind == JsonValueKind.Number && to.TryGetInt64(out long end)
        && first >= 0 && end >= first
            ? (first, end)
            : throw new JsonException("'from' and 'to' are log indexes, from 0, in order");

    private static void AddStranger(ExportLines lines, FindingList findings) => findings.Add(
        new Finding(
            FindingClass.Export,
            "a row that the log does not have there",
            "I15",
            null,
            lines.Index));

    private static string Excerpt(byte[] row, int at) =>
        System.Text.Encoding.UTF8.GetString(row.AsSpan(at, Math.Min(40, row.Length - at)));

    private static void Add(FindingList findings, string what, long? index, LogBlock? block) =>
        findings.Add(new Finding(FindingClass.Export, what, "I15", block?.Seal.Height, index));

    private sealed record Part(long From, long To, Digest Network, JsonDocument? Manifest);
}
