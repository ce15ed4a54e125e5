using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Cluster;
using Tomada.Simulation.Consensus;
using Xunit;

namespace Tomada.Replication.Tests;

public class LedgerValuesTests
{
    private readonly Timestamp _now = new(ClusterCompanies.Epoch.UnixMs + 10_000);
    private readonly LedgerState _genesis = LedgerState.FromGenesis(Companies.One);

    [Fact]
    public void A_made_value_is_valid_for_its_maker_and_for_others()
    {
        PendingQueue pending = new();
        pending.Add(Companies.Transaction(Companies.One, Companies.A, 1));
        LedgerValues maker = Values(pending);
        byte[] made = maker.Make(new MakeRequest(1, 0, null, 0, _now))!;

        foreach (LedgerValues each in new[] { maker, Values(new PendingQueue()) })
        {
            ValueCheck.CheckedValue value =
                Assert.IsType<LedgerValue>(each.Check(made, _now, fresh: true));
            Assert.Equal(each.DigestOf(made), value.Digest);
            Assert.Equal((1, Companies.A), (value.Height, value.Proposer));
        }
    }

    [Fact]
    public void Nothing_is_made_when_nothing_may_enter()
    {
        PendingQueue pending = new();
        pending.Add(Companies.Transaction(Companies.One, Companies.A, 1, validForMs: 1));

        Assert.Null(Values(pending).Make(new MakeRequest(1, 0, null, 0, _now)));
    }

    [Fact]
    public void However_many_ballots_failed_one_transaction_is_still_proposed()
    {
        PendingQueue pending = new();
        for (int i = 1; i <= 3; i++)
        {
            pending.Add(Companies.Transaction(Companies.One, Companies.A, i));
        }

        byte[] made = Values(pending).Make(new MakeRequest(1, 40, null, 40, _now))!;

        Assert.Equal(2, Block.Codec.Decode(made).Entries.Length);
    }

    [Theory]
    [InlineData(ReplicationLimits.ClockToleranceMs, true)]
    [InlineData(ReplicationLimits.ClockToleranceMs + 1, false)]
    [InlineData(-ReplicationLimits.ClockToleranceMs, true)]
    [InlineData(-ReplicationLimits.ClockToleranceMs - 1, false)]
    public void A_fresh_value_is_near_the_clock_and_a_certified_one_need_not_be(
        long offMs, bool accepted)
    {
        byte[] made = MadeAt(_now);
        Timestamp clock = new(_now.UnixMs - offMs);

        ValueCheck fresh = Values(new PendingQueue()).Check(made, clock, fresh: true);

        Assert.Equal(accepted, fresh is LedgerValue);
        Assert.True(accepted || fresh is ValueCheck.Refused { Reason: "block.time" });
        Assert.IsType<LedgerValue>(Values(new PendingQueue()).Check(made, clock, fresh: false));
    }

    [Fact]
    public void A_fresh_value_of_a_wrong_time_costs_no_execution()
    {
        PendingQueue pending = new();
        pending.Add(Companies.Transaction(Companies.One, Companies.A, 1));
        byte[] made = Values(pending).Make(new MakeRequest(1, 0, null, 0, _now))!;
        int checks = 0;
        LedgerValues other = new(new PendingQueue(), Companies.A, (key, message, signature) =>
        {
            checks++;
            return StandInSignatures.Verify(key, message, signature);
        });
        other.MoveTo(_genesis, null);

        other.Check(made, new Timestamp(_now.UnixMs + 60_000), fresh: true);
        Assert.Equal(0, checks);
        other.Check(made, _now, fresh: true);
        Assert.NotEqual(0, checks);
    }

    [Fact]
    public void A_clock_behind_the_parent_leaves_one_millisecond_after_it()
    {
        byte[] made = MadeAt(new Timestamp(_genesis.Time.UnixMs + 1));
        Timestamp behind = new(_genesis.Time.UnixMs - 60_000);

        Assert.IsType<LedgerValue>(Values(new PendingQueue()).Check(made, behind, fresh: true));
    }

