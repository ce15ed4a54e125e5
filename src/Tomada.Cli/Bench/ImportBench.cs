using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OsmSharp.Streams;
using Tomada.Cli.Import;
using Tomada.Cli.Import.Osm;

namespace Tomada.Cli.Bench;

/// <summary>
/// <c>tomada bench import</c>: the import of a map against the plain read of the same file by the
/// library that it stands on, turn by turn in one process.
/// </summary>
internal static class ImportBench
{
    /// <summary>The import may take so many times as long as the plain read.</summary>
    private const double RatioMax = 1.5;

    public static int Run(FileInfo file, int runs, FileInfo? json)
    {
        if (!file.Exists)
        {
            throw new CommandException(ExitCodes.Usage, $"{file.FullName} is not there");
        }

        byte[] map = File.ReadAllBytes(file.FullName);
        List<double> plain = [];
        List<double> import = [];
        for (int run = -1; run < runs; run++)
        {
            double plainMs = Time(() => PlainRead(file.Name, map));
            double importMs = Time(() => OsmImport.Read(
                file.Name, new MemoryStream(map), isBrazil: true, new ImportReport("ways")));

            // The first turn warms the compiled code up.
            if (run >= 0)
            {
                plain.Add(plainMs);
                import.Add(importMs);
            }
        }

        // The fastest turn is the one that other work on the machine disturbed least.
        (double plainLeast, double importLeast) = (plain.Min(), import.Min());
        double ratio = importLeast / plainLeast;
        bool passed = ratio <= RatioMax;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{file.Name}: plain read {plainLeast:F0} ms, import {importLeast:F0} ms, "
            + $"{ratio:F2} times as long; at most {RatioMax} {(passed ? "ok" : "MISSED")}"));
        if (json is not null)
        {
            Write(json, file.Name, runs, plainLeast, importLeast, passed);
        }

        return passed ? ExitCodes.Passed : ExitCodes.Failed;
    }

    private static void PlainRead(string name, byte[] map)
    {
        using OsmStreamSource source = OsmReader.Open(name, new MemoryStream(map));
        long objects = 0;
        foreach (OsmSharp.OsmGeo each in source)
        {
            objects += each.Id is null ? 0 : 1;
        }

        GC.KeepAlive(objects);
    }

    private static double Time(Action action)
    {
        long started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static void Write(
        FileInfo target, string file, int runs, double plainMs, double importMs, bool passed)
    {
        using FileStream stream = target.Create();
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "bench import");
        json.WriteString("file", file);
        json.WriteNumber("runs", runs);
        json.WriteNumber("plainMs", plainMs);
        json.WriteNumber("importMs", importMs);
        json.WriteNumber("ratioMax", RatioMax);
        json.WriteBoolean("passed", passed);
        json.WriteEndObject();
    }
}
