using System.Globalization;

namespace Tomada.Cli.Bench;

/// <summary>What a process has used, as the kernel counts it (proc(5)).</summary>
internal static class ProcessUse
{
    private const double TicksPerSecond = 100;

    /// <summary>User and system time since its start, in seconds; 0 when it is gone.</summary>
    public static double CpuSeconds(int processId)
    {
        string? stat = Read($"/proc/{processId}/stat");
        if (stat is null)
        {
            return 0;
        }

        // The name in parentheses may hold spaces; fields are counted from behind it.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    /// <summary>Resident memory in MB (10^6 bytes); 0 when it is gone.</summary>
    public static double ResidentMb(int processId) => StatusMb(processId, "VmRSS:");

    /// <summary>The most that it ever had resident, in MB; 0 when it is gone.</summary>
    public static double PeakMb(int processId) => StatusMb(processId, "VmHWM:");

    /// <summary>Of it, what belongs to no file: heaps, stacks and compiled code.</summary>
    public static double OwnMb(int processId) => StatusMb(processId, "RssAnon:");

    private static double StatusMb(int processId, string name)
    {
        string? line = Read($"/proc/{processId}/status")?.Split('\n')
            .FirstOrDefault(each => each.StartsWith(name, StringComparison.Ordinal));
        return line is null
            ? 0
            : Number(line[name.Length..^" kB".Length].Trim()) * 1_024 / 1e6;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
