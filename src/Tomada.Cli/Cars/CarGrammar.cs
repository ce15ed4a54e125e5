using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using Tomada.Cli.Commands;
using Tomada.Cli.Plan;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Cli.Cars;

/// <summary>
/// The commands of a car: one grammar for people and scripts, and the help of both.
/// </summary>
internal sealed class CarGrammar
{
    private const string About =
        "Commands of a car. 'COMMAND --help' says more of one; # begins a comment.";

    private readonly Command _root = new("car", About) { new HelpOption() };
    private readonly Func<CarShell> _shell;
    private readonly Func<string, string?, Task<string?>> _ask;

    /// <param name="shell">What carries them out.</param>
    /// <param name="ask">Asks for what a command lacks: question and default; null when nobody
    /// can be asked.</param>
    public CarGrammar(Func<CarShell> shell, Func<string, string?, Task<string?>> ask)
    {
        _shell = shell;
        _ask = ask;
        _root.Add(Plan());
        _root.Add(Plans());
        _root.Add(Reserve());
        _root.Add(Simple("take", "Reserves the plan that was made instead of a refused one.",
            (_, stop) => Shell.TakeAsync(stop)));
        _root.Add(Drive());
        _root.Add(Simple("charge", "Charges at the plug that is reserved here, over the cable.",
            (_, stop) => Shell.ChargeAsync(stop)));
        _root.Add(Simple("history", "This car's trips, the newest first.",
            (_, stop) => Shell.HistoryAsync(true, stop)));
        _root.Add(Receipt());
        _root.Add(Receipts());
        _root.Add(Simple("status", "Car, connection, clock, battery, trip.",
            (_, _) => Task.FromResult(Shell.Status())));
        _root.Add(Expect());
        _root.Add(Wait());
        _root.Add(Simple("help", "This text.", (_, _) => Task.FromResult(Help())));
        _root.Add(Simple("quit", "Ends; a trip that is reserved stays reserved.",
            (_, _) => Task.FromResult(Quit())));
    }

    /// <summary>How the last command ended.</summary>
    public CarResult Result { get; private set; } = CarResult.Done;

    public bool IsQuit { get; private set; }

    /// <summary>Each command in a line, for the help of the program.</summary>
    public static string Summary
    {
        get
        {
            CarGrammar grammar = new(
                () => throw new InvalidOperationException(),
                (_, _) => Task.FromResult<string?>(null));
            return string.Join('\n', grammar._root.Subcommands.Select(each =>
                $"  {each.Name,-9} {each.Description}"));
        }
    }

    private CarShell Shell => _shell();

    /// <summary>Parses and carries out a command.</summary>
    /// <param name="words">Its words; none is nothing to do.</param>
    /// <param name="stop">Stops it.</param>
    public async Task<CarResult> RunAsync(IReadOnlyList<string> words, CancellationToken stop)
    {
        ParseResult parsed = _root.Parse(words);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            string known = string.Join(", ", _root.Subcommands.Select(each => each.Name));
            return CarResult.Misused(parsed.CommandResult.Command == _root
                ? $"'{words[0]}' is no command; there are {known}"
                : $"{parsed.Errors[0].Message} See '{parsed.CommandResult.Command.Name} --help'.");
        }

