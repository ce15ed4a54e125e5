using Spectre.Console.Rendering;
using Tomada.Devices;

namespace Tomada.Cli.Cars;

/// <summary>Who a car's commands speak to: a person or a program.</summary>
internal interface ICarVoice : IProgress<CarEvent>
{
    /// <summary>The car has heard its company, or goes on without.</summary>
    void Ready(string car);

    /// <summary>How a command ended.</summary>
    void Answer(string command, CarResult result);

    /// <summary>Something to look at; programs have it in the answer.</summary>
    void Show(IRenderable what);

    /// <summary>A help text.</summary>
    void Help(string text);

    /// <summary>The company works on it.</summary>
    void Pending(string command);

    /// <summary>Does work that takes a while.</summary>
    Task<T> WorkingAsync<T>(string what, Func<Task<T>> work);
}

/// <summary>For programs: one JSON object a line.</summary>
internal sealed class CarEventVoice : ICarVoice
{
    private readonly EventLines<CarEvent> _events = new();

    public void Report(CarEvent value) => _events.Report(value);

    public void Ready(string car) => EventLines.Write("Ready", new { Id = car });

    public void Answer(string command, CarResult result) => EventLines.Write(
        NameOf(command), new { result.Ok, result.Code, result.Why, result.Body });

    public void Show(IRenderable what)
    {
        // The answer has the same, for programs.
    }

    public void Help(string text) => EventLines.Write("Help", new { Text = text });

    public void Pending(string command) => EventLines.Write("Pending", new { Command = command });

    public Task<T> WorkingAsync<T>(string what, Func<Task<T>> work) => work();

    private static string NameOf(string command) =>
        command.Length == 0 ? "Command" : char.ToUpperInvariant(command[0]) + command[1..];
}
