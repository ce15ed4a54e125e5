using System.Diagnostics;
using System.Threading.Channels;

namespace Tomada.Cli.Demo;

/// <summary>
/// A process of this program with another command, or of another program. Its lines can be read;
/// it never outlives its owner's <see cref="DisposeAsync"/>.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>Lines that may wait to be read; the oldest is dropped beyond it.</summary>
    private const int LinesMax = 10_000;

    private static readonly TimeSpan s_graceful = TimeSpan.FromSeconds(5);
    private readonly Process _process;
    private readonly Task _pumping;

    private ChildProcess(Process process, string logFile)
    {
        _process = process;
        Channel<string> lines = Channel.CreateBounded<string>(
            new BoundedChannelOptions(LinesMax) { FullMode = BoundedChannelFullMode.DropOldest });
        Lines = lines.Reader;
        _pumping = PumpAsync(lines.Writer, logFile);
    }

    /// <summary>What it prints on standard output; ends when it ends.</summary>
    public ChannelReader<string> Lines { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>
    /// Starts <c>tomada arguments…</c>; what it prints also goes into the log file.
    /// </summary>
    public static ChildProcess Start(string logFile, params ReadOnlySpan<string> arguments)
    {
        // Under "dotnet tomada.dll" the process is dotnet and the program its first argument.
        bool isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        return StartProgram(
            Environment.ProcessPath!,
            logFile,
            isHosted ? [typeof(ChildProcess).Assembly.Location, .. arguments] : arguments);
    }

    /// <summary>The same for another program.</summary>
    public static ChildProcess StartProgram(
        string program, string logFile, params ReadOnlySpan<string> arguments)
    {
        ProcessStartInfo start = new(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // The runtime's diagnostic pipes would stay in the temporary folder after a kill.
        start.Environment.TryAdd("DOTNET_EnableDiagnostics", "0");
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new ChildProcess(Process.Start(start)!, logFile);
    }

    public Task WriteLineAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>SIGKILL: what a power cut does to a process.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using CancellationTokenSource patience = new(s_graceful);
            try
            {
                // A car waits for its next command and hears nothing else.
                _process.StandardInput.Close();
                Terminate();
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        await _pumping;
        _process.Dispose();
    }

    private void Terminate()
    {
        // A frozen process hears only this after it is thawed.
        Signals.Send(_process.Id, Signals.Continue);
        Signals.Send(_process.Id, Signals.Terminate);
    }

    private async Task PumpAsync(ChannelWriter<string> lines, string logFile)
    {
        await using StreamWriter log = new(logFile, append: true) { AutoFlush = true };
        Task errors = Task.Run(async () =>
        {
            while (await _process.StandardError.ReadLineAsync() is { } line)
            {
                lock (log)
                {
                    log.WriteLine($"! {line}");
                }
            }
        });
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (log)
            {
                log.WriteLine(line);
            }

            lines.TryWrite(line);
        }

        await errors;
        lines.Complete();
    }
}
