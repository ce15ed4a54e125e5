using System.CommandLine.Parsing;
using System.Globalization;
using Spectre.Console;
using Tomada.DeviceApi;
using Tomada.Devices;
using Tomada.Primitives.Encoding;

namespace Tomada.Cli.Cars;

/// <summary>How a car is run.</summary>
/// <param name="Config">The car.</param>
/// <param name="Script">Where its commands come from; null: a person or a program types them.
/// </param>
/// <param name="IsEvents">Whether it speaks JSON lines.</param>
/// <param name="Json">Where the results go; null for nowhere.</param>
/// <param name="Patience">How long a script waits for its company, in wall time.</param>
internal sealed record CarRunOptions(
    CarConfig Config, string? Script, bool IsEvents, FileInfo? Json, TimeSpan Patience);

/// <summary>Reads commands a line at a time and has them carried out.</summary>
internal sealed class CarRun
{
    /// <summary>Commands that need nobody.</summary>
    private static readonly string[] s_offline = ["receipts", "status", "help", "quit", "expect"];

    private static readonly string[] s_codes =
    [
        CarResult.Failed,
        CarResult.Usage,
        .. Enum.GetValues<ReplyCode>().Select(each => EnumNames.UpperSnake(each.ToString())),
    ];

    private readonly CarRunOptions _options;
    private readonly ICarVoice _voice;
    private readonly bool _isTerminal;
    private readonly List<CarLineResult> _results = [];
    private readonly CarGrammar _grammar;
    private CarShell _shell = null!;
    private TextReader _lines = Console.In;
    private string _offline = "no answer";
    private int _number;
    private bool _isHeard;

    public CarRun(CarRunOptions options)
    {
        _options = options;
        _isTerminal = options.Script is null && !options.IsEvents
            && !Console.IsInputRedirected && !Console.IsOutputRedirected;
        _voice = options.IsEvents
            ? new CarEventVoice()
            : new CarScreen(AnsiConsole.Console, _isTerminal);
        if (!_isTerminal)
        {
            // A file has no edge at which a table would have to be folded.
            AnsiConsole.Profile.Width = 200;
        }

        _grammar = new CarGrammar(() => _shell, AskAsync);
    }

    private bool IsScript => _options.Script is not null;

    private bool CanAsk => !IsScript && !_options.IsEvents;

    /// <summary>The exit code.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        using TextReader lines = Open();
        _lines = lines;
        await using CarClient car = new(
            _options.Config.ToOptions(), new Ears(this));
        _shell = new CarShell(_options.Config, car, _voice);
        using CancellationTokenSource ending =
            CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task running = car.RunAsync(ending.Token);
        try
        {
            await BeginAsync(stop);
            bool passed = await WorkAsync(stop);
            CarLineResult.Write(_options.Json, passed, _results);
            return passed ? ExitCodes.Passed : ExitCodes.Failed;
        }
        finally
        {
            await ending.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private TextReader Open()
    {
        try
        {
            return _options.Script is null or "-" ? Console.In : File.OpenText(_options.Script);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Configuration(missing.Message);
        }
    }

    /// <summary>A program hears Ready when the company was heard; a person need not wait.</summary>
    private async Task BeginAsync(CancellationToken stop)
    {
        if (_options.IsEvents)
        {
            await ConnectAsync(stop);
        }

        if (!IsScript)
        {
            _voice.Ready(_options.Config.Id);
        }

        if (CanAsk && _shell.Car.Open is not null)
        {
            AnsiConsole.WriteLine(
                "A reservation was asked for and its answer is not known: 'reserve again'.");
        }
    }

    /// <summary>Waits for the company, and for the answer that was open at the last end.</summary>
    private async Task ConnectAsync(CancellationToken stop)
    {
        if (_isHeard)
        {
            return;
        }

        using CancellationTokenSource limit =
            CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_options.Patience);
        try
        {
            await _shell.Car.WaitForNetworkAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw CommandException.Unreachable(
                $"the broker at {_options.Config.Broker} was not reached within "
                + $"{_options.Patience.TotalSeconds:F0} s: {CarWords.Offline(_offline)}");
        }

        _isHeard = true;
        if (_shell.Car.Open is not null)
        {
            string[] again = ["reserve", "again"];
            _voice.Answer("reserve", await _grammar.RunAsync(again, stop));
        }
    }