        Result = CarResult.Done;
        using StringWriter help = new(CultureInfo.InvariantCulture);
        try
        {
            await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    Output = help,
                    ProcessTerminationTimeout = null,
                },
                stop);
        }
        catch (CarRefusedException refused)
        {
            Result = refused.Result;
        }
        catch (Exception failed) when (failed is IOException or FormatException
            or UnauthorizedAccessException)
        {
            Result = CarResult.Fail(failed.Message);
        }

        if (help.ToString() is { Length: > 0 } text)
        {
            Shell.Voice.Help(text);
        }

        return Result;
    }

    private Command Simple(
        string name, string what, Func<ParseResult, CancellationToken, Task<CarResult>> act) =>
        With(new Command(name, what), act);

    private Command With(
        Command command, Func<ParseResult, CancellationToken, Task<CarResult>> act)
    {
        command.SetAction(async (parsed, stop) =>
        {
            Result = await act(parsed, stop);
            return ExitCodes.Passed;
        });
        return command;
    }

    private Command Plan()
    {
        Argument<string?> from = Word("from", "A place of the company's road map.");
        Argument<string?> to = Word("to", "Another.");
        PlanWishes wishes = new();
        Command command = new("plan", "Asks the company for plans from one place to another.")
        {
            from, to,
        };
        wishes.AddTo(command);
        return With(command, async (parsed, stop) => await Shell.PlanAsync(
            wishes.Read(
                parsed,
                await NeedAsync("plan from where?", parsed.GetValue(from), Shell.Car.Place),
                await NeedAsync("to where?", parsed.GetValue(to), null),
                Shell.Car.SocPermille,
                Shell.Config.Vehicle,
                Currency.Brl,
                via => via),
            stop));
    }

    private Command Plans()
    {
        Argument<int?> number = new("number")
        {
            Description = "Shows the stops of this plan; without it all plans side by side.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return With(new Command("plans", "Compares the plans of the last answer.") { number },
            (parsed, _) => Task.FromResult(Shell.ShowPlans(parsed.GetValue(number))));
    }

    private Command Reserve()
    {
        Argument<string?> which = Word(
            "plan", "Number of a plan; default 1, the best. 'again' asks once more, by the same "
            + "id, for what was not answered.");
        Option<int?> within = new("--within")
        {
            Description = "Seconds that the owners have to answer; default the network's rule.",
        };
        Option<LegBody[]> legs = new("--leg")
        {
            Description = "Reserves without a plan: EVSE,FROM,UNTIL,WH, as br-aaa/x,"
                + "2026-11-23T14:00:00.000Z,2026-11-23T14:30:00.000Z,20000. Once for each leg.",
            CustomParser = result => [.. result.Tokens.Select(
                token => Options.Parse(result, Leg, token.Value)!)],
        };
        Command command = new("reserve", "Reserves every stop of a plan: all or none.")
        {
            which, within, legs,
        };
        return With(command, async (parsed, stop) =>
        {
            long? withinMs = parsed.GetValue(within) * 1000L;
            if (parsed.GetValue(legs) is { Length: > 0 } wanted)
            {
                return await Shell.ReserveAsync(
                    new ReserveRequest([.. wanted], withinMs), stop);
            }

            string? given = parsed.GetValue(which);
            if (given == "again")
            {
                return await Shell.ReserveAgainAsync(stop);
            }

            given ??= Shell.Plans.Length > 1 ? await _ask("reserve which plan?", "1") : null;
            return int.TryParse(given ?? "1", CultureInfo.InvariantCulture, out int number)
                ? await Shell.ReserveAsync(number, withinMs, stop)
                : CarResult.Misused($"'{given}' is no number of a plan, nor 'again'");
        });
    }

    private Command Drive()
    {
        Argument<string?> how = Word("next", "'next' drives to the next stop only.");
        how.AcceptOnlyFromAmong("next");
        Option<bool> skip = new("--skip-charge")
        {
            Description = "Leaves out the charge that is next.",
        };
        Command command = new(
            "drive", "Drives the reserved trip by the ledger clock, charging at each stop.")
        {
            how, skip,
        };
        return With(command, (parsed, stop) => Shell.DriveAsync(
            parsed.GetValue(how) is not null, parsed.GetValue(skip), stop));
    }

    private Command Receipt()
    {
        Argument<TripId?> trip = new("trip")
        {
            Description = "Default: the trip reserved last.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => Options.Parse<TripId?>(
                result, text => new TripId(Digest.Parse(text))),
        };
        return With(new Command("receipt", "Asks for the proof of a trip, and keeps it.") { trip },
            (parsed, stop) => Shell.ReceiptAsync(parsed.GetValue(trip), stop));
    }

    private Command Receipts()
    {
        Argument<string> source = new("source")
        {
            Description = "A file, or the address of any company's node.",
        };
        Option<string?> policy = new("--policy")
        {
            Description = "Whose signatures count (C2SP tlog-policy); default the trusted one.",
        };
        Command trust = With(
            new Command("trust", "Keeps whose signatures make a receipt good, or compares it.")
            {
                source,
            },
            (parsed, stop) => Kept().TrustAsync(parsed.GetRequiredValue(source), stop));
        Command verify = With(
            new Command("verify", "Checks each receipt offline.") { policy },
            (parsed, _) => Task.FromResult(Kept().Verify(parsed.GetValue(policy))));
        return With(
            new Command("receipts", "Lists the receipts in the car's folder; verify checks them.")
            {
                trust, verify,
            },
            (_, _) => Task.FromResult(Kept().List()));

        CarReceipts Kept() => new(Shell.Car, Shell.Voice);
    }

    /// <summary>The form with a code and a command is taken apart before the parser.</summary>
    private Command Expect()
    {
        (Argument<string> fact, Argument<string> comparison, Argument<string> value) = Fact();
        return With(
            new Command(
                "expect",
                "'expect FACT = VALUE' fails unless it is so; 'expect CODE COMMAND' unless the "
                + "command ends with that code, as OCCUPIED.")
            {
                fact, comparison, value,
            },
            (parsed, _) => Task.FromResult(
                new CarFacts(Shell).WhyNot(
                    parsed.GetRequiredValue(fact),
                    parsed.GetRequiredValue(comparison),
                    parsed.GetRequiredValue(value)) is { } why
                    ? CarResult.Fail(why)
                    : CarResult.Done));
    }

    private Command Wait()
    {
        (Argument<string> fact, Argument<string> comparison, Argument<string> value) = Fact();
        Option<int> within = new("--within")
        {
            Description = "Seconds of wall time; default 60.",
            DefaultValueFactory = _ => 60,
        };
        return With(
            new Command("wait", "Waits until FACT = VALUE; fails when it does not come.")
            {
                fact, comparison, value, within,
            },
            (parsed, stop) => CarWaiting.UntilAsync(
                Shell,
                (parsed.GetRequiredValue(fact), parsed.GetRequiredValue(comparison),
                    parsed.GetRequiredValue(value)),
                TimeSpan.FromSeconds(parsed.GetRequiredValue(within)),
                stop));
    }

    private CarResult Help()
    {
        using StringWriter text = new(CultureInfo.InvariantCulture);
        _root.Parse(["--help"]).Invoke(new InvocationConfiguration { Output = text });
        Shell.Voice.Help(text.ToString());
        return CarResult.Done;
    }

    private CarResult Quit()
    {
        IsQuit = true;
        return CarResult.Done;
    }

    private async Task<string> NeedAsync(string question, string? given, string? known) =>
        given ?? await _ask(question, known) ?? throw new CarRefusedException(
            CarResult.Misused($"{question} Nobody can be asked: say it on the line."));

    private static Argument<string?> Word(string name, string what) => new(name)
    {
        Description = what,
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static (Argument<string>, Argument<string>, Argument<string>) Fact() => (
        new("fact") { Description = CarFacts.Summary },
        new("comparison") { Description = CarFacts.Operators },
        new("value") { Description = "What it is compared with." });

    private static LegBody Leg(string text)
    {
        string[] parts = text.Split(',');
        return parts is [var evse, var from, var until, var energy]
            && long.TryParse(energy, CultureInfo.InvariantCulture, out long wh)
            ? new LegBody(
                EvseId.Parse(evse),
                new TimeWindow(Timestamp.Parse(from), Timestamp.Parse(until)),
                wh)
            : throw new FormatException($"'{text}' is not EVSE,FROM,UNTIL,WH.");
    }
}
