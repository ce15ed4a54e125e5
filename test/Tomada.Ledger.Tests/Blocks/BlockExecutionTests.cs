using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Transparency;
using Xunit;

namespace Tomada.Ledger.Tests.Blocks;

public class BlockExecutionTests
{
    private static readonly EvseId s_b = LedgerWorld.Evse(LedgerWorld.B);

    private readonly LedgerWorld _world = LedgerWorld.WithStations();

    [Fact]
    public void A_block_s_seal_says_where_it_stands_and_what_it_holds()
    {
        LedgerState before = _world.State;
        AppliedBlock block = _world.Append(
            _world.Transaction(LedgerWorld.A, LedgerWorld.Trip(LedgerWorld.Leg(s_b, 2))));
        Seal seal = block.Seal;

        Assert.Equal(before.Height + 1, seal.Height);
        Assert.Equal(before.Tip, seal.Previous);
        Assert.Equal(before.Size, seal.FirstIndex);
        Assert.Equal(1, seal.Count);
        Assert.Equal(MerkleTree.LeafHash(block.Block.Entries[0]), seal.TransactionRoot);
        Assert.Equal(block.After.StateRoot, seal.StateRoot);
        Assert.Equal(block.After.GovernanceRoot, seal.GovernanceRoot);
        Assert.Equal(before.Size + 2, block.After.Size);
        Assert.Equal(block.Digest, block.After.Tip);
        Assert.Equal(Digest.Of(block.Block.Entries[^1]), block.Digest);
    }

    [Fact]
    public void The_first_block_follows_the_network_id()
    {
        LedgerWorld fresh = LedgerWorld.Empty();
        AppliedBlock first = fresh.Append();
        Assert.Equal(fresh.State.Network, first.Seal.Previous);
        Assert.Equal(1, first.Seal.Height);
    }

    [Fact]
    public void The_governance_root_stays_while_members_stay()
    {
        Digest root = _world.State.GovernanceRoot;
        _world.Append();
        Assert.Equal(root, _world.State.GovernanceRoot);
        Assert.NotEqual(Digest.Zero, root);
    }

    [Fact]
    public void Any_flipped_byte_is_refused()
    {
        _world.Hold(LedgerWorld.A, LedgerWorld.Leg(s_b, 2));
        LedgerState parent = _world.State;
        AppliedBlock block = BlockExecution.Build(
            parent,
            [
                _world.Transaction(LedgerWorld.A, LedgerWorld.Trip(LedgerWorld.Leg(s_b, 2))),
                _world.Transaction(LedgerWorld.C, LedgerWorld.Trip(LedgerWorld.Leg(s_b, 4))),
            ],
            parent.NextDeadline!.Value,
            LedgerWorld.A,
            [1, 2, 3],
            LedgerWorld.Verify);
        Assert.Equal(3, block.Entries.Length);
        Assert.True(Applies(parent, block.Block));

        for (int entry = 0; entry < block.Block.Entries.Length; entry++)
        {
            for (int at = 0; at < block.Block.Entries[entry].Length; at++)
            {
                byte[] changed = [.. block.Block.Entries[entry]];
                changed[at] ^= 1;
                Block other = new(block.Block.Entries.SetItem(entry, changed));

                // The proposer chooses the seal's time and certificate: another block then.
                Assert.True(
                    !Applies(parent, other) || (entry == 3 && IsOtherChoice(other, block)),
                    $"byte {at} of entry {entry}");
            }
        }
    }

    [Fact]
    public void Another_order_another_outcome_or_a_left_out_expiry_is_refused()
    {
        _world.Hold(LedgerWorld.A, LedgerWorld.Leg(s_b, 2));
        LedgerState parent = _world.State;
        ImmutableArray<byte[]> entries = BlockExecution.Build(
            parent,
            [
                _world.Transaction(LedgerWorld.A, LedgerWorld.Trip(LedgerWorld.Leg(s_b, 2))),
                _world.Transaction(LedgerWorld.C, LedgerWorld.Trip(LedgerWorld.Leg(s_b, 2))),
            ],
            parent.NextDeadline!.Value,
            LedgerWorld.A,
            [1],
            LedgerWorld.Verify).Block.Entries;
        TransactionEntry last = (TransactionEntry)Entry.Codec.Decode(entries[2]);
        byte[] applied = Entry.Codec.Encode(last with { Outcome = Outcome.Applied });

        AssertRefused(parent, [entries[0], entries[2], entries[1], entries[3]]);
        AssertRefused(parent, [entries[1], entries[0], entries[2], entries[3]]);
        AssertRefused(parent, [entries[1], entries[2], entries[3]]);
        AssertRefused(parent, [entries[0], entries[1], applied, entries[3]]);
        AssertRefused(parent, [entries[0], entries[1], entries[1], entries[2], entries[3]]);
        AssertRefused(parent, [entries[0], entries[1], entries[2]]);
        AssertRefused(parent, [entries[0], entries[3], entries[1], entries[2], entries[3]]);
    }

