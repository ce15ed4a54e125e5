using Tomada.Ledger.Tests.Charging;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests;

public class SnapshotTests
{
    [Fact]
    public void A_state_comes_back_from_its_parts_with_every_index()
    {
        LedgerState state = Snapshots.AssertComesBack(Busy());
        Assert.NotEmpty(state.Of(Tables.Held));
        Assert.NotEmpty(state.Of(Tables.NewestSessions));
        Assert.NotEmpty(state.Of(Tables.Deadlines));
    }

    [Fact]
    public void What_was_loaded_goes_on_as_what_was_executed()
    {
        LedgerWorld world = Busy();
        LedgerState loaded = Snapshots.AssertComesBack(world);
        // Past every deadline: what an index lost would not be swept.
        AppliedBlock next = world.AppendAt(world.State.Time.Plus(TimeSpan.FromDays(4)));
        Assert.True(
            BlockExecution.TryApply(
                loaded, next.Block, LedgerWorld.Verify, out AppliedBlock? applied, out string? why),
            why);
        Assert.Equal(next.After.StateRoot, applied!.After.StateRoot);
    }

    [Fact]
    public void A_deadline_stays_where_the_rules_of_its_day_set_it()
    {
        LedgerWorld world = LedgerWorld.WithStations();
        world.Confirm(LedgerWorld.A, LedgerWorld.Leg(LedgerWorld.Evse(LedgerWorld.B), 0));
        Timestamp before = world.State.NextDeadline!.Value;
        Rules longer = world.State.Rules with
        {
            Version = 2,
            SessionGraceMs = world.State.Rules.SessionGraceMs + 60_000,
        };
        world.Submit(LedgerWorld.A, new SetRules(longer));
        world.Submit(LedgerWorld.B, new SetRules(longer));
        Assert.Equal(longer.SessionGraceMs, world.State.Rules.SessionGraceMs);
        Assert.Equal(before, Snapshots.AssertComesBack(world).NextDeadline);
    }

    [Fact]
    public void A_large_state_comes_in_parts_of_bounded_size()
    {
        LedgerWorld world = LedgerWorld.Empty();
        for (int block = 0; block < 20; block++)
        {
            world.Append([.. Enumerable.Range(0, 200).Select(i => world.Transaction(
                LedgerWorld.A,
                LedgerWorld.Site(LedgerWorld.A) with
                {
                    Location = LocationId.Parse($"{LedgerWorld.A}/{block}-{i}"),
                    Address = new string('x', 180),
                }))]);
        }

        StatePart[] parts = [.. StatePart.Of(world.State)];
        Assert.True(parts.Length > 1);
        Assert.All(parts, part => Assert.InRange(
            StatePart.Codec.Encode(part).Length, 1, LedgerLimits.SnapshotPartBytes * 2));
        Snapshots.AssertComesBack(world);
    }

    [Fact]
    public void A_missing_a_foreign_and_a_changed_row_are_found_by_the_root()
    {
        LedgerWorld world = Busy();
        StatePart whole = Assert.Single(StatePart.Of(world.State));
        AssertRefused(world, new StatePart(whole.Sections.RemoveAt(3)), "root");
        StateSection lanes = whole.Sections.Single(each => each.Table == "lane");
        StateRow lane = lanes.Rows[0];
        AssertRefused(
            world,
            new StatePart(whole.Sections.Replace(lanes, lanes with
            {
                Rows = lanes.Rows.SetItem(
                    0, lane with { Value = Lane.Codec.Encode(Lane.Unused.Use(4_000)) }),
            })),
            "root");
    }

    [Fact]
    public void Rows_out_of_order_rows_twice_unknown_tables_and_malformed_rows_are_refused()
    {
        LedgerWorld world = Busy();
        StateSection members = Assert.Single(StatePart.Of(world.State))
            .Sections.Single(each => each.Table == "member");
        AssertNotTaken(members with { Rows = [.. members.Rows.Reverse()] }, "order");
        AssertNotTaken(members with { Rows = [members.Rows[0], members.Rows[0]] }, "order");
        AssertNotTaken(members with { Table = "held" }, "not a proven table");
        AssertNotTaken(
            members with { Rows = [members.Rows[0] with { Value = [1] }] }, "member: value");
        AssertNotTaken(
            members with { Rows = [members.Rows[0] with { Key = [1] }] }, "member: key");

        void AssertNotTaken(StateSection section, string expected)
        {
            Assert.False(
                new StateLoader(world.State.Genesis).TryAdd(
                    new StatePart([section]), out string? why));
            Assert.Contains(expected, why, StringComparison.Ordinal);
        }
    }

    private static void AssertRefused(LedgerWorld world, StatePart part, string expected)
    {
        StateLoader loader = new(world.State.Genesis);
        Assert.True(loader.TryAdd(part, out _));
        Assert.False(
            loader.TryFinish(world.Blocks[^1].Seal, world.State.Tip, out _, out string? why));
        Assert.Contains(expected, why, StringComparison.Ordinal);
    }

    /// <summary>One trip is held, one is confirmed, one charges.</summary>
    private static LedgerWorld Busy()
    {
        LedgerWorld world = LedgerWorld.WithStations();
        EvseId evse = LedgerWorld.Evse(LedgerWorld.B);
        TripId charging = world.Confirm(LedgerWorld.A, LedgerWorld.Leg(evse, 0));
        world.Confirm(LedgerWorld.A, LedgerWorld.Leg(LedgerWorld.Evse(LedgerWorld.C), 4));
        Plug plug = Plug.Of(world, new LegId(charging, 1), evse, 0);
        world.AppendAt(plug.At(minutes: 2));
        plug.Begin();
        world.Hold(LedgerWorld.C, LedgerWorld.Leg(LedgerWorld.Evse(LedgerWorld.A), 5));
        return world;
    }
}
