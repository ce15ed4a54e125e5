using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Tomada.Node.Broker;
using Tomada.Node.Configuration;

namespace Tomada.Contract.Tests;

/// <summary>Debian's Mosquitto with the files that the project writes for it.</summary>
internal sealed class MosquittoProcess : IAsyncDisposable
{
    public const string Program = "/usr/sbin/mosquitto";

    private readonly Process _process;
    private readonly Channel<string> _reloads = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _runs =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MosquittoProcess(Process process, MosquittoListeners listeners)
    {
        _process = process;
        Listeners = listeners;
        Config = new ExternalMqttConfig(
            HostPort.Parse(listeners.Node.ToString()),
            MosquittoConf.NodeUser,
            Path.Combine(MosquittoFiles.FolderName, MosquittoConf.NodePasswordFile),
            Group: "contract",
            Workers: 3);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.BeginErrorReadLine();
    }

    public MosquittoListeners Listeners { get; }

    /// <summary>How the node finds it.</summary>
    public ExternalMqttConfig Config { get; }

    public static async Task<MosquittoProcess> StartAsync(string dataDirectory)
    {
        IPEndPoint[] free = FreePorts(4);
        MosquittoListeners listeners = new(free[0], free[1], free[2], free[3]);
        string folder = MosquittoConf.Write(
            Company.Id, dataDirectory, listeners, TimeProvider.System);
        string conf = Path.Combine(folder, MosquittoConf.FileName);

        // It says at this level that it has read its files again.
        await File.AppendAllTextAsync(
            conf, "log_type information\n", TestContext.Current.CancellationToken);
        MosquittoProcess mosquitto = new(
            Process.Start(new ProcessStartInfo(Program, ["-c", conf])
            {
                RedirectStandardError = true,
            })!,
            listeners);
        await mosquitto._runs.Task.WaitAsync(TestContext.Current.CancellationToken);
        return mosquitto;
    }

    /// <summary>Ends when it has read its files again, once for each time.</summary>
    public async Task ReloadedAsync() =>
        await _reloads.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null)
        {
            _runs.TrySetException(new InvalidOperationException("mosquitto ended at once"));
        }
        else if (line.EndsWith("running", StringComparison.Ordinal))
        {
            _runs.TrySetResult();
        }
        else if (line.EndsWith("Reloading config.", StringComparison.Ordinal))
        {
            _reloads.Writer.TryWrite(line);
        }
    }

    /// <summary>Ports that were free a moment ago.</summary>
    private static IPEndPoint[] FreePorts(int count)
    {
        TcpListener[] listeners =
            [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener each in listeners)
        {
            each.Start();
        }

        IPEndPoint[] free = [.. listeners.Select(each => (IPEndPoint)each.LocalEndpoint)];
        foreach (TcpListener each in listeners)
        {
            each.Dispose();
        }

        return free;
    }
}
