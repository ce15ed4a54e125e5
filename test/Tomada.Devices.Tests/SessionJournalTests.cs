using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices.Tests;

public sealed class SessionJournalTests : IDisposable
{
    private const SearchOption Everywhere = SearchOption.AllDirectories;

    private readonly string _folder = Directory.CreateTempSubdirectory("tomada-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_journal_keeps_what_the_company_does_not_have_over_a_restart()
    {
        SessionBody start = Message(0, SessionEvent.Started);
        SessionBody end = Message(1, SessionEvent.Ended);
        SessionJournal journal = new(_folder);
        Assert.Equal(start.Session, journal.NextOf(start.Session.Leg));
        journal.Append(start);
        journal.MarkSent(start);
        journal.Append(end);

        SessionJournal again = new(_folder);
        Assert.True(again.Unsent.TryRead(out SessionBody? unsent));
        Assert.Equal(1, unsent.TxSeq);
        Assert.False(again.Unsent.TryRead(out _));
        Assert.Empty(again.Open);
        Assert.Equal(2, again.NextOf(start.Session.Leg).Attempt);
        Assert.True(again.Resend(start.Session, 0));
        Assert.True(again.Unsent.TryRead(out unsent));
        Assert.Equal(0, unsent.TxSeq);
    }

    /// <summary>
    /// A torn line, at any byte, is as if it had never been; the end that is written after it is
    /// there once, whatever is started again.
    /// </summary>
    [Fact]
    public void A_power_cut_while_a_message_was_written_loses_and_doubles_no_other_one()
    {
        SessionBody start = Message(0, SessionEvent.Started);
        SessionBody end = Message(1, SessionEvent.Ended);
        new SessionJournal(_folder).Append(start);
        string file = Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Single();
        byte[] before = File.ReadAllBytes(file);
        new SessionJournal(_folder).Append(end);
        byte[] line = File.ReadAllBytes(file)[before.Length..];
        for (int torn = 1; torn < line.Length; torn++)
        {
            File.WriteAllBytes(file, [.. before, .. line[..torn]]);
            SessionJournal cut = new(_folder);
            Assert.Equal(SessionEvent.Started, Assert.Single(cut.Open).Event);
            cut.Append(end);

            SessionJournal again = new(_folder);
            Assert.Empty(again.Open);
            Assert.Equal([0, 1], Unsent(again));
        }
    }

    [Fact]
    public void Of_what_the_company_has_the_newest_sessions_stay()
    {
        SessionJournal journal = new(_folder, keptMax: 2);
        for (int attempt = 1; attempt <= 5; attempt++)
        {
            Run(journal, attempt, isSent: true);
        }

        AssertKept(journal);
        AssertKept(new SessionJournal(_folder, keptMax: 2));
        Assert.Equal(2, Directory.EnumerateFiles(_folder, "*.jsonl", Everywhere).Count());

        static void AssertKept(SessionJournal journal)
        {
            Assert.False(journal.Resend(Session(3), 0));
            Assert.True(journal.Resend(Session(4), 0));
            Assert.True(journal.Resend(Session(5), 0));
            Assert.Equal(6, journal.NextOf(Session(1).Leg).Attempt);
        }
    }

    [Fact]
    public void What_the_company_does_not_have_stays_however_much_it_is()
    {
        SessionJournal journal = new(_folder, keptMax: 0);
        for (int attempt = 1; attempt <= 5; attempt++)
        {
            Run(journal, attempt, isSent: false);
        }

        journal = new SessionJournal(_folder, keptMax: 0);
        Assert.Equal(10, Unsent(journal).Count);
        journal.MarkSent(Message(0, SessionEvent.Started, 2));
        Assert.Equal(5, Directory.EnumerateFiles(_folder, "*.jsonl", Everywhere).Count());
        journal.MarkSent(Message(1, SessionEvent.Ended, 2));
        Assert.Equal(4, Directory.EnumerateFiles(_folder, "*.jsonl", Everywhere).Count());

        // Told again, it brings nothing back.
        journal.MarkSent(Message(1, SessionEvent.Ended, 2));
        Assert.Equal(4, Directory.EnumerateFiles(_folder, "*.jsonl", Everywhere).Count());
    }

    private static void Run(SessionJournal journal, int attempt, bool isSent)
    {
        SessionBody[] all =
        [
            Message(0, SessionEvent.Started, attempt), Message(1, SessionEvent.Ended, attempt),
        ];
        foreach (SessionBody each in all)
        {
            journal.Append(each);
            if (isSent)
            {
                journal.MarkSent(each);
            }
        }
    }

    private static List<int> Unsent(SessionJournal journal)
    {
        List<int> numbers = [];
        while (journal.Unsent.TryRead(out SessionBody? body))
        {
            numbers.Add(body.TxSeq);
        }

        return numbers;
    }

    private static SessionId Session(int attempt) =>
        new(new LegId(new TripId(Digest.Of([1])), 1), attempt);

    private static SessionBody Message(int sequence, SessionEvent step, int attempt = 1) => new(
        step, sequence, Session(attempt),
        EvseId.Parse("br-aaa/dc-1"), new Timestamp((attempt * 1_000) + sequence), 10, false,
        new byte[64],
        step == SessionEvent.Started ? new byte[32] : null,
        step == SessionEvent.Ended ? SessionEndReason.Complete : null);
}
