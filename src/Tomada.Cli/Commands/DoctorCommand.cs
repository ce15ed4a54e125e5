using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tomada.Node;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada doctor</c>: is what the node has stored sound?</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan s_sayPeriod = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        Option<DirectoryInfo> data = Options.Data();
        Option<bool> chain = new("--chain")
        {
            Description = "Validates every stored block: checksums, order, roots, certificates, "
                + "and the state by executing all of them. What is wrong is set aside and fetched "
                + "from peers.",
            Required = true,
        };
        Option<FileInfo?> json = new("--json")
        {
            Description = "Also writes what was found to this file, for programs.",
        };
        Command doctor = new("doctor", "Examines a running node.") { data, chain, json };
        doctor.SetAction(async (parsed, stop) =>
        {
            string directory = parsed.GetRequiredValue(data).FullName;
            ChainAnswer answer = await CheckAsync(directory, stop);
            foreach (ChainFault fault in answer.Faults)
            {
                string entry = fault.Entry is { } index
                    ? string.Create(CultureInfo.InvariantCulture, $", entry {index}")
                    : string.Empty;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"block {fault.Height}{entry}: {fault.What}"));
            }

            Console.WriteLine(answer.Faults.Length == 0
                ? string.Create(
                    CultureInfo.InvariantCulture, $"{answer.Height} blocks are sound.")
                : "What is wrong is asked of the peers; run this again in a moment.");
            if (parsed.GetValue(json) is { } file)
            {
                await WriteAsync(file, answer, stop);
            }

            return answer.Faults.Length == 0 ? ExitCodes.Passed : ExitCodes.Failed;
        });
        return doctor;
    }

    /// <summary>The check, and a line from time to time while it takes long.</summary>
    private static async Task<ChainAnswer> CheckAsync(string directory, CancellationToken stop)
    {
        using ControlClient control = ControlClient.Open(directory);
        using ControlClient beside = ControlClient.Open(directory);
        Task<ChainAnswer> check = control.ChainAsync(stop);
        while (await Task.WhenAny(check, Task.Delay(s_sayPeriod, stop)) != check
            && !stop.IsCancellationRequested)
        {
            ChainProgressAnswer at = await beside.ChainProgressAsync(stop);
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"blocks: {at.Checked} of {at.Height}"));
        }

        return await check;
    }

    private static async Task WriteAsync(
        FileInfo file, ChainAnswer answer, CancellationToken stop)
    {
        try
        {
            await File.WriteAllTextAsync(
                file.FullName,
                JsonSerializer.Serialize(answer, NodeJson.Default.ChainAnswer) + "\n",
                stop);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Configuration(refused.Message);
        }
    }
}
