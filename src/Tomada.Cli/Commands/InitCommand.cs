using System.CommandLine;
using System.Net;
using Tomada.Node;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada init</c>: writes a company's configuration and makes its keys.</summary>
internal static class InitCommand
{
    /// <summary>As an interface: no announcements; then there are seeds.</summary>
    private const string NoInterface = "none";

    public static Command Create()
    {
        Option<DirectoryInfo> data = Options.Data();
        Option<CompanyId> company = Options.Company();
        Option<string> name =
            new("--name") { Description = "The company's name for people.", Required = true };
        Option<string> network =
            new("--network") { Description = "The network's name.", Required = true };
        Option<string> code = InvitationCode();
        Option<int> founders = Founders();
        Option<bool> simulated = new("--simulated")
        {
            Description =
                "The network's clock may run faster than the world's; for demonstrations only.",
        };
        Option<AdmissionPolicy> admission = Admission();
        Option<IPAddress> group = MulticastGroup();
        Option<int> port = MulticastPort();
        Option<string> @interface = MulticastInterface();
        Option<HostPort[]> seeds = Seeds();
        Option<HostPort?> advertise = Advertise();
        Option<IPEndPoint> peer = Options.Listen("--peer", "other companies' nodes");
        Option<IPEndPoint> mqtt = Options.Listen("--mqtt", "the company's cars and stations");
        Option<IPEndPoint> http = Options.Listen("--http", "the public API and the explorer");
        Option<IPEndPoint> control = Options.Listen("--control", "the company's own control API");
        Command command = new("init", """
            Writes a company's configuration and keys into a new data directory.
            Example: tomada init --data aratu --company br-aaa --name "Aratu Energia" \
                       --network nordeste --code caju-2026-mangue --founders 3 --interface eth0
            """)
        {
            data, company, name, network, code, founders, simulated, admission, group, port,
            @interface, seeds, advertise, peer, mqtt, http, control,
        };
        command.SetAction(parsed => Init(
            parsed.GetRequiredValue(data).FullName,
            new NodeConfig(
                parsed.GetRequiredValue(company),
                parsed.GetRequiredValue(name),
                new NetworkConfig(
                    parsed.GetRequiredValue(network),
                    parsed.GetRequiredValue(code),
                    null,
                    parsed.GetRequiredValue(founders),
                    parsed.GetValue(simulated),
                    parsed.GetValue(admission)),
                parsed.GetRequiredValue(@interface) == NoInterface ? null : new MulticastConfig(
                    parsed.GetRequiredValue(group),
                    parsed.GetRequiredValue(port),
                    parsed.GetRequiredValue(@interface)),
                new ListenConfig(parsed.GetRequiredValue(peer)),
                new MqttConfig(MqttMode.Embedded, parsed.GetRequiredValue(mqtt)),
                new ListenConfig(parsed.GetRequiredValue(http)),
                new ListenConfig(parsed.GetRequiredValue(control)),
                parsed.GetValue(seeds) is { Length: > 0 } some ? [.. some] : null,
                parsed.GetValue(advertise))));
        return command;
    }

    /// <summary>
    /// Writes configuration and keys; an existing directory with either is left as it is.
    /// </summary>
    public static int Init(string directory, NodeConfig config)
    {
        if (File.Exists(Path.Combine(directory, NodeConfig.FileName)) || NodeKeys.Exist(directory))
        {
            throw CommandException.Configuration(
                $"{directory} is a data directory already; nothing was changed.");
        }

        // The file's own reader judges the values, so that init never writes what node refuses.
        byte[] json = NodeConfig.Codec.EncodeJson(config);
        if (!NodeConfig.TryParse(json, out _, out string? why))
        {
            throw new CommandException(ExitCodes.Usage, why);
        }

        config.Save(directory);
        using NodeKeys keys = NodeKeys.Create(directory, config.Company, TimeProvider.System);
        ControlToken.LoadOrCreate(directory);
        Console.WriteLine($"{config.Company}: identity key {keys.IdentityKey}");
        Console.WriteLine($"Start its node with: tomada node --data {directory}");
        return ExitCodes.Passed;
    }

    private static Option<int> Founders() => new("--founders")
    {
        Description = "How many companies found the network; 1 to 100.",
        DefaultValueFactory = _ => 3,
    };

    private static Option<AdmissionPolicy> Admission() => new("--admission")
    {
        Description = "Who lets newcomers in: the operator, or whoever proves the code "
            + "(invited) and was never a member.",
        DefaultValueFactory = _ => AdmissionPolicy.Operator,
    };

    private static Option<string> InvitationCode() => new("--code")
    {
        Description =
            "The invitation code that the founders share; "
            + $"{NetworkConfig.CodeBytesMin} characters or more.",
        Required = true,
    };

    private static Option<IPAddress> MulticastGroup() => new("--group")
    {
        Description = "IPv4 multicast group of the announcements.",
        DefaultValueFactory = _ => IPAddress.Parse("239.255.84.68"),
        CustomParser = result => Options.Parse(result, IPAddress.Parse),
    };

    private static Option<int> MulticastPort() => new("--port")
    {
        Description = "UDP port of the announcements.",
        DefaultValueFactory = _ => 8468,
    };

    private static Option<string> MulticastInterface() => new("--interface")
    {
        Description = "Name or address of the interface for announcements, for example eth0; "
            + "lo stays on this machine, none announces nothing.",
        DefaultValueFactory = _ => "lo",
    };

    private static Option<HostPort[]> Seeds() => new("--seed")
    {
        Description = "Another node's peer endpoint, host:port, where multicast does not reach; "
            + "may be given several times.",
        CustomParser = result =>
            [.. result.Tokens.Select(each => Options.Parse(result, HostPort.Parse, each.Value)!)],
    };

    private static Option<HostPort?> Advertise() => new("--advertise")
    {
        Description = "Where the other nodes shall connect, host:port, when that is not where "
            + "this one listens.",
        CustomParser = result => Options.Parse(result, HostPort.Parse),
    };
}
