using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tomada.Cli.Bench;

/// <summary>
/// Wakes waiters to within some tens of microseconds. The runtime's timers count whole
/// milliseconds, which is as long as what is measured. One thread of its own sleeps until the
/// earliest.
/// </summary>
internal static class PreciseTimer
{
    /// <summary>Longest sleep in µs: who comes with an earlier time waits no longer.</summary>
    private const long SleepUsMax = 500;

    private static readonly Lock s_gate = new();
    private static readonly PriorityQueue<TaskCompletionSource, long> s_waiting = new();
    private static bool s_isRunning;

    /// <param name="due">In ticks of <see cref="Stopwatch"/>.</param>
    /// <param name="stop">Ends the wait.</param>
    public static async Task WaitUntilAsync(long due, CancellationToken stop)
    {
        TaskCompletionSource woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (s_gate)
        {
            s_waiting.Enqueue(woken, due);
            if (!s_isRunning)
            {
                s_isRunning = true;
                new Thread(Run) { IsBackground = true, Name = "bench timer" }.Start();
            }
        }

        await woken.Task.WaitAsync(stop);
    }

    private static void Run()
    {
        while (true)
        {
            long waitUs;
            lock (s_gate)
            {
                long now = Stopwatch.GetTimestamp();
                while (s_waiting.TryPeek(out TaskCompletionSource? next, out long due)
                    && due <= now)
                {
                    s_waiting.Dequeue();
                    next.SetResult();
                }

                if (!s_waiting.TryPeek(out _, out long earliest))
                {
                    s_isRunning = false;
                    return;
                }

                waitUs = (earliest - now) * 1_000_000 / Stopwatch.Frequency;
            }

            _ = Sleep((uint)Math.Clamp(waitUs, 1, SleepUsMax));
        }
    }

    [DllImport("libc", EntryPoint = "usleep", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(uint microseconds);
}
