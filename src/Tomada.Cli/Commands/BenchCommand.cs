using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tomada.Cli.Bench;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada bench</c>: how fast, on this machine, beside others.</summary>
internal static class BenchCommand
{
    private static readonly string[] s_peers = ["etcd", "dotnext"];

    public static Command Create() => new("bench", "Measures real processes on this machine.")
    {
        Consensus(),
        Sync(),
        Audit(),
        Planner(),
        Import(),
        Broker(),
        BrokerHost(),
    };

    private static Command Broker()
    {
        Option<int> devices = Number(
            "--devices", 1_000, 1, 5_000, "Stations that are connected and subscribed under load");
        Option<int> sustained = Number(
            "--sustained", 10_000, 0, 10_000, "Stations that are held connected for 30 s");
        Option<int> rounds = Number("--rounds", 3, 1, 20, "How often each broker takes its turn");
        Option<int> seconds = Number(
            "--seconds", 10, 1, BenchOptions.SecondsMax, "Seconds that each turn is measured");
        Option<FileInfo?> json =
            new("--json") { Description = "Also write the results to this file as JSON." };
        Command command = new(
            "broker", "Measures the node's own broker, and Mosquitto's where it is installed.")
        {
            devices, sustained, rounds, seconds, json,
        };
        command.SetAction((parsed, stop) => Task.Run(
            () => new BrokerBench(new BrokerBenchOptions(
                parsed.GetRequiredValue(devices), parsed.GetRequiredValue(sustained),
                parsed.GetRequiredValue(rounds), parsed.GetRequiredValue(seconds),
                parsed.GetValue(json))).RunAsync(stop),
            CancellationToken.None));
        return command;
    }

    /// <summary>The process that <see cref="Broker"/> starts.</summary>
    private static Command BrokerHost()
    {
        Option<DirectoryInfo> data = Options.Data();
        Option<int> devices = Number("--devices", 1_000, 1, 10_000, "Stations to enrol");
        Command command = new("broker-host", "The broker that is measured.") { data, devices };
        command.Hidden = true;
        command.SetAction((parsed, stop) => BrokerBenchHost.RunAsync(
            parsed.GetRequiredValue(data), parsed.GetRequiredValue(devices), stop));
        return command;
    }

    private static Command Import()
    {
        Argument<FileInfo> file = new("file") { Description = "A map: .osm.pbf, .osm.gz or .osm." };
        Option<int> runs = Number("--runs", 7, 1, 1_000, "Measured turns");
        Option<FileInfo?> json =
            new("--json") { Description = "Also write the results to this file as JSON." };
        Command command = new(
            "import", "Measures the import of a map against the plain read of the same file.")
        {
            file, runs, json,
        };
        command.SetAction(parsed => ImportBench.Run(
            parsed.GetRequiredValue(file), parsed.GetValue(runs), parsed.GetValue(json)));
        return command;
    }

    private static Command Planner()
    {
        Option<DirectoryInfo?> places = new("--places")
        {
            Description = "A folder with br_municipios.csv and br_road_graph_edges.csv; "
                + "without it generated roads alone are measured.",
            DefaultValueFactory = _ => new DirectoryInfo("../shared/data/places"),
        };
        Option<FileInfo?> json =
            new("--json") { Description = "Also write the results to this file as JSON." };
        Option<string> only = new("--only")
        {
            Description = "Measures the worlds whose name contains this, as brazil.",
            DefaultValueFactory = _ => "",
        };
        Option<int> journeys = Number(
            "--journeys", 60, 5, 1_000, "Journeys, after ten that warm up");
        Command command = new("planner", "Measures how long planning a journey takes.")
        {
            places, only, journeys, json,
        };
        command.SetAction(parsed => PlannerBench.Run(
            parsed.GetValue(places),
            parsed.GetRequiredValue(only),
            parsed.GetValue(journeys),
            parsed.GetValue(json)));
        return command;
    }

    private static Command Audit()
    {
        Option<int> transactions = Number(
            "--transactions", 20_000, 20_000, 250_000, "Transactions of the shorter log");
        Option<Uri?> node = new("--node")
        {
            Description = "A running node's public address, as http://127.0.0.1:8080, whose "
                + "receipts are fetched; without it they are not measured.",
            CustomParser = Options.Address,
        };
        Option<FileInfo?> json = new("--json")
        {
            Description = "Writes what was measured to this file, for programs.",
        };
        Command command = new(
            "audit", "Measures the log, its replay, its receipts and the memory of fsck.")
        {
            transactions, node, json,
        };
        command.SetAction((parsed, stop) => Task.Run(
            () => new AuditBench(parsed.GetRequiredValue(transactions), parsed.GetValue(node))
                .RunAsync(parsed.GetValue(json), stop),
            CancellationToken.None));
        return command;
    }

