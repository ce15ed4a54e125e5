using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tomada.Devices;

namespace Tomada.Cli.Cars;

/// <summary>For people: on a terminal with colours and moving lines, elsewhere plain.</summary>
internal sealed class CarScreen(IAnsiConsole console, bool isTerminal) : ICarVoice
{
    private readonly Lock _gate = new();
    private StatusContext? _status;
    private bool _isOffline;

    public void Report(CarEvent value)
    {
        lock (_gate)
        {
            if (value is CarEvent.Passed or CarEvent.Charging)
            {
                Move(value);
            }
            else if (Describe(value) is { } text)
            {
                console.MarkupLine(text);
            }
        }
    }

    public void Ready(string car) => console.MarkupLine(
        $"[bold]{Markup.Escape(car)}[/]: type [bold]help[/] for the commands, quit to end.");

    public void Answer(string command, CarResult result)
    {
        if (result.Ok)
        {
            return;
        }

        lock (_gate)
        {
            string name = command.Length == 0 ? "" : $"{Markup.Escape(command)}: ";
            console.MarkupLine(
                $"[red]{name}{result.Code}[/]: {Markup.Escape(result.Why ?? "no reason given")}");
            if (result.Advice is { } advice)
            {
                console.MarkupLine($"[grey]{Markup.Escape(advice)}[/]");
            }
        }
    }

    public void Show(IRenderable what) => console.Write(what);

    public void Help(string text) => console.WriteLine(text.TrimEnd());

    public void Pending(string command) => console.MarkupLine(
        $"[grey]{Markup.Escape(command)}: taken; the answer follows …[/]");

    public async Task<T> WorkingAsync<T>(string what, Func<Task<T>> work)
    {
        if (!isTerminal)
        {
            console.WriteLine($"{what} …");
            return await work();
        }

        return await console.Status().StartAsync(Markup.Escape(what), async context =>
        {
            _status = context;
            try
            {
                return await work();
            }
            finally
            {
                _status = null;
            }
        });
    }

    /// <summary>What changes all the time stays in one line; only a terminal has it.</summary>
    private void Move(CarEvent value)
    {
        if (_status is { } status)
        {
            status.Status(Markup.Escape(value switch
            {
                CarEvent.Passed each => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{CarWords.Percent(each.SocPermille)}, {each.Place}, "
                    + $"{each.RemainingM / 1000} km left"),
                CarEvent.Charging each => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{CarWords.Percent(each.SocPermille)}, {CarWords.Energy(each.EnergyWh)} at "
                    + $"{each.PowerW / 1000m:F0} kW"),
                _ => "",
            }));
        }
    }

    private string? Describe(CarEvent value)
    {
        switch (value)
        {
            case CarEvent.Online:
                string again = _isOffline ? "again" : "to its company";
                _isOffline = false;
                return $"[green]connected {again}[/]";
            case CarEvent.Offline each when !_isOffline:
                _isOffline = true;
                return $"[yellow]no connection: {Markup.Escape(CarWords.Offline(each.Why))}; "
                    + "trying again[/]";
            case CarEvent.Offline:
                return null;
            case CarEvent.Waiting each:
                return $"[grey]{Markup.Escape(each.Why)}; asking again[/]";
            case CarEvent.ReservationChanged each:
                return $"trip {CarWords.Short(each.Reservation.Trip)}: [bold]"
                    + $"{CarWords.State(each.Reservation.State)}[/] "
                    + $"({Markup.Escape(string.Join(", ", each.Reservation.Legs))})";
            case CarEvent.ReceiptKept each:
                return $"receipt of trip {CarWords.Short(each.Trip)} kept: "
                    + Markup.Escape(each.File);
            case CarEvent.Departed each:
                return $"{CarWords.Time(each.At)}  {Markup.Escape(each.From)} → "
                    + Markup.Escape(each.To);
            case CarEvent.Arrived each:
                return $"{CarWords.Time(each.At)}  arrived at {Markup.Escape(each.Place)} with "
                    + $"[bold]{CarWords.Percent(each.SocPermille)}[/]";
            case CarEvent.Limited each:
                return $"{CarWords.Time(each.At)}  {Markup.Escape(each.Evse.ToString())} "
                    + (each.PowerMaxW == 0 ? "holds power back" : "lets power flow");
            case CarEvent.Charged each:
                return $"{CarWords.Time(each.At)}  charged {CarWords.Energy(each.EnergyWh)} at "
                    + $"{Markup.Escape(each.Evse.ToString())}: [bold]"
                    + $"{CarWords.Percent(each.SocPermille)}[/]";
            default:
                return null;
        }
    }
}
