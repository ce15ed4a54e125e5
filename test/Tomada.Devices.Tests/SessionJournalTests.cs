using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices.Tests;

public sealed class SessionJournalTests : IDisposable
{
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

    private static List<int> Unsent(SessionJournal journal)
    {
        List<int> numbers = [];
        while (journal.Unsent.TryRead(out SessionBody? body))
        {
            numbers.Add(body.TxSeq);
        }

        return numbers;
    }

    private static SessionBody Message(int sequence, SessionEvent step) => new(
        step, sequence, new SessionId(new LegId(new TripId(Digest.Of([1])), 1), 1),
        EvseId.Parse("br-aaa/dc-1"), new Timestamp(1_000 + sequence), 10, false, new byte[64],
        step == SessionEvent.Started ? new byte[32] : null,
        step == SessionEvent.Ended ? SessionEndReason.Complete : null);
}
