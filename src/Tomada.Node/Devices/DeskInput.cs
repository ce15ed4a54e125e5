using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Broker;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>What makes the desks look again; one at a time.</summary>
internal abstract record DeskInput
{
    private DeskInput()
    {
    }

    public sealed record Device(Received Message) : DeskInput;

    public sealed record Block(AppliedBlock Applied) : DeskInput;

    /// <summary>
    /// More blocks passed than a follower can get one by one; this is where they led.
    /// </summary>
    public sealed record Skipped(LedgerState State) : DeskInput;

    /// <summary>Time passed: commands are repeated and deadlines looked at.</summary>
    public sealed record Tick : DeskInput;

    /// <summary>Somebody outside wants to know how the stations fare.</summary>
    public sealed record Asked(
        TaskCompletionSource<IReadOnlyList<StationShown>> Answer) : DeskInput;

    /// <summary>A defect while submitting: the desks, and the node with them, must stop.</summary>
    public sealed record Failed(Exception Why) : DeskInput;

    /// <summary>Of a refused reservation: its final reply, with another plan or without.</summary>
    public sealed record Replanned(string Key, Reply Reply) : DeskInput;

    /// <summary>A transaction of a desk ended.</summary>
    public sealed record Submitted(string Key, Body Body, Submission End) : DeskInput;
}

/// <summary>Submits each thing once at a time and tells the desks how it ended.</summary>
internal sealed class Submitter(
    DeskLedger ledger, Func<DeskInput, CancellationToken, ValueTask> tell)
{
    private readonly SortedSet<string> _running = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _resting = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Refused> _refused = new(StringComparer.Ordinal);

    /// <summary>
    /// Submits unless the same is on its way, or a rule has refused it lately. Every refusal is
    /// public, so what was refused rests, twice as long each time; but the state that refused it
    /// may be another one by then, so it is not given up while a desk still owes it. Another body
    /// under the key was never refused.
    /// </summary>
    public void Submit(string key, Body body, CancellationToken ct)
    {
        bool isRefused = _refused.TryGetValue(key, out Refused? refused)
            && refused.TicksLeft > 0 && refused.Body == HashOf(body);
        if (isRefused || _resting.ContainsKey(key) || !_running.Add(key))
        {
            return;
        }

        _ = RunAsync(key, body, ct);
    }

    /// <summary>What was refused, or got into no block, has rested after some ticks.</summary>
    public void Tick()
    {
        foreach (Refused each in _refused.Values)
        {
            each.TicksLeft = Math.Max(each.TicksLeft - 1, 0);
        }

        foreach (string key in _resting.Keys.ToArray())
        {
            if (--_resting[key] == 0)
            {
                _resting.Remove(key);
            }
        }
    }

    public void Ended(DeskInput.Submitted ended)
    {
        _running.Remove(ended.Key);
        if (ended.End.Outcome is null)
        {
            _resting[ended.Key] = DeskLimits.RestTicks;
        }

        if (ended.End.Outcome is { IsApplied: false })
        {
            if (_refused.Count >= DeskLimits.RefusedKept)
            {
                _refused.Clear();
            }

            Digest body = HashOf(ended.Body);
            int rest = _refused.TryGetValue(ended.Key, out Refused? before) && before.Body == body
                ? Math.Min(2 * before.Rest, DeskLimits.RefusedTicksMax)
                : DeskLimits.RefusedTicksMin;
            _refused[ended.Key] = new Refused(body, rest) { TicksLeft = rest };
        }
        else if (ended.End.Outcome is not null)
        {
            _refused.Remove(ended.Key);
        }
    }

    private static Digest HashOf(Body body) => Digest.Of(Body.Codec.Encode(body));

    private sealed record Refused(Digest Body, int Rest)
    {
        public int TicksLeft { get; set; }
    }

    private async Task RunAsync(string key, Body body, CancellationToken ct)
    {
        try
        {
            Submission end = await ledger.Submit(body, ct).ConfigureAwait(false);
            await tell(new DeskInput.Submitted(key, body, end), ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The node is stopping; what is owed is found again at the next start.
        }
        catch (Exception defect)
        {
            await tell(new DeskInput.Failed(defect), ct).ConfigureAwait(false);
        }
    }
}
