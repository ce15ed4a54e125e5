using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Founding;

public sealed class FoundingMachineTests
{
    private static readonly Timestamp s_now = new(1_800_000_000_000);

    private static SignedMember Member(int key, string company)
    {
        byte[] identity = new byte[32];
        identity[0] = (byte)key;
        MemberRecord member = new(
            CompanyId.Parse(company), company, new PublicKey(identity),
            new PublicKey(Digest.Of(identity)), Digest.Of([1]));
        return new SignedMember(
            member, FoundingSimulation.Sign(member.IdentityKey, member.SignedMessage()));
    }

    private static FoundingMachine Machine(
        SignedMember self, int founders, FoundingRecord? record = null, Rules? rules = null) => new(
        new FoundingPlan("nordeste", founders, rules ?? Rules.Default, Simulated: false),
        self,
        message => FoundingSimulation.Sign(self.Member.IdentityKey, message),
        FoundingSimulation.Verify,
        record ?? FoundingRecord.Empty,
        s_now);

    private static FoundingMessage[] Sent(IEnumerable<FoundingEffect> effects) =>
        [.. effects.OfType<FoundingEffect.Send>().Select(send => send.Message)];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(6, 3)]
    [InlineData(5, 4)]
    public void Nobody_founds_twice_under_any_fault_and_all_know_their_network_when_faults_end(
        int candidates, int founders)
    {
        for (int seed = 0; seed < 150; seed++)
        {
            FoundingSimulation simulation = new(seed, candidates, founders);
            simulation.Run(1 + (seed * 7 % 600), faults: true);
            bool founded = simulation.RunUntilFounded(400);
            string statuses = string.Join("; ", simulation.Statuses);
            Assert.True(
                founded, $"seed {seed}, {candidates} candidates, {founders} founders: {statuses}");
            // Cut off from each other, two sets of candidates may found a network each; never a
            // common one.
            CompanyId[] founderOf = [.. simulation.Founded.Values
                .SelectMany(draft => draft.Founders).Select(founder => founder.Member.Company)];
            Assert.True(
                founderOf.Distinct().Count() == founderOf.Length, $"seed {seed}: one founds twice");
        }
    }

    [Fact]
    public void The_record_is_persisted_before_the_signature_leaves()
    {
        FoundingMachine low = Machine(Member(1, "br-aaa"), 2);
        low.Step(new FoundingInput.CandidateUp(Member(2, "br-bbb")));
        var effects = low.Step(new FoundingInput.Tick(s_now));
        Assert.IsType<FoundingEffect.Persist>(effects[0]);
        Assert.IsType<FoundingEffect.Send>(effects[1]);
    }

    [Fact]
    public void The_lowest_key_proposes_and_nobody_else()
    {
        FoundingMachine high = Machine(Member(2, "br-aaa"), 2);
        high.Step(new FoundingInput.CandidateUp(Member(1, "br-bbb")));
        Assert.IsType<FoundingAsked>(Assert.Single(Sent(high.Step(new FoundingInput.Tick(s_now)))));
    }

    [Fact]
    public void A_draft_with_other_rules_or_a_time_far_ahead_or_a_stranger_is_not_signed()
    {
        SignedMember low = Member(1, "br-aaa");
        SignedMember high = Member(2, "br-bbb");
        SignedMember stranger = Member(3, "br-ccc");
        GenesisDraft good = new("nordeste", [low, high], Rules.Default, s_now, false);
        Assert.NotNull(After(good));
        Assert.Null(After(good with { Rules = Rules.Default with { LeadMs = 1 } }));
        Assert.Null(After(good with { Time = s_now.Plus(TimeSpan.FromMinutes(5)) }));
        Assert.Null(After(good with { Founders = [low, stranger] }));
        Assert.Null(After(good with { Founders = [high, low] }));
        Assert.Null(After(good with { Name = "other" }));
        Assert.Null(After(good with { Simulated = true }));

        GenesisDraft? After(GenesisDraft draft)
        {
            FoundingMachine machine = Machine(high, 2);
            machine.Step(new FoundingInput.CandidateUp(low));
            byte[] signature =
                FoundingSimulation.Sign(low.Member.IdentityKey, draft.SignedMessage());
            var effects = machine.Step(new FoundingInput.Received(
                low.Member.Company, new DraftSigned(draft, low.Member.Company, signature)));
            return machine.Record.Bound
                ?? effects.OfType<FoundingEffect.Founded>().SingleOrDefault()?.Genesis.Draft;
        }
    }

    [Fact]
    public void A_draft_is_given_up_only_when_every_founder_has_abandoned_it()
    {
        SignedMember[] all = [Member(1, "br-aaa"), Member(2, "br-bbb"), Member(3, "br-ccc")];
        FoundingMachine machine = Machine(all[0], 3);
        machine.Step(new FoundingInput.CandidateUp(all[1]));
        machine.Step(new FoundingInput.CandidateUp(all[2]));
        machine.Step(new FoundingInput.Tick(s_now));
        Digest draft = machine.Record.Bound!.NetworkId;

        machine.Step(AbandonBy(all[1]));
        FoundingStatus.GivingUp givingUp = Assert.IsType<FoundingStatus.GivingUp>(machine.Status);
        Assert.Equal([all[2].Member.Company], givingUp.Missing);
        Assert.NotNull(machine.Record.Bound);

        machine.Step(AbandonBy(all[2]));
        Assert.Null(machine.Record.Bound);
        Assert.Contains(draft, machine.Record.Abandoned);

        FoundingInput AbandonBy(SignedMember who) => new FoundingInput.Received(
            who.Member.Company,
            new DraftAbandoned(
                draft,
                who.Member.Company,
                FoundingSimulation.Sign(
                    who.Member.IdentityKey, DraftAbandoned.SignedMessage(draft)),
                Asks: false));
    }

    [Fact]
    public void A_forged_abandonment_changes_nothing()
    {
        SignedMember low = Member(1, "br-aaa");
        SignedMember high = Member(2, "br-bbb");
        FoundingMachine machine = Machine(low, 2);
        machine.Step(new FoundingInput.CandidateUp(high));
        machine.Step(new FoundingInput.Tick(s_now));
        Digest draft = machine.Record.Bound!.NetworkId;
        machine.Step(new FoundingInput.Received(
            high.Member.Company, new DraftAbandoned(
                draft, high.Member.Company, new byte[64], Asks: true)));
        Assert.IsType<FoundingStatus.Signing>(machine.Status);
        Assert.Empty(machine.Record.Abandoned);
    }

    [Fact]
    public void The_operator_can_give_up_a_draft_whose_founders_are_gone()
    {
        FoundingMachine machine = Machine(Member(1, "br-aaa"), 2);
        machine.Step(new FoundingInput.CandidateUp(Member(2, "br-bbb")));
        machine.Step(new FoundingInput.Tick(s_now));
        machine.Step(new FoundingInput.CandidateDown(CompanyId.Parse("br-bbb")));
        machine.Step(new FoundingInput.OperatorAbandons());
        Assert.IsType<FoundingStatus.Waiting>(machine.Status);
    }

    [Fact]
    public void Who_hears_a_founded_network_of_that_name_never_founds_and_is_told_to_join()
    {
        SignedMember alone = Member(5, "br-aaa");
        FoundingMachine founder = Machine(alone, 1);
        founder.Step(new FoundingInput.Tick(s_now));
        GenesisHeld held = founder.Record.Held!;

        FoundingMachine late = Machine(Member(1, "br-bbb"), 1);
        late.Step(new FoundingInput.CandidateUp(alone));
        late.Step(new FoundingInput.Received(alone.Member.Company, held));
        late.Step(new FoundingInput.Tick(s_now));
        Assert.Equal(new FoundingStatus.MustJoin(held.Genesis.NetworkId), late.Status);
        Assert.Null(late.Record.Held);
    }

    [Fact]
    public void Who_was_invited_takes_over_the_genesis_of_that_network_and_of_no_other()
    {
        SignedMember alone = Member(2, "br-aaa");
        FoundingMachine founder = Machine(alone, 1);
        founder.Step(new FoundingInput.Tick(s_now));
        GenesisHeld held = founder.Record.Held!;
        FoundingInput shown = new FoundingInput.Received(alone.Member.Company, held);

        FoundingMachine late = Machine(Member(1, "br-bbb"), 1);
        late.Step(new FoundingInput.CandidateUp(alone));
        late.Step(new FoundingInput.OperatorJoins(Digest.Of([1])));
        late.Step(shown);
        Assert.IsType<FoundingStatus.MustJoin>(late.Status);

        late.Step(new FoundingInput.OperatorJoins(held.Genesis.NetworkId));
        FoundingEffect.Founded founded =
            Assert.Single(late.Step(shown).OfType<FoundingEffect.Founded>());
        Assert.Equal(held.Genesis.NetworkId, founded.Genesis.NetworkId);
        Assert.IsType<FoundingStatus.Done>(late.Status);
    }

    [Fact]
    public void Every_message_and_input_is_handled()
    {
        Type[] inputs = [.. typeof(FoundingInput).GetNestedTypes()];
        FoundingMachine machine = Machine(Member(1, "br-aaa"), 2);
        machine.Step(new FoundingInput.CandidateUp(Member(2, "br-bbb")));
        CompanyId from = CompanyId.Parse("br-bbb");
        GenesisDraft draft = new("nordeste", [Member(2, "br-bbb")], Rules.Default, s_now, false);
        FoundingMessage[] messages =
        [
            new DraftSigned(draft, from, new byte[64]),
            new DraftAbandoned(Digest.Of([1]), from, new byte[64], true),
            new GenesisHeld(new Genesis(draft, [new byte[64]]), from, new byte[64]),
            new FoundingBusy(Digest.Of([1])),
            new FoundingAsked(),
        ];
        Assert.Equal(FoundingMessage.Types.Order(ByName),
            messages.Select(each => each.GetType()).Order(ByName));
        foreach (FoundingMessage message in messages)
        {
            machine.Step(new FoundingInput.Received(from, message));
        }

        FoundingInput[] handled =
        [
            new FoundingInput.CandidateUp(Member(2, "br-bbb")),
            new FoundingInput.CandidateDown(from),
            new FoundingInput.Received(from, messages[0]),
            new FoundingInput.Tick(s_now),
            new FoundingInput.OperatorAbandons(),
            new FoundingInput.OperatorJoins(Digest.Of([1])),
        ];
        Assert.Equal(inputs.Length, handled.Length);
        Assert.All(handled, input => machine.Step(input));
    }

    private static Comparer<Type> ByName { get; } =
        Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name));
}
