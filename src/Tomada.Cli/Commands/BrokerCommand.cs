using System.CommandLine;
using System.Net;
using Tomada.Node.Broker;
using Tomada.Node.Configuration;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada broker</c>: what a broker that is run elsewhere needs.</summary>
internal static class BrokerCommand
{
    public static Command Create() => new(
        "broker", "Prepares an MQTT broker outside of the node's process.")
    {
        MosquittoConfiguration(),
    };

    private static Command MosquittoConfiguration()
    {
        Option<DirectoryInfo> data = Options.Data();
        Option<IPEndPoint> node = Listen("--node", "127.0.0.1:1884", "the node alone");
        Option<IPEndPoint> tls = Listen(
            "--tls", "0.0.0.0:8883", "devices with a secret or a token, over TLS");
        Option<IPEndPoint> certificates = Listen(
            "--certificates", "0.0.0.0:8884", "devices with a certificate");
        Option<IPEndPoint?> plain = new("--plain")
        {
            Description = "Address and port for devices in the clear; nowhere when absent.",
            CustomParser = result => Options.Parse(result, IPEndPoint.Parse),
        };
        Command command = new(
            "mosquitto-conf",
            "Writes configuration, access rules, passwords and certificates for Mosquitto 2 into "
            + "the data directory; passwords of devices stay.")
        {
            data, node, tls, certificates, plain,
        };
        command.SetAction(parsed => Write(
            parsed.GetRequiredValue(data).FullName,
            new MosquittoListeners(
                parsed.GetRequiredValue(node), parsed.GetRequiredValue(tls),
                parsed.GetRequiredValue(certificates), parsed.GetValue(plain))));
        return command;
    }

    private static int Write(string directory, MosquittoListeners listen)
    {
        if (!NodeConfig.TryLoad(directory, out NodeConfig? config, out string? why))
        {
            throw CommandException.Configuration(why);
        }

        string folder = MosquittoConf.Write(
            config.Company, directory, listen, TimeProvider.System);
        string file = Path.Combine(folder, MosquittoConf.FileName);
        Console.WriteLine($$"""
            Start the broker as this user:  mosquitto -c {{file}}
            In {{NodeConfig.FileName}} write:
              "mqtt": {
                "mode": "external",
                "external": {
                  "address": "{{listen.Node}}",
                  "user": "{{MosquittoConf.NodeUser}}",
                  "passwordFile": "{{MosquittoFiles.FolderName}}/{{MosquittoConf.NodePasswordFile}}"
                }
              }
            """);
        return ExitCodes.Passed;
    }

    private static Option<IPEndPoint> Listen(string name, string usual, string what) => new(name)
    {
        Description = $"Address and port for {what}.",
        DefaultValueFactory = _ => IPEndPoint.Parse(usual),
        CustomParser = result => Options.Parse(result, IPEndPoint.Parse),
    };
}
