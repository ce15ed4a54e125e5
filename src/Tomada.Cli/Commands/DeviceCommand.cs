using System.CommandLine;
using Spectre.Console;
using Tomada.DeviceApi;
using Tomada.Node;
using Tomada.Primitives;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada device</c>: who of the company's cars and stations may connect.</summary>
internal static class DeviceCommand
{
    public static Command Create() => new("device", "Lets devices in, and puts them out.")
    {
        Enrol(),
        Revoke(),
        List(),
        Authority(),
    };

    private static Command Enrol()
    {
        Option<bool> token = new("--token")
        {
            Description = "Print a token instead, good for a day, with which the device makes "
                + "its own credential.",
        };
        (Option<DirectoryInfo> data, Argument<string> device) = Common();
        Command command = new(
            "enrol", "Prints a device's secret, once; a credential it had before is void.")
        {
            data, device, token,
        };
        command.SetAction(async (parsed, stop) =>
        {
            (string kind, string id) = Device(parsed.GetRequiredValue(device));
            using ControlClient control =
                ControlClient.Open(parsed.GetRequiredValue(data).FullName);
            EnrolAnswer answer = parsed.GetValue(token)
                ? await control.TokenAsync(kind, id, stop)
                : await control.EnrolAsync(kind, id, stop);
            Console.WriteLine(answer.Secret);
            return ExitCodes.Passed;
        });
        return command;
    }

    private static Command Revoke()
    {
        (Option<DirectoryInfo> data, Argument<string> device) = Common();
        Command command = new(
            "revoke", "Disconnects a device and makes whatever it can show void.")
        {
            data, device,
        };
        command.SetAction(async (parsed, stop) =>
        {
            (string kind, string id) = Device(parsed.GetRequiredValue(device));
            using ControlClient control =
                ControlClient.Open(parsed.GetRequiredValue(data).FullName);
            await control.RevokeAsync(kind, id, stop);
            Console.WriteLine($"{kind}/{id} is revoked.");
            return ExitCodes.Passed;
        });
        return command;
    }

    private static Command List()
    {
        Option<DirectoryInfo> data = Options.Data();
        Command command = new("list", "Shows which devices may connect, and with what.") { data };
        command.SetAction(async (parsed, stop) =>
        {
            using ControlClient control =
                ControlClient.Open(parsed.GetRequiredValue(data).FullName);
            Table table = new Table().AddColumns("device", "credential", "until")
                .Border(TableBorder.None);
            foreach (DeviceAnswer each in await control.DevicesAsync(stop))
            {
                table.AddRow($"{each.Kind}/{each.Id}", each.Credential, each.Until ?? "");
            }

            AnsiConsole.Write(table);
            return ExitCodes.Passed;
        });
        return command;
    }

    private static Command Authority()
    {
        Option<DirectoryInfo> data = Options.Data();
        Command command = new(
            "authority", "Prints the certificate that devices trust the broker by.")
        {
            data,
        };
        command.SetAction(async (parsed, stop) =>
        {
            using ControlClient control =
                ControlClient.Open(parsed.GetRequiredValue(data).FullName);
            Console.WriteLine(await control.AuthorityAsync(stop));
            return ExitCodes.Passed;
        });
        return command;
    }

    private static (Option<DirectoryInfo> Data, Argument<string> Device) Common() =>
        (Options.Data(), new Argument<string>("device")
        {
            Description = "kind/id: car or station, and 1 to 40 characters of a-z, 0-9 and '-'.",
        });

    private static (string Kind, string Id) Device(string given)
    {
        string[] parts = given.Split('/');
        return parts.Length == 2 && DeviceAddress.TryParseKind(parts[0], out _)
            && IdRules.IsName(parts[1])
            ? (parts[0], parts[1])
            : throw new CommandException(
                ExitCodes.Usage, $"'{given}': allowed are {DeviceAddress.UserAllowed}.");
    }
}
