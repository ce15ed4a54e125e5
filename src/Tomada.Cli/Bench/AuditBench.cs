using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Tomada.Audit;
using Tomada.Cli.Demo;
using Tomada.Node.Keys;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Cli.Bench;

/// <summary>How fast the log is, and how fast strangers can check it.</summary>
/// <param name="transactions">Of the shorter log.</param>
/// <param name="node">A running node whose receipts are fetched; null leaves that out.</param>
internal sealed class AuditBench(int transactions, Uri? node)
{
    private const int Appends = 1_000_000;
    private const int EntryBytes = 512;
    private const double AppendsLimit = 100_000;
    private const double ReplayLimit = 0.5;
    private const double ProofsLimit = 2_000;
    private const int LongerTimes = 4;

    /// <summary>
    /// Heaps are collected when they like; what grows with the log would grow by four.
    /// </summary>
    private const double MemoryLimit = 1.25;

    /// <summary>
    /// Each has an address of its own where the node is on this machine: a node answers one address
    /// only so often in a second.
    /// </summary>
    private const int Clients = 48;
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(5);

    private readonly List<Criterion> _criteria = [];

    public async Task<int> RunAsync(FileInfo? json, CancellationToken stop)
    {
        string folder = Directory.CreateTempSubdirectory("tomada-bench-").FullName;
        try
        {
            Append();
            MirrorFolder shorter = new(Path.Combine(folder, "shorter"));
            MirrorFolder longer = new(Path.Combine(folder, "longer"));
            Replay(shorter);
            using (AuditChain chain = new())
            {
                chain.Write(longer, LongerTimes * transactions);
            }

            stop.ThrowIfCancellationRequested();
            await MemoryAsync(shorter, longer, stop);
            if (node is not null)
            {
                await ProofsAsync(node, stop);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        bool passed = _criteria.TrueForAll(each => each.Passed);
        if (json is not null)
        {
            CriteriaFile.Write(json.FullName, _criteria, passed, "bench audit");
        }

        return passed ? ExitCodes.Passed : ExitCodes.Failed;
    }

    private void Append()
    {
        byte[] entry = RandomNumberGenerator.GetBytes(EntryBytes);
        long started = Stopwatch.GetTimestamp();
        Digest root = MerkleTree.Root(
            Enumerable.Range(0, Appends).Select(_ => MerkleTree.LeafHash(entry)));
        double perSecond = Appends / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Add(new Criterion(
            "append", Math.Round(perSecond), AppendsLimit, "entries/s", perSecond >= AppendsLimit,
            $"one core, entries of {EntryBytes} bytes, root {root.ToShortString()}"));
    }

    private void Replay(MirrorFolder mirror)
    {
        using AuditChain chain = new();
        chain.Write(mirror, transactions);
        double alone = SignaturesPerSecond((int)Math.Min(chain.Signatures, 50_000));

        // The first run compiles the code.
        LogReplay.Run(mirror);
        long started = Stopwatch.GetTimestamp();
        AuditReport report = LogReplay.Run(mirror);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double perSecond = chain.Signatures / seconds;
        double ratio = perSecond / alone;
        Add(new Criterion(
            "ed25519", Math.Round(alone), null, "signatures/s", true,
            $"checks alone, {Environment.ProcessorCount} cores"));
        Add(new Criterion(
            "replay", Math.Round(perSecond), Math.Round(alone * ReplayLimit), "signatures/s",
            report.Passed && ratio >= ReplayLimit,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{transactions / seconds:f0} transactions/s, of which "
                    + $"{(report.Passed ? "all passed" : report.Findings[0])}"),
            "ed25519",
            Math.Round(ratio, 3)));
    }

    private static double SignaturesPerSecond(int count)
    {
        using Ed25519Key key = new(RandomNumberGenerator.GetBytes(32));
        byte[] message = RandomNumberGenerator.GetBytes(EntryBytes);
        byte[] signature = key.Sign(message);
        Parallel.For(0, count / 10, _ =>
            Tomada.Audit.Ed25519.Verify(key.Public, message, signature));
        long started = Stopwatch.GetTimestamp();
        Parallel.For(0, count, _ =>
            Tomada.Audit.Ed25519.Verify(key.Public, message, signature));
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private async Task MemoryAsync(
        MirrorFolder shorter, MirrorFolder longer, CancellationToken stop)
    {
        double one = await PeakMbAsync(shorter, stop);
        double other = await PeakMbAsync(longer, stop);
        double ratio = other / one;
        Add(new Criterion(
            "fsck-memory", Math.Round(one, 1), null, "MB", true,
            $"peak of 'audit fsck' over {transactions} transactions"));
        Add(new Criterion(
            "fsck-memory-longer", Math.Round(other, 1), Math.Round(one * MemoryLimit, 1), "MB",
            ratio <= MemoryLimit,
            $"over {LongerTimes} times as many",
            "fsck-memory",
            Math.Round(ratio, 3)));
    }

    /// <summary>The most that the command ever had resident, as the kernel counts it.</summary>
    private static async Task<double> PeakMbAsync(MirrorFolder mirror, CancellationToken stop)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "tomada.dll"));
        }

        foreach (string argument in (string[])["audit", "fsck", mirror.Path])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        double peak = 0;
        Task ended = process.WaitForExitAsync(stop);
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, ProcessUse.PeakMb(process.Id));
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(20), stop));
        }

        return process.ExitCode == ExitCodes.Passed
            ? peak
            : throw CommandException.Failed(await process.StandardOutput.ReadToEndAsync(stop));
    }

    private async Task ProofsAsync(Uri url, CancellationToken stop)
    {
        using HttpClient http = new() { BaseAddress = url };
        string[] ids;
        try
        {
            using JsonDocument page = JsonDocument.Parse(
                await http.GetByteArrayAsync(new Uri("v1/transactions?limit=100", UriKind.Relative),
                    stop));
            ids = [.. page.RootElement.GetProperty("items").EnumerateArray()
                .Select(each => each.GetProperty("id").GetString()!)];
        }
        catch (HttpRequestException silent)
        {
            throw CommandException.Unreachable($"{url} does not answer: {silent.Message}");
        }

        if (ids.Length == 0)
        {
            throw CommandException.Failed($"{url} has no transaction yet.");
        }

        (long served, long refused) = await LoadAsync(url, ids, stop);
        double perSecond = served / s_window.TotalSeconds;
        Add(new Criterion(
            "proofs", Math.Round(perSecond), ProofsLimit, "proofs/s",
            perSecond >= ProofsLimit,
            $"receipts over HTTP by {Clients} clients, {refused} not answered with 200"));
    }

    private static async Task<(long Served, long Refused)> LoadAsync(
        Uri url, string[] ids, CancellationToken stop)
    {
        long served = 0;
        long refused = 0;
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            using HttpClient http = Client(url, client);
            for (int i = client; Stopwatch.GetElapsedTime(started) < s_window; i++)
            {
                Uri path = new($"v1/transactions/{ids[i % ids.Length]}/receipt", UriKind.Relative);
                using HttpResponseMessage answer = await http.GetAsync(path, stop);
                await answer.Content.ReadAsByteArrayAsync(stop);
                bool isServed = answer.StatusCode == HttpStatusCode.OK;
                Interlocked.Increment(ref isServed ? ref served : ref refused);
            }
        }));
        return (served, refused);
    }

    private static HttpClient Client(Uri url, int number)
    {
        SocketsHttpHandler handler = new();
        if (url.IsLoopback)
        {
            handler.ConnectCallback = async (context, stop) =>
            {
                Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    socket.Bind(new IPEndPoint(new IPAddress([127, 0, 1, (byte)(1 + number)]), 0));
                    await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, stop);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }

        return new HttpClient(handler) { BaseAddress = url };
    }

    private void Add(Criterion criterion)
    {
        _criteria.Add(criterion);
        string limit = criterion.Limit is { } most
            ? string.Create(CultureInfo.InvariantCulture, $", limit {most}") : string.Empty;
        string ratio = criterion.Ratio is { } of
            ? string.Create(CultureInfo.InvariantCulture, $", ratio {of}") : string.Empty;
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{criterion.Id,-20} {criterion.Measured,12} {criterion.Unit}{limit}{ratio}"
                + $"{(criterion.Passed ? "" : "  MISSED")}  ({criterion.Detail})"));
    }
}
