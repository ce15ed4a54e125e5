using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Trips;

/// <summary>
/// Random histories of three companies that race for six EVSEs and eight windows. Every block is
/// made once and repeated once, and all invariants are checked after it.
/// </summary>
public class TripHistoryTests
{
    private static readonly Gen<Step> s_step = Gen.Frequency<Step>(
        (5, Gen.Select(
            Gen.Int[0, 2],
            Gen.Int[0, 2],
            Gen.Select(Gen.Int[0, 5], Gen.Int[0, 7]).Array[1, 3],
            (home, priority, legs) => (Step)new Step.Propose(home, priority, legs))),
        (6, Gen.Select(
            Gen.Int[0, 30],
            Gen.Int[0, 9],
            (pick, word) => (Step)new Step.Answer(pick, word))),
        (1, Gen.Select(
            Gen.Int[0, 5],
            Gen.Bool,
            (evse, offered) => (Step)new Step.Offer(evse, offered))),
        (3, Gen.Select(
            Gen.Int[0, 30],
            Gen.Int[0, 9],
            (pick, word) => (Step)new Step.Break(pick, word))),
        (1, Gen.Int[1, 40].Select(seconds => (Step)new Step.Wait(seconds))),
        (1, Gen.Const<Step>(new Step.WaitForDeadline())));

    [Fact]
    public void In_every_history_windows_never_overlap_and_trips_stand_all_or_none() =>
        s_step.Array[1, 6].Array[1, 25].Sample(
            blocks =>
            {
                LedgerWorld world = LedgerWorld.WithStations();
                foreach (Step[] steps in blocks)
                {
                    Timestamp time = TimeAfter(world.State, steps);
                    world.AppendAt(time, [.. steps.SelectMany(step => Transactions(world, step))]);
                }

                Assert.Equal(StateHashing.RootOf(world.State), world.State.StateRoot);
                AssertReplays(world);
                Snapshots.AssertComesBack(world);
            },
            iter: 60);

    private static void AssertReplays(LedgerWorld world)
    {
        LedgerState state = LedgerState.FromGenesis(world.State.Genesis);
        foreach (AppliedBlock block in world.Blocks)
        {
            Block decoded = Block.Codec.Decode(Block.Codec.Encode(block.Block));
            Assert.True(
                BlockExecution.TryApply(
                    state, decoded, LedgerWorld.Verify, out AppliedBlock? applied, out string? why),
                why);
            state = applied!.After;
        }

        Assert.Equal(world.State.StateRoot, state.StateRoot);
        Assert.Equal(world.State.Tip, state.Tip);
        Assert.Equal(world.State.Size, state.Size);
        Assert.Equal(world.State.NextDeadline, state.NextDeadline);
    }

    private static Timestamp TimeAfter(LedgerState state, Step[] steps)
    {
        Timestamp time = state.Time.Plus(TimeSpan.FromSeconds(1));
        foreach (Step step in steps)
        {
            if (step is Step.Wait wait)
            {
                time = time.Plus(TimeSpan.FromSeconds(wait.Seconds));
            }
            else if (step is Step.WaitForDeadline && state.NextDeadline is { } due && due > time)
            {
                time = due;
            }
        }

        return time;
    }

    private static IEnumerable<SignedTransaction> Transactions(LedgerWorld world, Step step)
    {
        switch (step)
        {
            case Step.Propose propose:
                LegRequest[] legs =
                    [.. propose.Legs.Select(leg => LedgerWorld.Leg(EvseOf(leg.Evse), leg.Slot))];
                yield return world.Transaction(
                    LedgerWorld.Companies[propose.Home],
                    LedgerWorld.Trip(legs) with { Priority = (PriorityClass)propose.Priority });
                break;
            case Step.Answer answer when !world.State.Trips.IsEmpty:
                Trip trip = world.State.Trips.Values.ElementAt(
                    answer.Pick % world.State.Trips.Count);
                foreach (Leg leg in trip.Legs)
                {
                    yield return world.Transaction(
                        answer.Word == 9 ? LedgerWorld.A : leg.Owner,
                        new AnswerLeg(
                            new LegId(trip.Id, leg.Number),
                            answer.Word == 0 ? RefusalReason.Occupied : null));
                }

                break;
            case Step.Break broken when !world.State.Trips.IsEmpty:
                trip = world.State.Trips.Values.ElementAt(broken.Pick % world.State.Trips.Count);
                Leg torn = trip.Legs[broken.Word % trip.Legs.Length];
                yield return world.Transaction(
                    broken.Word == 9 ? LedgerWorld.A : torn.Owner,
                    BreakLegTests.Break(
                        world, new LegId(trip.Id, torn.Number), broken.Word % 2 == 0));
                break;
            case Step.Offer offer:
                EvseId evse = EvseOf(offer.Evse);
                yield return world.Transaction(evse.Company, new SetEvseAvailability(
                    evse,
                    offer.Offered ? Availability.Available : Availability.OutOfOrder,
                    world.State.Time.Plus(TimeSpan.FromDays(2))));
                break;
            default:
                break;
        }
    }

    private static EvseId EvseOf(int number) =>
        LedgerWorld.Evse(LedgerWorld.Companies[number % 3], 1 + (number / 3));

    public abstract record Step
    {
        private Step()
        {
        }

        public sealed record Propose(int Home, int Priority, (int Evse, int Slot)[] Legs) : Step;

        public sealed record Answer(int Pick, int Word) : Step;

        public sealed record Break(int Pick, int Word) : Step;

        public sealed record Offer(int Evse, bool Offered) : Step;

        public sealed record Wait(int Seconds) : Step;

        public sealed record WaitForDeadline : Step;
    }
}
