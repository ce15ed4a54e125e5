using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Tomada.Scenario.Tests.Outside;

/// <summary>
/// A process that a test started. It is ended by its id, at the latest when this is disposed.
/// </summary>
internal sealed class OutsideProcess : IAsyncDisposable
{
    private const int LinesMax = 20_000;
    private const int Interrupt = 2;

    private readonly Process _process;
    private readonly Task _reading;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];

    private OutsideProcess(Process process)
    {
        _process = process;
        Channel<string> lines = Channel.CreateBounded<string>(
            new BoundedChannelOptions(LinesMax) { FullMode = BoundedChannelFullMode.DropOldest });
        Lines = lines.Reader;
        _reading = Task.WhenAll(
            ReadAsync(process.StandardOutput, _output, lines.Writer),
            ReadAsync(process.StandardError, _errors, null));
    }

    /// <summary>Standard output, line by line; ends with the process.</summary>
    public ChannelReader<string> Lines { get; }

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The built program, in the folder of the tests.</summary>
    public static OutsideProcess Tomada(params ReadOnlySpan<string> arguments) =>
        Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "tomada.dll"), .. arguments]);

    public static OutsideProcess Start(
        string program,
        string[] arguments,
        params ReadOnlySpan<(string Name, string Value)> environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The runtime's diagnostic pipes would stay in the temporary folder after a kill.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new OutsideProcess(Process.Start(start)!);
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<Ended> RunAsync(CancellationToken stop, params string[] arguments)
    {
        await using OutsideProcess process = Tomada(arguments);
        return await process.EndAsync(stop);
    }

    /// <summary>Writes to standard input, without a line's end.</summary>
    public async Task WriteAsync(string text, CancellationToken stop)
    {
        try
        {
            await _process.StandardInput.WriteAsync(text.AsMemory(), stop);
            await _process.StandardInput.FlushAsync(stop);
        }
        catch (IOException)
        {
            // It ended before it read everything; how it ended says why.
        }
    }

    /// <summary>Waits for the end, with everything that was printed.</summary>
    public async Task<Ended> EndAsync(CancellationToken stop)
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(stop);
        await _reading;
        return new Ended(_process.ExitCode, Output, Errors);
    }

    /// <summary>SIGINT: what Ctrl-C sends.</summary>
    public void PressControlC() => Assert.Equal(0, Kill(_process.Id, Interrupt));

    /// <summary>SIGKILL: what a power cut does to a process.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static string Text(List<string> lines)
    {
        lock (lines)
        {
            return string.Join('\n', lines);
        }
    }

    private static async Task ReadAsync(
        StreamReader reader, List<string> all, ChannelWriter<string>? lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (all)
            {
                all.Add(line);
            }

            lines?.TryWrite(line);
        }

        lines?.Complete();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}

/// <summary>How a process ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors);
