using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>
/// A station's session messages: one file per session, a line per message, synced before it is
/// sent. Nothing is dropped before the company has it, because it is money; of what it has, the
/// newest sessions stay for whoever asks again.
/// </summary>
internal sealed class SessionJournal
{
    private readonly string _folder;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<SessionId, KeptSession> _sessions = [];
    private readonly Queue<SessionId> _delivered = [];
    private readonly int _keptMax;
    private readonly Channel<SessionBody> _unsent =
        Channel.CreateUnbounded<SessionBody>();

    /// <param name="folder">The station's.</param>
    /// <param name="keptMax">Delivered sessions that stay; 0 or more.</param>
    public SessionJournal(string folder, int keptMax = ClientLimits.SessionsKeptMax)
    {
        _keptMax = keptMax;
        _folder = Path.Combine(folder, KeptSession.FolderName);
        Directory.CreateDirectory(_folder);
        foreach (string path in KeptSession.Files(folder))
        {
            CutTornLine(path);
            Load(path);
        }

        foreach (KeptSession each in _sessions.Values.Where(each => each.IsDelivered)
            .OrderBy(each => each.Last.At))
        {
            _delivered.Enqueue(each.Last.Session);
        }

        Forget();
    }

    /// <summary>What the company does not have yet, in order.</summary>
    public ChannelReader<SessionBody> Unsent => _unsent.Reader;

    /// <summary>
    /// Whether so much waits that no session may begin. One that runs is never cut short for it.
    /// </summary>
    public bool IsFull => _unsent.Reader.Count >= ClientLimits.SessionQueueMax;

    /// <summary>Sessions that a crash cut off.</summary>
    public ImmutableArray<SessionBody> Open
    {
        get
        {
            lock (_gate)
            {
                return [.. _sessions.Values.Select(each => each.Last)
                    .Where(each => each.Event != SessionEvent.Ended)];
            }
        }
    }

    /// <summary>The next session of a leg.</summary>
    public SessionId NextOf(LegId leg)
    {
        lock (_gate)
        {
            int attempts = _sessions.Keys.Where(each => each.Leg == leg)
                .Select(each => each.Attempt).DefaultIfEmpty().Max();
            return new SessionId(leg, attempts + 1);
        }
    }

    /// <summary>
    /// Whether a session of the leg ended as it should; one that a power cut ended may go on.
    /// </summary>
    public bool HasHadItsTurn(LegId leg)
    {
        lock (_gate)
        {
            return _sessions.Any(each => each.Key.Leg == leg
                && each.Value.Last is { Event: SessionEvent.Ended } end
                && end.Reason != SessionEndReason.Fault);
        }
    }

    /// <summary>Keeps a message on disk, then queues it.</summary>
    public void Append(SessionBody body)
    {
        lock (_gate)
        {
            KeptSession before =
                _sessions.GetValueOrDefault(body.Session) ?? new KeptSession([], -1);
            int next = before.Messages.Length;
            Invariant.Require(body.TxSeq == next, $"session message {next} follows");
            AppendLine(PathOf(body.Session), JsonSerializer.Serialize(body, SessionBody.Json));
            _sessions[body.Session] = before with { Messages = before.Messages.Add(body) };
            _unsent.Writer.TryWrite(body);
        }
    }

    /// <summary>The company has it.</summary>
    public void MarkSent(SessionBody body)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(body.Session, out KeptSession? kept)
                || body.TxSeq <= kept.SentUpTo)
            {
                // It was sent again.
                return;
            }

            AppendLine(PathOf(body.Session), body.TxSeq.ToString(CultureInfo.InvariantCulture));
            KeptSession sent = kept with { SentUpTo = body.TxSeq };
            _sessions[body.Session] = sent;
            if (sent.IsDelivered)
            {
                _delivered.Enqueue(body.Session);
                Forget();
            }
        }
    }

    /// <summary>
    /// Queues a session's messages again, from a sequence on; false for a session that is not here,
    /// and while the queue is full.
    /// </summary>
    public bool Resend(SessionId session, int fromTxSeq)
    {
        lock (_gate)
        {
            return !IsFull
                && _sessions.TryGetValue(session, out KeptSession? kept)
                && kept.Messages.Where(each => each.TxSeq >= fromTxSeq)
                    .All(_unsent.Writer.TryWrite);
        }
    }

    private void Forget()
    {
        while (_delivered.Count > _keptMax)
        {
            SessionId oldest = _delivered.Dequeue();
            File.Delete(PathOf(oldest));
            _sessions.Remove(oldest);
        }
    }

    private static void AppendLine(string path, string line)
    {
        using FileStream file = new(path, FileMode.Append, FileAccess.Write);
        file.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
        file.Flush(flushToDisk: true);
    }

    /// <summary>
    /// A power cut may leave the newest line unfinished. It was not synced, so nobody was told of
    /// it; what is written next must begin a line of its own.
    /// </summary>
    private static void CutTornLine(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        if (whole < bytes.Length)
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Write);
            file.SetLength(whole);
            file.Flush(flushToDisk: true);
        }
    }

    private string PathOf(SessionId session) =>
        Path.Combine(_folder, session.ToString().Replace('/', '-') + ".jsonl");

    private void Load(string path)
    {
        KeptSession kept = KeptSession.Read(path);
        if (kept.Messages.IsEmpty)
        {
            return;
        }

        _sessions[kept.Last.Session] = kept;
        foreach (SessionBody unsent in kept.Messages.Where(each => each.TxSeq > kept.SentUpTo))
        {
            _unsent.Writer.TryWrite(unsent);
        }
    }
}
