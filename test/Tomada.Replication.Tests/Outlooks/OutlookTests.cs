using System.Collections.Immutable;
using CsCheck;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Cluster;
using Tomada.Simulation.Consensus;
using Xunit;

namespace Tomada.Replication.Tests.Outlooks;

public class OutlookTests
{
    private const long MinuteMs = 60_000;
    private static readonly EvseId s_evse = new(Companies.A, "plug-1");
    private static readonly SlotGrid s_slots =
        SlotGrid.At(ClusterCompanies.Epoch.Plus(TimeSpan.FromMinutes(2)), 5 * MinuteMs);

    private static readonly ImmutableSortedDictionary<EvseId, Evse> s_evses =
        ImmutableSortedDictionary<EvseId, Evse>.Empty.Add(
            s_evse,
            new Evse(
                new PutEvse(
                    s_evse, Companies.Site(Companies.A).Location, default,
                    [
                        new Connector(
                            1, ConnectorStandard.Iec62196T2Combo, PowerType.Dc, 150_000),
                    ],
                    new TariffId(Companies.A, "tariff")),
                Availability.Available,
                ClusterCompanies.Epoch));

    [Fact]
    public void The_slots_that_come_out_are_those_that_a_window_touches()
    {
        Gen<TimeWindow> window = Gen.Select(Gen.Long[-100, 1_700], Gen.Long[1, 200], (at, length) =>
            Window(at, at + length));
        window.Array[0, 8].Sample(windows =>
        {
            EvseOutlook outlook = EvseOutlook.Of(
                s_evse, EvseCondition.Working, s_slots, windows);
            ImmutableArray<TimeWindow> taken = outlook.Windows(s_slots);
            for (int i = 0; i < OutlookLimits.SlotsMax; i++)
            {
                Assert.Equal(
                    windows.Any(each => each.Overlaps(s_slots[i])),
                    taken.Any(each => each.Overlaps(s_slots[i])));
            }

            Assert.All(
                taken.Zip(taken.Skip(1)), pair => Assert.True(pair.First.Until < pair.Second.From));
            byte[] bytes = EvseOutlook.Codec.Encode(outlook);
            Assert.Equal(outlook.Taken, EvseOutlook.Codec.Decode(bytes).Taken);
        });
    }

    [Fact]
    public void A_bit_stands_where_the_document_says()
    {
        EvseOutlook outlook = EvseOutlook.Of(
            s_evse, EvseCondition.Working, s_slots, [s_slots[1], s_slots[8]]);
        Assert.Equal([0b0100_0000, 0b1000_0000], outlook.Taken);
    }

    [Fact]
    public void A_word_with_any_byte_changed_is_nobodys()
    {
        OutlookWord word = Word(Content(1));
        Assert.True(IsRead(word, Companies.A));
        for (int i = 0; i < word.Content.Length; i++)
        {
            byte[] changed = [.. word.Content];
            changed[i] ^= 1;
            Assert.False(IsRead(word with { Content = changed }, Companies.A), $"byte {i}");
        }

        byte[] signature = [.. word.Signature];
        signature[0] ^= 1;
        Assert.False(IsRead(word with { Signature = signature }, Companies.A));
    }

    [Fact]
    public void Nobody_speaks_of_EVSEs_of_another_company()
    {
        OutlookWord word = OutlookWord.Sign(
            Companies.Three.NetworkId, Content(1), ClusterCompanies.IdentityOf(Companies.B));
        Assert.False(word.TryRead(
            Companies.Three.NetworkId, Companies.B, KeyOf(Companies.B), StandInSignatures.Verify,
            out _, out string? why));
        Assert.Contains("allowed are its own EVSEs", why, StringComparison.Ordinal);
    }

    [Fact]
    public void EVSEs_that_do_not_ascend_are_refused()
    {
        OutlookContent content = Content(1);
        OutlookContent twice = content with { Evses = [content.Evses[0], content.Evses[0]] };
        Assert.False(OutlookContent.Codec.TryDecode(
            OutlookContent.Codec.Encode(twice), out _, out _));
    }