    [Fact]
    public void An_empty_block_is_refused()
    {
        AppliedBlock empty = BlockExecution.Build(
            _genesis, [], _now, Companies.A, null, StandInSignatures.Verify);

        Assert.Equal(
            new ValueCheck.Refused("block.empty"),
            Values(new PendingQueue()).Check(
                Block.Codec.Encode(empty.Block), _now, fresh: true));
    }

    [Fact]
    public void A_block_needs_the_certificate_of_its_very_parent()
    {
        SmallNetwork network = new(Companies.One);
        network.Submit(Companies.A, Companies.Transaction(Companies.One, Companies.A, 1));
        AppendedBlock first = Assert.Single(network.BlocksOf(Companies.A));
        LedgerState tip = first.Applied.After;
        Certificate right = first.Proof.Certificate;
        Certificate forged = right with
        {
            Seals = [right.Seals[0] with { Signature = new byte[Signing.SignatureSize] }],
        };
        byte[]?[] wrong =
        [
            null,
            [1, 2, 3],
            Certificate.Codec.Encode(right with { Height = 2 }),
            Certificate.Codec.Encode(right with { Digest = Digest.Of([1]) }),
            Certificate.Codec.Encode(forged),
        ];

        Assert.IsType<LedgerValue>(Check(Certificate.Codec.Encode(right)));
        Assert.All(wrong, certificate => Assert.Equal(
            new ValueCheck.Refused("block.parent-certificate"), Check(certificate)));

        ValueCheck Check(byte[]? certificate)
        {
            LedgerValues values = new(
                new PendingQueue(), Companies.A, StandInSignatures.Verify);
            values.MoveTo(tip, MembersOf(tip));
            AppliedBlock next = BlockExecution.Build(
                tip, [Companies.Transaction(Companies.One, Companies.A, 2)],
                new Timestamp(tip.Time.UnixMs + 1), Companies.A, certificate,
                StandInSignatures.Verify);
            return values.Check(Block.Codec.Encode(next.Block), _now, fresh: false);
        }
    }

    [Fact]
    public void A_value_with_any_byte_changed_is_another_value_or_none()
    {
        byte[] made = MadeAt(_now);
        LedgerValues values = Values(new PendingQueue());
        Digest original = values.DigestOf(made)!.Value;
        for (int i = 0; i < made.Length; i++)
        {
            Assert.NotEqual(original, values.DigestOf(Flipped(made, i)));
        }
    }

    [Fact]
    public void An_entry_with_any_byte_changed_makes_the_block_malformed()
    {
        byte[] made = MadeAt(_now);
        byte[] entry = Block.Codec.Decode(made).Entries[0];
        int from = made.AsSpan().IndexOf(entry);
        LedgerValues values = Values(new PendingQueue());
        for (int i = from; i < from + entry.Length; i++)
        {
            Assert.Equal(
                new ValueCheck.Refused("block.malformed"),
                values.Check(Flipped(made, i), _now, fresh: true));
        }
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        byte[] flipped = [.. bytes];
        flipped[at] ^= 1;
        return flipped;
    }

    private byte[] MadeAt(Timestamp time) => Block.Codec.Encode(BlockExecution.Build(
        _genesis, [Companies.Transaction(Companies.One, Companies.A, 1)], time, Companies.A, null,
        StandInSignatures.Verify).Block);

    private LedgerValues Values(PendingQueue pending)
    {
        LedgerValues values = new(pending, Companies.A, StandInSignatures.Verify);
        values.MoveTo(_genesis, null);
        return values;
    }

    private static MemberSet MembersOf(LedgerState state) => new(
        state.Members.Values.Select(each => new Member(each.Company, each.VotingKey)),
        state.GovernanceRoot);
}