    [Fact]
    public void A_block_on_another_parent_or_not_after_its_parent_s_time_is_refused()
    {
        LedgerState parent = _world.State;
        AppliedBlock block = _world.Append();
        Assert.False(Applies(_world.State, block.Block));

        Seal early = block.Seal with { Time = parent.Time };
        Assert.False(Applies(parent, new Block([Entry.Codec.Encode(early)])));
        Seal stranger = block.Seal with { Proposer = CompanyId.Parse("br-zzz") };
        Assert.False(Applies(parent, new Block([Entry.Codec.Encode(stranger)])));
    }

    [Fact]
    public void A_block_so_late_that_its_deadlines_could_not_be_written_is_refused()
    {
        Seal seal = _world.Append().Seal with
        {
            Height = _world.State.Height + 1,
            Time = LedgerLimits.BlockTimeMax.Plus(TimeSpan.FromMilliseconds(1)),
        };
        Assert.False(BlockExecution.TryApply(
            _world.State,
            new Block([Entry.Codec.Encode(seal)]),
            LedgerWorld.Verify,
            out _,
            out string? why));
        Assert.EndsWith($"is after {LedgerLimits.BlockTimeMax}", why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_transaction_changes_nothing_but_its_lane()
    {
        _world.Hold(LedgerWorld.A, LedgerWorld.Leg(s_b, 2));
        LedgerState parent = _world.State;
        SignedTransaction refused = _world.Transaction(
            LedgerWorld.C,
            LedgerWorld.Trip(
                LedgerWorld.Leg(LedgerWorld.Evse(LedgerWorld.A), 0), LedgerWorld.Leg(s_b, 2)));
        AppliedBlock with = Build(parent, refused);
        AppliedBlock without = Build(parent);

        Assert.False(((TransactionEntry)with.Entries[0]).Outcome.IsApplied);
        foreach (Table table in Tables.All.Where(table => table != Tables.Lanes))
        {
            Assert.Same(parent.Rows[table.Index], with.After.Rows[table.Index]);
        }

        LaneId lane = new(LedgerWorld.C, 0);
        StateChange change = new(
            Tables.Lanes.PathOf(lane), Digest.Of(Lane.Codec.Encode(with.After.Lanes[lane])));
        Assert.Equal(without.After.Tree.Apply([change]).Root, with.After.StateRoot);
    }

    [Fact]
    public void Every_row_of_the_state_can_be_proven_and_so_can_its_absence()
    {
        TripId id = _world.Confirm(LedgerWorld.A, LedgerWorld.Leg(s_b, 2));
        LedgerState state = _world.State;
        Digest trip = Digest.Of(Trip.Codec.Encode(state.Trips[id]));
        Assert.True(state.Prove(Tables.Trips, id)
            .Verify(state.StateRoot, Tables.Trips.PathOf(id), trip));

        EvseId free = LedgerWorld.Evse(LedgerWorld.C);
        Assert.True(state.Prove(Tables.Calendar, free)
            .Verify(state.StateRoot, Tables.Calendar.PathOf(free), null));
    }

    [Fact]
    public void The_state_tree_holds_exactly_the_rows()
    {
        _world.Confirm(LedgerWorld.A, LedgerWorld.Leg(s_b, 2));
        _world.Hold(LedgerWorld.B, LedgerWorld.Leg(s_b, 4));
        Assert.Equal(StateHashing.RootOf(_world.State), _world.State.StateRoot);
    }

    [Fact]
    public void A_block_takes_as_many_transactions_as_fit_and_the_rest_waits()
    {
        SignedTransaction[] many =
        [
            .. Enumerable.Range(0, LedgerLimits.BlockTransactionsMax + 1).Select(i =>
                _world.Transaction(
                    LedgerWorld.A, LedgerWorld.Site(LedgerWorld.A), 1 + (i % 100), 1 + (i / 100))),
        ];
        AppliedBlock block = Build(_world.State, many);
        Assert.Equal(LedgerLimits.BlockTransactionsMax, block.Entries.Length);
    }

    private static AppliedBlock Build(
        LedgerState parent, params SignedTransaction[] transactions) =>
        BlockExecution.Build(
            parent,
            transactions,
            parent.Time.Plus(TimeSpan.FromSeconds(1)),
            LedgerWorld.A,
            [1],
            LedgerWorld.Verify);

    private static bool Applies(LedgerState parent, Block block) =>
        BlockExecution.TryApply(parent, block, LedgerWorld.Verify, out _, out _);

    private static void AssertRefused(LedgerState parent, ImmutableArray<byte[]> entries)
    {
        Assert.False(BlockExecution.TryApply(
            parent,
            new Block(entries),
            LedgerWorld.Verify,
            out AppliedBlock? applied,
            out string? why));
        Assert.Null(applied);
        Assert.NotNull(why);
    }

    private static bool IsOtherChoice(Block other, AppliedBlock block)
    {
        Seal seal = (Seal)Entry.Codec.Decode(other.Entries[^1]);
        Seal same = seal with { Time = block.Seal.Time, Certificate = block.Seal.Certificate };
        return same == block.Seal && other.Digest != block.Digest;
    }
}
