using System.Collections.Immutable;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Outlooks;
using Tomada.Node.Trips;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Devices.Tests;

/// <summary>
/// A company plans over another one's two EVSEs, of which only their owner knows how they are.
/// </summary>
public sealed class OwnersWordTests : IDisposable
{
    private static readonly CompanyId s_planner = CompanyId.Parse("br-zzz");
    private static readonly EvseId s_one = EvseId.Parse("br-aaa/dc-1");
    private static readonly EvseId s_two = EvseId.Parse("br-aaa/dc-2");

    private readonly LocalLedger _ledger = new(s_one.Company, Rules.Default);
    private readonly List<ImmutableArray<EvseId>> _asked = [];
    private OutlookBook _book = OutlookBook.Empty;
    private Action _onAsked = () => { };
    private ImmutableSortedSet<CompanyId> _silent = [];
    private long _words;

    public OwnersWordTests()
    {
        using Ed25519Key station = new(Digest.Of([9]).ToArray());
        foreach (EvseId evse in (EvseId[])[s_one, s_two])
        {
            _ledger.Offer(evse, station.Public, _ledger.Now().Plus(TimeSpan.FromDays(10)));
        }
    }

    public void Dispose() => _ledger.Dispose();

    [Fact]
    public async Task An_EVSE_whose_owner_says_that_it_is_broken_is_not_planned_with()
    {
        Say(s_one, EvseCondition.Unusable);
        Say(s_two, EvseCondition.Working);
        Assert.Equal(s_two, (await PlanAsync()).Evse);
        Say(s_one, EvseCondition.Working);
        Say(s_two, EvseCondition.Unusable);
        Assert.Equal(s_one, (await PlanAsync()).Evse);
    }

    [Fact]
    public async Task What_the_owner_answers_at_the_last_moment_changes_the_plan()
    {
        Say(s_one, EvseCondition.Working);
        Say(s_two, EvseCondition.Working);
        EvseId chosen = (await PlanAsync()).Evse;
        Assert.Contains(chosen, Assert.Single(_asked));

        _onAsked = () => Say(chosen, EvseCondition.Unusable);
        EvseId other = (await PlanAsync()).Evse;
        Assert.Equal(chosen == s_one ? s_two : s_one, other);
    }

    [Fact]
    public async Task A_window_that_only_the_owner_knows_to_be_taken_is_waited_out()
    {
        Say(s_one, EvseCondition.Unusable);
        Say(s_two, EvseCondition.Working);
        StopBody free = await PlanAsync();
        Say(s_two, EvseCondition.Working, free.Window);
        StopBody later = await PlanAsync();
        Assert.Equal(s_two, later.Evse);
        Assert.False(later.Window.Overlaps(free.Window), $"{later.Window} {free.Window}");
    }

    [Fact]
    public async Task A_stop_of_a_silent_owner_is_marked_as_uncertain()
    {
        Say(s_one, EvseCondition.Working);
        Say(s_two, EvseCondition.Working);
        int sure = (await PlanAsync()).ConfidencePermille!.Value;
        _silent = [s_one.Company];
        int unsure = (await PlanAsync()).ConfidencePermille!.Value;
        Assert.True(unsure < sure, $"{unsure} {sure}");

        // One that never said a word is no surer.
        (_silent, _book) = ([], OutlookBook.Empty);
        Assert.Equal(unsure, (await PlanAsync()).ConfidencePermille);
    }

    /// <summary>The owner's word, from now on for a minute.</summary>
    private void Say(EvseId evse, EvseCondition condition, params TimeWindow[] taken)
    {
        SlotGrid slots = SlotGrid.At(_ledger.Now(), _ledger.State.Rules.GridMs);
        OutlookContent content = new(
            new Timestamp(++_words), 60_000, slots.From, slots.SlotMs,
            [EvseOutlook.Of(evse, condition, slots, taken)]);
        _book = _book.With(content, _ledger.State.Evses, nowMs: 0);
    }

    private async Task<StopBody> PlanAsync()
    {
        OwnersWord owners = new(
            () => new OutlookView(_book, 1),
            (evses, _) =>
            {
                _asked.Add([.. evses]);
                _onAsked();
                return Task.FromResult(_silent);
            });
        PlanDesk desk = new(
            _ledger.Desk with { Self = s_planner },
            () => ImmutableSortedDictionary<EvseId, EvseStatus>.Empty,
            ShortJourney.Roads(),
            owners);
        TaskCompletionSource<Reply> reply = new();
        PlanRequest request = new(
            "here", "there", 300, CarClient.DescribeVehicle(ShortJourney.Vehicle),
            _ledger.Now().Plus(TimeSpan.FromHours(1)), PlansMax: 1);
        Assert.Null(desk.TryBegin(
            new MessageId(Guid.CreateVersion7()),
            request,
            [],
            each =>
            {
                reply.SetResult(each);
                return Task.CompletedTask;
            },
            TestContext.Current.CancellationToken));
        Reply given = await reply.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(given.TryRead(out PlanReply? plans, out _), given.Why);
        return plans.Plans[0].Stops.Single();
    }
}