    [Fact]
    public void The_newest_word_counts_until_its_time_is_over()
    {
        OutlookBook book = OutlookBook.Empty
            .With(Content(2, EvseCondition.Unusable), s_evses, nowMs: 0)
            .With(Content(1), s_evses, nowMs: 1);
        Assert.Equal(EvseCondition.Unusable, book.Of(s_evse, 89_999).Condition);
        Assert.Equal(EvseCondition.Unknown, book.Of(s_evse, 90_000).Condition);

        // Its owner's clock jumped back: the old word is over, so the new one counts.
        book = book.With(Content(1), s_evses, nowMs: 90_000);
        Assert.Equal(EvseCondition.Working, book.Of(s_evse, 90_001).Condition);
    }

    [Fact]
    public void Who_is_silent_says_nothing_and_an_EVSE_that_the_ledger_has_not_is_not_kept()
    {
        ImmutableSortedDictionary<EvseId, Evse> none = s_evses.Clear();
        OutlookBook book = OutlookBook.Empty.With(Content(1), none, nowMs: 0);
        Assert.Equal(EvseCondition.Unknown, book.Of(s_evse, 1).Condition);

        book = book.With(Content(1), s_evses, 0).With(Content(2), none, 1);
        Assert.Equal(EvseCondition.Unknown, book.Of(s_evse, 2).Condition);
    }

    [Fact]
    public void A_word_that_repeats_what_is_believed_leaves_the_epoch_and_another_does_not()
    {
        OutlookBook first = OutlookBook.Empty.With(Content(1), s_evses, nowMs: 0);
        OutlookBook again = first.With(Content(2), s_evses, nowMs: 10);
        Assert.Equal(first.Epoch, again.Epoch);
        Assert.True(new OutlookView(first, 5).IsSameAs(new OutlookView(again, 20)));

        // A grid that starts two slots later says the same of the slot that was taken.
        SlotGrid later = SlotGrid.At(s_slots[2].From, s_slots.SlotMs);
        OutlookContent moved = Content(3) with
        {
            From = later.From,
            Evses = [EvseOutlook.Of(s_evse, EvseCondition.Working, later, [s_slots[3]])],
        };
        OutlookBook shifted = again.With(moved, s_evses, nowMs: 20);
        Assert.Equal(first.Epoch, shifted.Epoch);

        OutlookBook freed = shifted.With(
            moved with { At = new Timestamp(4), Evses = [moved.Evses[0] with { Taken = [] }] },
            s_evses,
            nowMs: 30);
        Assert.NotEqual(first.Epoch, freed.Epoch);
        OutlookBook broken = freed.With(
            Content(5, EvseCondition.Unusable), s_evses, nowMs: 40);
        Assert.NotEqual(freed.Epoch, broken.Epoch);
    }

    [Fact]
    public void A_word_that_is_over_changes_what_is_believed()
    {
        OutlookBook book = OutlookBook.Empty.With(Content(1), s_evses, nowMs: 0);
        Assert.Equal(90_000, book.EndsMs);
        Assert.True(new OutlookView(book, 1).IsSameAs(new OutlookView(book, 89_999)));
        Assert.False(new OutlookView(book, 1).IsSameAs(new OutlookView(book, 90_000)));
        Assert.NotEqual(
            book.Epoch, book.With(Content(2), s_evses, nowMs: 90_000).Epoch);
    }

    private static bool IsRead(OutlookWord word, CompanyId owner) => word.TryRead(
        Companies.Three.NetworkId, owner, KeyOf(owner), StandInSignatures.Verify, out _, out _);

    private static OutlookWord Word(OutlookContent content) => OutlookWord.Sign(
        Companies.Three.NetworkId, content, ClusterCompanies.IdentityOf(Companies.A));

    private static OutlookContent Content(
        long at, EvseCondition condition = EvseCondition.Working) => new(
        new Timestamp(at), 90_000, s_slots.From, s_slots.SlotMs,
        [EvseOutlook.Of(s_evse, condition, s_slots, [s_slots[3]])]);

    private static TimeWindow Window(long fromMinute, long untilMinute) => new(
        new Timestamp(s_slots.From.UnixMs + (fromMinute * MinuteMs)),
        new Timestamp(s_slots.From.UnixMs + (untilMinute * MinuteMs)));

    private static PublicKey KeyOf(CompanyId company) =>
        LedgerState.FromGenesis(Companies.Three).Members[company].IdentityKey;
}
