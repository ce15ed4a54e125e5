using System.Text.Json;
using Spectre.Console;
using Tomada.Audit;
using Tomada.Devices;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;
using Table = Spectre.Console.Table;

namespace Tomada.Cli.Cars;

/// <summary>The receipts in a car's folder, and whether they prove what they say.</summary>
internal sealed class CarReceipts(CarClient car, ICarVoice voice)
{
    /// <summary>Largest policy that is fetched, in bytes.</summary>
    private const int PolicyBytesMax = 64 * 1024;

    private string PolicyFile => Path.Combine(car.Receipts, MirrorFolder.PolicyName);

    public CarResult List()
    {
        IReadOnlyList<string> files = car.ReceiptFiles();
        Table table = new Table().Border(TableBorder.None).AddColumns("trip", "kept", "file");
        foreach (string file in files)
        {
            table.AddRow(
                TripOf(file),
                CarWords.Time(new Timestamp(
                    new DateTimeOffset(File.GetLastWriteTimeUtc(file)).ToUnixTimeMilliseconds())),
                Markup.Escape(Path.GetFileName(file)));
        }

        voice.Show(table);
        return Body("receipts", files.Select(TripOf));
    }

    /// <summary>
    /// Keeps whose signatures make a receipt good: from a file, or from any company's node. It is
    /// compared with another company's, as nothing else in a receipt rests on anybody's word.
    /// </summary>
    public async Task<CarResult> TrustAsync(string source, CancellationToken stop)
    {
        byte[] bytes;
        try
        {
            bytes = source.StartsWith("http", StringComparison.Ordinal)
                ? await FetchAsync(source, stop)
                : await File.ReadAllBytesAsync(source, stop);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException
            or HttpRequestException or UriFormatException)
        {
            return CarResult.Fail($"{source}: {missing.Message}");
        }

        if (WhyNoPolicy(bytes) is { } why)
        {
            return CarResult.Fail($"{source} is no policy: {why}");
        }

        if (File.Exists(PolicyFile)
            && !Enumerable.SequenceEqual(bytes, await File.ReadAllBytesAsync(PolicyFile, stop)))
        {
            return CarResult.Fail(
                $"{source} says other members than {PolicyFile}: ask why, and remove the file "
                + "to trust anew");
        }

        Directory.CreateDirectory(car.Receipts);
        await File.WriteAllBytesAsync(PolicyFile, bytes, stop);
        voice.Show(new Markup(
            $"kept {Markup.Escape(PolicyFile)}; 'receipts trust' of another company's node "
            + "compares it\n"));
        return CarResult.Done;
    }

    /// <summary>Checks each receipt offline.</summary>
    public CarResult Verify(string? policyFile)
    {
        string from = policyFile ?? PolicyFile;
        if (!File.Exists(from))
        {
            return CarResult.Fail(
                $"whose signatures count? {from} is missing: 'receipts trust FILE|URL' first, "
                + "or --policy FILE");
        }

        if (!TlogPolicy.TryParse(File.ReadAllBytes(from), out TlogPolicy? policy, out string? why))
        {
            return CarResult.Fail($"{from}: {why}");
        }

        List<string> good = [];
        List<string> bad = [];
        foreach (string file in car.ReceiptFiles())
        {
            if (WhyNot(file, policy, out ProvenReceipt? proven) is { } wrong)
            {
                bad.Add($"{Path.GetFileName(file)}: {wrong}");
                voice.Show(new Markup($"[red]✗[/] {Markup.Escape(bad[^1])}\n"));
            }
            else
            {
                good.Add(TripOf(file));
                voice.Show(new Markup(
                    $"[green]✓[/] {Markup.Escape(good[^1])}: entry {proven!.Index} of "
                    + $"{proven.Head.Size}, cosigned by "
                    + $"{Markup.Escape(string.Join(", ", proven.Cosigners))}\n"));
            }
        }

        return bad.Count > 0
            ? CarResult.Fail(string.Join("; ", bad))
            : good.Count == 0
                ? CarResult.Fail($"there is no receipt in {car.Receipts}")
                : Body("verified", good);
    }

    private static string? WhyNoPolicy(byte[] bytes) =>
        TlogPolicy.TryParse(bytes, out _, out string? why) ? null : why;

    /// <summary>A sound proof of another trip proves nothing of this one.</summary>
    private static string? WhyNot(string file, TlogPolicy policy, out ProvenReceipt? proven)
    {
        AuditReport report = ReceiptCheck.Run(File.ReadAllBytes(file), policy, out proven);
        if (!report.Passed)
        {
            return string.Join("; ", report.Findings.Select(each => each.ToString()));
        }

        return proven!.Entry is TransactionEntry { Effects: var effects }
            && effects.OfType<TripConfirmed>().Any(each => each.Trip.ToString() == TripOf(file))
            ? null
            : "it proves an entry that does not confirm this trip";
    }

    private static async Task<byte[]> FetchAsync(string address, CancellationToken stop)
    {
        using HttpClient http = new() { MaxResponseContentBufferSize = PolicyBytesMax };
        Uri given = new(address);
        return await http.GetByteArrayAsync(
            given.AbsolutePath.Length > 1 ? given : new Uri(given, "/v1/network/policy"), stop);
    }

    private static string TripOf(string file) => Path.GetFileNameWithoutExtension(file);

    private static CarResult Body(string name, IEnumerable<string> items) => CarResult.Done with
    {
        Body = JsonSerializer.SerializeToElement(
            new Dictionary<string, string[]> { [name] = [.. items] }),
    };
}