    /// <summary>Whether every line of a script passed; what a person tries fails nothing.</summary>
    private async Task<bool> WorkAsync(CancellationToken stop)
    {
        while (!_grammar.IsQuit && await NextLineAsync(stop) is { } line)
        {
            _number++;
            string[] words = [.. CommandLineParser.SplitCommandLine(WithoutComment(line))];
            if (words.Length == 0)
            {
                continue;
            }

            CarLineResult result = await OneAsync(line.Trim(), words, stop);
            _results.Add(result);
            if (IsScript && !result.IsPassed)
            {
                string where = _options.Script == "-" ? "line" : $"{_options.Script}:";
                await Console.Error.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"tomada car: {where} {_number}: {line.Trim()}: {result.Why}"));
                return false;
            }
        }

        return true;
    }

    private async Task<CarLineResult> OneAsync(
        string line, string[] words, CancellationToken stop)
    {
        string? expected = words is ["expect", var code, _, ..] && IsCode(code)
            ? code.ToUpperInvariant()
            : null;
        string[] command = expected is null ? words : words[2..];
        if (IsScript && !s_offline.Contains(command[0]))
        {
            await ConnectAsync(stop);
        }

        long began = TimeProvider.System.GetTimestamp();
        CarResult result = await _grammar.RunAsync(command, stop);
        bool isKnown = result.Code != CarResult.Usage || expected == CarResult.Usage;
        _voice.Answer(isKnown ? command[0] : "", result);
        return new CarLineResult(
            _number,
            line,
            command[0],
            result,
            expected,
            TimeProvider.System.GetElapsedTime(began));
    }

    /// <summary>What a command can end with.</summary>
    private static bool IsCode(string text) => s_codes.Contains(text.ToUpperInvariant());

    private static string WithoutComment(string line)
    {
        int at = line.IndexOf('#', StringComparison.Ordinal);
        return at < 0 || (at > 0 && line[at - 1] != ' ') ? line : line[..at];
    }

    private async Task<string?> NextLineAsync(CancellationToken stop)
    {
        if (CanAsk)
        {
            AnsiConsole.Markup(
                $"[bold]{Markup.Escape(_options.Config.Id)}[/] "
                + $"{CarWords.Percent(_shell.Car.SocPermille)} > ");
        }

        // A console cannot be read and stopped at once; a thread of its own waits for the line.
        string? line = await Task.Run(_lines.ReadLine, stop).WaitAsync(stop);
        if (line is null && _isTerminal)
        {
            AnsiConsole.WriteLine();
        }

        return line;
    }

    private async Task<string?> AskAsync(string question, string? known)
    {
        if (!CanAsk)
        {
            return known;
        }

        if (_isTerminal)
        {
            TextPrompt<string> prompt = new(Markup.Escape(question));
            return AnsiConsole.Prompt(known is null ? prompt : prompt.DefaultValue(known));
        }

        AnsiConsole.Write(known is null ? $"{question} " : $"{question} [{known}] ");
        string? line = await Task.Run(_lines.ReadLine);
        return string.IsNullOrWhiteSpace(line) ? known : line.Trim();
    }

    /// <summary>Hears what happens to the car.</summary>
    private sealed class Ears(CarRun run) : IProgress<CarEvent>
    {
        public void Report(CarEvent value)
        {
            switch (value)
            {
                case CarEvent.Offline offline:
                    run._offline = offline.Why;
                    break;
                case CarEvent.ReservationChanged changed:
                    run._shell.Take(changed.Reservation);
                    break;
            }

            run._voice.Report(value);
        }
    }
}
