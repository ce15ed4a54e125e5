using System.Collections.Immutable;
using System.Text;
using Xunit;

namespace Tomada.Audit.Tests.Exports;

public sealed class ExportTests : IDisposable
{
    private readonly TestMirror _mirror = TestMirror.Of(Chains.Trip);

    public void Dispose() => _mirror.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_true_export_passes(bool isCsv) => Assert.Empty(Check(isCsv, Rows(isCsv)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_row_with_one_other_digit_is_named_by_its_entry(bool isCsv)
    {
        List<string> rows = Rows(isCsv);
        rows[3] = rows[3].Replace("\"number\":", "\"number\":1", StringComparison.Ordinal)
            .Replace("APPLIED", "EXPIRED", StringComparison.Ordinal);
        Finding finding = Assert.Single(Check(isCsv, rows));
        Assert.Equal(
            (FindingClass.Export, "I15", IndexOf(3)),
            (finding.Class, finding.Invariant, finding.Index!.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_row_that_was_taken_out_is_named_by_its_entry(bool isCsv)
    {
        List<string> rows = Rows(isCsv);
        rows.RemoveAt(2);
        Finding finding = Assert.Single(Check(isCsv, rows));
        Assert.Equal((FindingClass.Export, IndexOf(2)), (finding.Class, finding.Index!.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_row_twice_or_in_another_order_is_found(bool isCsv)
    {
        List<string> twice = Rows(isCsv);
        twice.Insert(2, twice[2]);
        Assert.Equal(FindingClass.Export, Assert.Single(Check(isCsv, twice)).Class);
        List<string> swapped = Rows(isCsv);
        (swapped[1], swapped[2]) = (swapped[2], swapped[1]);
        Assert.NotEmpty(Check(isCsv, swapped));
    }

    [Fact]
    public void Rows_that_lack_at_the_end_are_missed_by_the_manifest_only()
    {
        List<string> rows = Rows(false);
        rows.RemoveAt(rows.Count - 1);
        Assert.Empty(Run(false, rows, null));
        Assert.Equal("I15", Assert.Single(Check(false, rows)).Invariant);
    }

    [Theory]
    [InlineData("\"applied\":", "\"applied\":1", "applied")]
    [InlineData("\"amount\":", "\"amount\":1", "cdrTotals")]
    [InlineData("\"root\":\"", "\"root\":\"x", "root")]
    [InlineData("\"rows\":", "\"rows\":1", "rows")]
    [InlineData("\"cdrEnergyWh\":", "\"cdrEnergyWh\":1", "cdrEnergyWh")]
    [InlineData("\"origin\":\"", "\"origin\":\"x", "origin")]
    public void A_manifest_with_another_sum_or_root_is_found(string what, string with, string name)
    {
        string said = Manifest().Replace(what, with, StringComparison.Ordinal);
        Finding finding = Assert.Single(Run(false, Rows(false), said));
        Assert.Equal(FindingClass.Export, finding.Class);
        Assert.Contains(name, finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_an_export_is_found()
    {
        byte[] whole = Bytes(false, Rows(false));
        using MemoryStream half = new(whole[..^5]);
        AuditReport report = ExportCheck.Run(half, _mirror.Folder, verify: TestMirror.Verify);
        Assert.Contains(report.Findings, each =>
            each.What.Contains("ends within a row", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"from\":2,\"to\":1}")]
    [InlineData("no")]
    public void What_is_no_manifest_is_refused(string said) => Assert.Equal(
        FindingClass.Encoding, Assert.Single(Run(false, Rows(false), said)).Class);

    private ImmutableArray<Finding> Check(bool isCsv, List<string> rows) =>
        Run(isCsv, rows, Manifest());

    private ImmutableArray<Finding> Run(bool isCsv, List<string> rows, string? manifest)
    {
        using MemoryStream file = new(Bytes(isCsv, rows));
        byte[]? said = manifest is null ? null : Encoding.UTF8.GetBytes(manifest);
        return ExportCheck.Run(file, _mirror.Folder, said, TestMirror.Verify).Findings;
    }

    private static byte[] Bytes(bool isCsv, List<string> rows)
    {
        string end = isCsv ? "\r\n" : "\n";
        return Encoding.UTF8.GetBytes(
            (isCsv ? ExportRows.CsvHeader + end : string.Empty)
            + string.Concat(rows.Select(row => row + end)));
    }

    private List<string> Rows(bool isCsv) =>
    [
        .. Places().Select(each => Encoding.UTF8.GetString(
            isCsv ? ExportRows.Csv(each.Block, each.At) : ExportRows.Json(each.Block, each.At))),
    ];

    private long IndexOf(int row)
    {
        (LogBlock block, int at) = Places().ElementAt(row);
        return block.FirstIndex + at;
    }

    private string Manifest()
    {
        MirrorHead head = MirrorHead.Read(_mirror.Folder, null, TestMirror.Verify);
        ExportSums sums = new(head.Genesis.NetworkId, 0, head.Head.Size);
        foreach (LogBlock block in Blocks())
        {
            sums.Add(block);
        }

        return Encoding.UTF8.GetString(sums.ToJson());
    }

    private IEnumerable<(LogBlock Block, int At)> Places() => Blocks().SelectMany(block =>
        Enumerable.Range(0, block.Entries.Length)
            .Where(at => block.Transactions[at] is not null).Select(at => (block, at)));

    private IEnumerable<LogBlock> Blocks() => new ChainReader(
        _mirror.Folder,
        MirrorHead.Read(_mirror.Folder, null, TestMirror.Verify),
        new FindingList(),
        null).Blocks();
}
