using Tomada.DeviceApi;

namespace Tomada.Node.Broker;

/// <summary>Numbers of one start of a device that never arrived.</summary>
/// <param name="Device">Whose.</param>
/// <param name="Boot">Its start.</param>
/// <param name="From">The first that is missing.</param>
/// <param name="Until">The first behind it that is not.</param>
internal sealed record Gap(DeviceAddress Device, long Boot, long From, long Until);

/// <summary>
/// Puts each device's messages back in the order of (bs, seq), and knows what is missing. A message
/// waits a short while for earlier ones where order can be lost on the way; nothing waits for ever,
/// and a late message is let through, for the desks know what is stale.
/// </summary>
/// <param name="heldFor">How long a message waits, in ms; 0 where order is kept anyway.</param>
/// <param name="askAfter">After which a gap is asked for, and asked for again, in ms.</param>
internal sealed class DeviceOrder(TimeSpan heldFor, TimeSpan askAfter)
{
    private readonly SortedDictionary<string, Line> _lines = new(StringComparer.Ordinal);

    /// <summary>The highest boot counter heard of a device; 0 when none was.</summary>
    public long BootOf(DeviceAddress device) =>
        _lines.TryGetValue(device.User, out Line? line) ? line.Boot : 0;

    /// <summary>What may go on now that this has come, in order.</summary>
    public IReadOnlyList<Received> Take(Received message, long nowMs)
    {
        if (!_lines.TryGetValue(message.From.User, out Line? line))
        {
            // The first that is heard of a device tells nothing about what was before.
            _lines[message.From.User] = line = new Line(message.From)
            {
                Boot = message.Envelope.Bs,
                Next = message.Envelope.Seq,
            };
        }

        List<Received> ready = [];
        if (message.Envelope.Bs > line.Boot)
        {
            // Of the start before nothing more is waited for. A start counts from 1.
            ready.AddRange(line.LetAll());
            line.Gaps.Clear();
            line.Boot = message.Envelope.Bs;
            line.Next = Math.Min(1, message.Envelope.Seq);
        }

        if (message.Envelope.Bs < line.Boot || message.Envelope.Seq < line.Next)
        {
            line.Fill(message.Envelope);
            ready.Add(message);
            return ready;
        }

        line.Hold(message, nowMs + (long)heldFor.TotalMilliseconds);
        ready.AddRange(line.Let(nowMs, (long)askAfter.TotalMilliseconds));
        return ready;
    }

    /// <summary>What has waited long enough.</summary>
    public IReadOnlyList<Received> Overdue(long nowMs) =>
        [.. _lines.Values.Where(line => line.IsHolding)
            .SelectMany(line => line.Let(nowMs, (long)askAfter.TotalMilliseconds))];

    /// <summary>Gaps whose time to be asked for has come; each is asked for a bounded number of
    /// times (<see cref="BrokerLimits.GapAsksMax"/>).</summary>
    public IReadOnlyList<Gap> Due(long nowMs)
    {
        List<Gap> due = [];
        foreach (Line line in _lines.Values.Where(line => line.Gaps.Count > 0))
        {
            foreach (Missing gap in line.Gaps.Where(gap => gap.AskAtMs <= nowMs).ToArray())
            {
                if (gap.Asked >= BrokerLimits.GapAsksMax)
                {
                    line.Gaps.Remove(gap);
                    BrokerMetrics.Gap("given-up");
                    continue;
                }

                gap.Asked++;
                gap.AskAtMs = nowMs + (long)askAfter.TotalMilliseconds;
                due.Add(new Gap(line.Device, line.Boot, gap.From, gap.Until));
            }
        }

        return due;
    }

    /// <summary>The device has sent again what it still had: no more will come.</summary>
    public void Close(Gap gap)
    {
        if (_lines.TryGetValue(gap.Device.User, out Line? line) && line.Boot == gap.Boot
            && line.Gaps.RemoveAll(
                each => each.From >= gap.From && each.Until <= gap.Until) > 0)
        {
            BrokerMetrics.Gap("closed");
        }
    }

    private sealed class Missing(long from, long until, long askAtMs)
    {
        public long From { get; set; } = from;

        public long Until { get; set; } = until;

        public long AskAtMs { get; set; } = askAtMs;

        public int Asked { get; set; }
    }

    private sealed class Line(DeviceAddress device)
    {
        private readonly SortedDictionary<long, (Received Message, long UntilMs)> _held = [];

        public DeviceAddress Device => device;

        public long Boot { get; set; }

        public long Next { get; set; }

        public List<Missing> Gaps { get; } = [];

        public bool IsHolding => _held.Count > 0;

        public void Hold(Received message, long untilMs) =>
            _held[message.Envelope.Seq] = (message, untilMs);

        public IEnumerable<Received> LetAll()
        {
            foreach ((Received message, _) in _held.Values)
            {
                yield return message;
            }

            _held.Clear();
        }

        /// <summary>What is next, and what has waited long enough for what is missing.</summary>
        public IEnumerable<Received> Let(long nowMs, long askAfterMs)
        {
            while (_held.Count > 0)
            {
                (long seq, (Received message, long untilMs)) = _held.First();
                if (seq > Next && untilMs > nowMs && _held.Count <= BrokerLimits.HeldMax)
                {
                    yield break;
                }

                if (seq > Next)
                {
                    Miss(new Missing(Next, seq, nowMs + askAfterMs));
                }

                _held.Remove(seq);
                Next = seq + 1;
                if (message.Topic is UpTopic.State && message.Envelope.TryRead(
                    out StateBody? state, out _) && state.Online)
                {
                    // The number right behind a birth is kept for the will.
                    Next++;
                }

                yield return message;
            }
        }

        /// <summary>Takes a late one out of what is missing.</summary>
        public void Fill(Envelope late)
        {
            int at = late.Bs == Boot
                ? Gaps.FindIndex(gap => gap.From <= late.Seq && late.Seq < gap.Until)
                : -1;
            if (at < 0)
            {
                return;
            }

            Missing gap = Gaps[at];
            Gaps.RemoveAt(at);
            if (late.Seq + 1 < gap.Until)
            {
                Gaps.Insert(at, new(late.Seq + 1, gap.Until, gap.AskAtMs) { Asked = gap.Asked });
            }

            if (gap.From < late.Seq)
            {
                Gaps.Insert(at, new(gap.From, late.Seq, gap.AskAtMs) { Asked = gap.Asked });
            }

            if (gap.Until - gap.From == 1)
            {
                BrokerMetrics.Gap("filled");
            }
        }

        private void Miss(Missing gap)
        {
            if (Gaps.Count >= BrokerLimits.GapsMax)
            {
                Gaps.RemoveAt(0);
                BrokerMetrics.Gap("given-up");
            }

            Gaps.Add(gap);
        }
    }
}
