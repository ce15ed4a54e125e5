using System.CommandLine;
using System.Globalization;
using Tomada.Node;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada doctor</c>: is what the node has stored sound?</summary>
internal static class DoctorCommand
{
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
        Command doctor = new("doctor", "Examines a running node.") { data, chain };
        doctor.SetAction(async (parsed, stop) =>
        {
            using ControlClient control =
                ControlClient.Open(parsed.GetRequiredValue(data).FullName);
            ChainAnswer answer = await control.ChainAsync(stop);
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
            return answer.Faults.Length == 0 ? ExitCodes.Passed : ExitCodes.Failed;
        });
        return doctor;
    }
}
