using System.CommandLine;
using Tomada.Node.Keys;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada keys</c>: the company's three keys.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> data = Options.Data();
        Command show = new("show", "Prints the public halves.") { data };
        show.SetAction(parsed =>
        {
            using NodeKeys keys = NodeKeys.Load(parsed.GetRequiredValue(data).FullName);
            Console.WriteLine($"identity {keys.IdentityKey}");
            Console.WriteLine($"voting   {keys.VotingKey}");
            Console.WriteLine($"tls      {keys.TlsKeyHash}");
            return ExitCodes.Passed;
        });
        return new Command("keys", "Shows and changes the company's keys.")
        {
            show,
            NetworkChanges.RotateKey("rotate"),
        };
    }
}