    private static Command Sync()
    {
        Option<int> transactions = Number(
            "--transactions", 100_000, 1_000, BenchOptions.TransactionsMax,
            "Transactions that the network has decided before the newcomer comes");
        Command command = new(
            "sync", "Measures how long a newcomer takes to stand where a network stands.")
        {
            transactions,
        };
        command.SetAction((parsed, stop) => Task.Run(
            () => SyncBench.RunAsync(parsed.GetRequiredValue(transactions), stop),
            CancellationToken.None));
        return command;
    }

    private static Command Consensus()
    {
        ConsensusOptions options = new();
        Command command = new(
            "consensus", "Starts a network of real nodes on loopback, loads it and measures it.")
        {
            options.Nodes, options.Down, options.Peers, options.Clients, options.Rates,
            options.Seconds, options.Warmup, options.Memory, options.Transactions, options.Json,
            options.Keep,
        };
        // Ctrl-C waits only for an action that has returned its task; processes start after that.
        command.SetAction((parsed, stop) => Task.Run(
            () => BenchRun.RunAsync(options.Read(parsed), stop), CancellationToken.None));
        return command;
    }

    private static Option<int> Number(string name, int usual, int from, int to, string what)
    {
        Option<int> option = new(name)
        {
            Description = $"{what}; {from} to {to}.",
            DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(result =>
        {
            // What is no number is refused by the parser itself.
            if (result.Tokens is [{ } token]
                && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int given)
                && (given < from || given > to))
            {
                result.AddError($"{name} is {from} to {to}.");
            }
        });
        return option;
    }

    private static Option<int[]> Numbers(string name, int[] usual, int to, string what) =>
        new(name)
        {
            Description = $"{what}; separated by commas, each 1 to {to}.",
            DefaultValueFactory = _ => usual,
            CustomParser = result => Parse(result, name, to),
        };

    private static string[]? ParsePeers(ArgumentResult result)
    {
        string[] peers = result.Tokens[0].Value.Split(',');
        if (peers.FirstOrDefault(each => !s_peers.Contains(each)) is { } unknown)
        {
            result.AddError($"--peers: '{unknown}' is none of {string.Join(", ", s_peers)}.");
            return null;
        }

        return peers;
    }

    private static int[]? Parse(ArgumentResult result, string name, int to)
    {
        List<int> numbers = [];
        foreach (string each in result.Tokens[0].Value.Split(','))
        {
            if (!int.TryParse(each, CultureInfo.InvariantCulture, out int number)
                || number < 1 || number > to)
            {
                result.AddError($"{name}: '{each}' is not a number of 1 to {to}.");
                return null;
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    private sealed class ConsensusOptions
    {
        public Option<int> Nodes { get; } =
            Number("--n", 3, 1, BenchOptions.NodesMax, "Companies");

        public Option<int> Down { get; } = Number(
            "--down", 0, 0, BenchOptions.NodesMax, "How many are killed under load");

        public Option<int> Seconds { get; } = Number(
            "--seconds", 10, 1, BenchOptions.SecondsMax, "Seconds that each load is measured");

        public Option<int> Warmup { get; } = Number(
            "--warmup", 15, 1, BenchOptions.SecondsMax,
            "Seconds of load on each system before the first is measured");

        public Option<int[]> Clients { get; } = Numbers(
            "--clients", [1, 64, 256], BenchOptions.SubmittersMax,
            "Submitters that each wait for their answer, one load per number");

        public Option<int[]> Rates { get; } = Numbers(
            "--rates", [], BenchOptions.RateMax,
            "Submissions a second whatever the answers do, one load per number");

        public Option<string[]> Peers { get; } = new("--peers")
        {
            Description = "Others that take the same load, if installed; separated by commas: "
                + string.Join(", ", s_peers) + ".",
            DefaultValueFactory = _ => [],
            CustomParser = ParsePeers,
        };

        public Option<bool> Memory { get; } = new("--memory")
        {
            Description =
                "Instead of loads: how the nodes' memory and disk grow over --transactions.",
        };

        public Option<int> Transactions { get; } = Number(
            "--transactions", 1_000_000, 1_000, BenchOptions.TransactionsMax,
            "With --memory: how many are submitted");

        public Option<FileInfo?> Json { get; } =
            new("--json") { Description = "Also write the results to this file as JSON." };

        public Option<bool> Keep { get; } = new("--keep")
        {
            Description = "Keep the data directories and logs, and say where.",
        };

        public BenchOptions Read(ParseResult parsed) => new(
            parsed.GetValue(Nodes),
            parsed.GetValue(Down),
            parsed.GetRequiredValue(Peers),
            parsed.GetRequiredValue(Clients),
            parsed.GetRequiredValue(Rates),
            TimeSpan.FromSeconds(parsed.GetValue(Seconds)),
            TimeSpan.FromSeconds(parsed.GetValue(Warmup)),
            parsed.GetValue(Memory) ? parsed.GetValue(Transactions) : null,
            parsed.GetValue(Json),
            parsed.GetValue(Keep));
    }
}
