using System.Diagnostics;

namespace Tomada.Cli.Bench;

/// <summary>One submission that was decided, in ticks of the machine's monotonic clock.</summary>
/// <param name="Due">When it was to be submitted; in a closed loop, when it was.</param>
/// <param name="Ended">When the answer was there.</param>
internal readonly record struct Sample(long Due, long Ended)
{
    public double Ms => (Ended - Due) * 1_000.0 / Stopwatch.Frequency;
}

/// <summary>
/// Submitters that run side by side until they are stopped. Closed loop: each submits again as soon
/// as it is answered. Open loop: submissions are due at a fixed rate whatever the answers do, and
/// latency counts from when one was due, so that a stall is seen in everything that it delayed.
/// </summary>
internal sealed class Load : IDisposable
{
    private readonly List<ISubmitter> _submitters;
    private readonly List<Sample>[] _samples;
    private readonly CancellationTokenSource _ending;
    private readonly double? _perSecond;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Task[] _running;
    private int _failed;
    private long _decided;
    private long _next = -1;

    private Load(List<ISubmitter> submitters, double? perSecond, CancellationToken stop)
    {
        _submitters = submitters;
        _perSecond = perSecond;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _samples = [.. submitters.Select(_ => new List<Sample>())];
        _running = [.. submitters.Select((each, i) => Task.Run(
            () => RunAsync(each, _samples[i], _ending.Token), CancellationToken.None))];
    }

    /// <summary>Submissions that were answered otherwise than decided.</summary>
    public int Failed => _failed;

    /// <summary>Submissions decided so far.</summary>
    public long Decided => Volatile.Read(ref _decided);

    /// <summary>Whether no submitter goes on.</summary>
    public bool HasEnded => Array.TrueForAll(_running, each => each.IsCompleted);

    /// <summary>What the first of them was told.</summary>
    public string? FirstFailure { get; private set; }

    /// <param name="system">Started.</param>
    /// <param name="nodes">The nodes that submitters connect to, in turn.</param>
    /// <param name="submitters">How many.</param>
    /// <param name="perSecond">Rate of an open loop; null closes the loop.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<Load> StartAsync(
        IBenchSystem system,
        IReadOnlyList<int> nodes,
        int submitters,
        double? perSecond,
        CancellationToken stop)
    {
        List<ISubmitter> connected = [];
        for (int i = 0; i < submitters; i++)
        {
            connected.Add(await system.ConnectAsync(nodes[i % nodes.Count], i, stop));
        }

        return new Load(connected, perSecond, stop);
    }

    /// <summary>Ends every submitter and returns what was decided, by its end.</summary>
    public async Task<Sample[]> EndAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_running);
        return [.. _samples.SelectMany(each => each).OrderBy(each => each.Ended)];
    }

    public void Dispose()
    {
        _ending.Dispose();
        foreach (ISubmitter each in _submitters)
        {
            each.Dispose();
        }
    }

    private async Task RunAsync(
        ISubmitter submitter, List<Sample> samples, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                long due = _perSecond is { } rate
                    ? await DueAsync(rate, stop)
                    : Stopwatch.GetTimestamp();
                if (await submitter.SubmitAsync(stop) is { } why)
                {
                    Fail(why);
                }
                else
                {
                    samples.Add(new Sample(due, Stopwatch.GetTimestamp()));
                    Interlocked.Increment(ref _decided);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the measurement.
        }
        catch (Exception broken) when (broken
            is IOException or System.Net.Sockets.SocketException)
        {
            // A killed node takes its submitters with it.
            Fail(broken.Message);
        }
    }

    /// <summary>Takes the next submission of all and waits until it is due.</summary>
    private async Task<long> DueAsync(double rate, CancellationToken stop)
    {
        long number = Interlocked.Increment(ref _next);
        long due = _started + (long)(number * Stopwatch.Frequency / rate);
        long now = Stopwatch.GetTimestamp();
        if (due > now)
        {
            await PreciseTimer.WaitUntilAsync(due, stop);
        }

        return due;
    }

    private void Fail(string why)
    {
        Interlocked.Increment(ref _failed);
        FirstFailure ??= why;
    }
}
