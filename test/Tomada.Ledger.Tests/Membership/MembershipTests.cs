using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Membership;

public class MembershipTests
{
    private static readonly CompanyId s_d = CompanyId.Parse("br-ddd");
    private static readonly MemberChange s_admit =
        new MemberChange.Admit(LedgerWorld.Newcomer(s_d));

    private readonly LedgerWorld _world;

    public MembershipTests()
        : this(LedgerWorld.Empty())
    {
    }

    private MembershipTests(LedgerWorld world) => _world = world;

    [Fact]
    public void A_company_joins_when_a_quorum_wants_it_and_all_are_ready()
    {
        Approve(s_admit, LedgerWorld.A, LedgerWorld.B);
        Assert.DoesNotContain(s_d, _world.State.Members.Keys);

        SayReady(s_admit, LedgerWorld.A, LedgerWorld.B, LedgerWorld.C);
        Assert.DoesNotContain(s_d, _world.State.Members.Keys);

        SayReady(s_admit, s_d);
        Assert.Contains(s_d, _world.State.Members.Keys);
        Assert.Empty(_world.State.Proposals);
        Assert.Equal(Governance.Of(_world.State.Members).Root(), _world.State.GovernanceRoot);

        // Its first transaction is one like any other's.
        Assert.True(_world.Submit(s_d, LedgerWorld.Site(s_d)).Outcome.IsApplied);
    }

    [Fact]
    public void Equal_words_are_one_change_and_saying_them_is_a_vote()
    {
        Assert.IsType<MemberProposed>(
            Assert.Single(_world.Submit(LedgerWorld.A, new ProposeMember(s_admit)).Effects));
        Assert.IsType<MemberApproved>(
            Assert.Single(_world.Submit(LedgerWorld.B, new ProposeMember(s_admit)).Effects));
        Assert.Equal(
            [LedgerWorld.A, LedgerWorld.B], Assert.Single(_world.State.Proposals).Value.Votes);
    }

    [Fact]
    public void With_one_of_three_down_nobody_is_added()
    {
        Approve(s_admit, LedgerWorld.A, LedgerWorld.B);
        SayReady(s_admit, LedgerWorld.A, LedgerWorld.B, s_d);

        Readiness readiness = MemberChanges.ReadinessOf(
            _world.State.Members, _world.State.Proposals[s_admit.Id], _world.State.Clock.Ledger);
        Assert.Equal([LedgerWorld.C], readiness.Awaited);
        Assert.Equal(4, readiness.Needed);
        Assert.Equal(3, _world.State.Members.Count);
    }

    [Fact]
    public void With_one_of_three_down_the_dead_one_can_be_replaced()
    {
        MemberChange replace = new MemberChange.Replace(
            LedgerWorld.C, LedgerWorld.Newcomer(s_d), "its machine burnt");
        Approve(replace, LedgerWorld.A, LedgerWorld.B);
        SayReady(replace, LedgerWorld.A, LedgerWorld.B, s_d);

        Assert.Equal([LedgerWorld.A, LedgerWorld.B, s_d], _world.State.Members.Keys);
        Assert.Equal(PartyStatus.Replaced, _world.State.Parties[LedgerWorld.C].Status);
    }

    [Fact]
    public void With_one_of_three_down_the_dead_one_can_be_removed()
    {
        MemberChange remove = new MemberChange.Remove(LedgerWorld.C, "silent for a week");
        Approve(remove, LedgerWorld.A, LedgerWorld.B);
        SayReady(remove, LedgerWorld.A, LedgerWorld.B);
        Assert.Equal([LedgerWorld.A, LedgerWorld.B], _world.State.Members.Keys);
        Assert.Equal(PartyStatus.Removed, _world.State.Parties[LedgerWorld.C].Status);
    }

    [Fact]
    public void A_member_leaves_by_its_own_will_when_the_others_are_ready()
    {
        _world.Submit(LedgerWorld.C, new Leave());
        MemberChange leave = new MemberChange.Depart(LedgerWorld.C);
        SayReady(leave, LedgerWorld.A);
        Assert.Equal(3, _world.State.Members.Count);
        SayReady(leave, LedgerWorld.B);
        Assert.Equal(2, _world.State.Members.Count);
        Assert.Equal(PartyStatus.Left, _world.State.Parties[LedgerWorld.C].Status);
    }

    [Fact]
    public void The_last_member_cannot_go()
    {
        Remove(LedgerWorld.C);
        _world.Submit(LedgerWorld.B, new Leave());
        SayReady(new MemberChange.Depart(LedgerWorld.B), LedgerWorld.A);
        Assert.Equal([LedgerWorld.A], _world.State.Members.Keys);
        Assert.Equal(
            OutcomeCode.OutOfRules, _world.Submit(LedgerWorld.A, new Leave()).Outcome.Code);
    }

    [Fact]
    public void A_suspended_member_comes_back_by_vote_and_only_with_its_identity()
    {
        MemberChange suspend = new MemberChange.Suspend(LedgerWorld.C, "under inquiry");
        Approve(suspend, LedgerWorld.A, LedgerWorld.B);
        SayReady(suspend, LedgerWorld.A, LedgerWorld.B);
        Assert.Equal(PartyStatus.Suspended, _world.State.Parties[LedgerWorld.C].Status);

        MemberRecord other = LedgerWorld.Newcomer(s_d).Member with { Company = LedgerWorld.C };
        SignedMember stolen = new(
            other, LedgerWorld.Sign(LedgerWorld.KeyOf(s_d), other.SignedMessage()));
        Assert.Equal(
            OutcomeCode.OutOfRules,
            _world.Submit(
                LedgerWorld.A, new ProposeMember(new MemberChange.Admit(stolen))).Outcome.Code);

        MemberChange back = new MemberChange.Admit(LedgerWorld.Newcomer(LedgerWorld.C));
        Approve(back, LedgerWorld.A, LedgerWorld.B);
        SayReady(back, LedgerWorld.A, LedgerWorld.B, LedgerWorld.C);
        Assert.Equal(3, _world.State.Members.Count);
        Assert.Empty(_world.State.Parties);
    }

    [Fact]
    public void Votes_of_who_is_no_member_any_more_do_not_count()
    {
        _world.Submit(LedgerWorld.C, new ProposeMember(s_admit));
        Remove(LedgerWorld.C);
        _world.Submit(LedgerWorld.A, new VoteMember(s_admit.Id, true));
        MemberProposal proposal = _world.State.Proposals[s_admit.Id];
        Assert.False(MemberChanges.IsApproved(_world.State.Members, proposal));
        Assert.Equal([LedgerWorld.A], MemberChanges.VotesOf(_world.State.Members, proposal));
    }

    [Fact]
    public void A_proposal_ends_after_seven_days_with_its_votes()
    {
        Approve(s_admit, LedgerWorld.A, LedgerWorld.B);
        Timestamp at = _world.State.Proposals[s_admit.Id].ProposedAt;
        AppliedBlock block = _world.AppendAt(at.Plus(TimeSpan.FromDays(7)));
        RuleEntry entry = Assert.IsType<RuleEntry>(Assert.Single(block.Entries));
        Assert.Equal(
            new MemberProposalEnded(s_admit.Id, ProposalEnd.Expired), Assert.Single(entry.Effects));
        Assert.Empty(_world.State.Proposals);
    }

    [Fact]
    public void A_proposal_whose_votes_are_all_taken_back_ends()
    {
        _world.Submit(LedgerWorld.A, new ProposeMember(s_admit));
        TransactionEntry back =
            _world.Submit(LedgerWorld.A, new VoteMember(s_admit.Id, false));
        Assert.Equal(
            new MemberProposalEnded(s_admit.Id, ProposalEnd.Withdrawn),
            Assert.Single(back.Effects));
    }

    [Fact]
    public void One_change_takes_effect_in_a_block_and_the_next_in_the_block_after()
    {
        _world.Append(
            _world.Transaction(LedgerWorld.A, Voting(LedgerWorld.A, "new a")),
            _world.Transaction(LedgerWorld.B, Voting(LedgerWorld.B, "new b")));
        Assert.Single(_world.State.MemberHistory);
        Assert.Single(_world.State.Proposals);

        // Its turn alone makes a block, in which nothing else happens.
        Assert.NotNull(_world.State.NextDeadline);
        _world.AppendAt(_world.State.NextDeadline!.Value);
        Assert.Equal(2, _world.State.MemberHistory.Count);
        Assert.Empty(_world.State.Proposals);
        Assert.Equal(LedgerWorld.Key("new a"), _world.State.Members[LedgerWorld.A].VotingKey);
        Assert.Equal(LedgerWorld.Key("new b"), _world.State.Members[LedgerWorld.B].VotingKey);
    }

    [Fact]
    public void A_voting_key_is_in_force_after_its_block_and_never_twice()
    {
        TransactionEntry entry = _world.Submit(LedgerWorld.A, Voting(LedgerWorld.A, "new a"));
        Assert.True(entry.Outcome.IsApplied);
        Assert.Equal(LedgerWorld.Key("new a"), _world.State.Members[LedgerWorld.A].VotingKey);
        foreach (string used in new[] { "voting br-aaa", "new a", "voting br-bbb" })
        {
            Assert.Equal(
                OutcomeCode.OutOfRules,
                _world.Submit(LedgerWorld.A, Voting(LedgerWorld.A, used)).Outcome.Code);
        }
    }

    [Fact]
    public void A_key_that_did_not_sign_for_its_company_is_refused() => Assert.Equal(
        OutcomeCode.OutOfRules,
        _world.Submit(LedgerWorld.A, Voting(LedgerWorld.B, "new a")).Outcome.Code);

    [Fact]
    public void A_rotated_identity_signs_from_the_next_block_on_and_the_old_one_no_more()
    {
        PublicKey fresh = LedgerWorld.Key("new identity");
        SignedTransaction late = _world.Transaction(LedgerWorld.A, LedgerWorld.Site(LedgerWorld.A));
        _world.Submit(LedgerWorld.A, new RotateKey(new KeyChange.IdentityKey(
            fresh,
            LedgerWorld.Sign(
                fresh,
                KeyChange.SignedMessage(_world.State.Network, LedgerWorld.A, fresh)))));
        Assert.Equal(fresh, _world.State.Members[LedgerWorld.A].IdentityKey);
        Assert.NotNull(Admission.Refuse(
            _world.State, late, _world.State.Time.Plus(TimeSpan.FromSeconds(1)),
            LedgerWorld.Verify));
        Assert.True(
            _world.Submit(LedgerWorld.A, LedgerWorld.Site(LedgerWorld.A)).Outcome.IsApplied);
    }

    [Fact]
    public void A_tls_key_rotates_alone()
    {
        Digest hash = Digest.Of([9]);
        _world.Submit(LedgerWorld.A, new RotateKey(new KeyChange.TlsKey(hash)));
        Assert.Equal(hash, _world.State.Members[LedgerWorld.A].TlsKeyHash);
    }

    [Fact]
    public void Ready_counts_for_sixty_seconds()
    {
        Approve(s_admit, LedgerWorld.A, LedgerWorld.B);
        SayReady(s_admit, LedgerWorld.A, LedgerWorld.B, LedgerWorld.C);
        Timestamp late = _world.State.Time.Plus(TimeSpan.FromSeconds(61));
        _world.AppendAt(late, _world.Transaction(s_d, ReadyFor(s_admit)));
        Assert.Equal(3, _world.State.Members.Count);
        SayReady(s_admit, LedgerWorld.A, LedgerWorld.B, LedgerWorld.C);
        Assert.Equal(4, _world.State.Members.Count);
    }

    [Fact]
    public void Ready_names_a_tip_that_is_near_the_newest()
    {
        Approve(s_admit, LedgerWorld.A, LedgerWorld.B);
        Ready old = ReadyFor(s_admit);
        _world.AppendAt(
            _world.State.Time.Plus(TimeSpan.FromSeconds(31)),
            _world.Transaction(LedgerWorld.A, LedgerWorld.Site(LedgerWorld.A)));
        Assert.Equal(OutcomeCode.OutOfRules, _world.Submit(s_d, old).Outcome.Code);
        Ready wrong = ReadyFor(s_admit) with { Tip = Digest.Of([1]) };
        Assert.Equal(OutcomeCode.OutOfRules, _world.Submit(s_d, wrong).Outcome.Code);
        Assert.True(_world.Submit(s_d, ReadyFor(s_admit)).Outcome.IsApplied);
    }

    [Fact]
    public void Only_who_is_about_to_join_is_heard_before_it_is_a_member()
    {
        Timestamp next = _world.State.Time.Plus(TimeSpan.FromSeconds(1));
        Assert.NotNull(Admission.Refuse(
            _world.State, _world.Transaction(s_d, ReadyFor(s_admit)), next, LedgerWorld.Verify));

        _world.Submit(LedgerWorld.A, new ProposeMember(s_admit));
        next = _world.State.Time.Plus(TimeSpan.FromSeconds(1));
        Assert.NotNull(Admission.Refuse(
            _world.State, _world.Transaction(s_d, ReadyFor(s_admit)), next, LedgerWorld.Verify));

        _world.Submit(LedgerWorld.B, new VoteMember(s_admit.Id, true));
        next = _world.State.Time.Plus(TimeSpan.FromSeconds(1));
        Assert.Null(Admission.Refuse(
            _world.State, _world.Transaction(s_d, ReadyFor(s_admit)), next, LedgerWorld.Verify));
        SignedTransaction early = _world.Transaction(s_d, LedgerWorld.Site(s_d));
        Assert.NotNull(Admission.Refuse(_world.State, early, next, LedgerWorld.Verify));
    }

    [Theory]
    [InlineData(3, 4, false, 4)]
    [InlineData(4, 5, false, 5)]
    [InlineData(5, 6, false, 5)]
    [InlineData(6, 6, false, 5)]
    [InlineData(3, 2, false, 2)]
    [InlineData(6, 5, false, 4)]
    [InlineData(6, 5, true, 5)]
    [InlineData(4, 3, true, 2)]
    [InlineData(10, 9, false, 6)]
    public void So_many_of_the_new_members_must_be_ready(
        int before, int after, bool ownWill, int needed)
    {
        MemberChange change = ownWill
            ? new MemberChange.Depart(LedgerWorld.A)
            : after < before ? new MemberChange.Remove(LedgerWorld.A, "x") : s_admit;
        Assert.Equal(needed, MemberChanges.NeededFor(before, after, change));
    }

    [Fact]
    public void Every_change_says_whom_it_concerns()
    {
        MemberChange[] all =
        [
            s_admit,
            new MemberChange.Suspend(LedgerWorld.A, "x"),
            new MemberChange.Remove(LedgerWorld.A, "x"),
            new MemberChange.Replace(LedgerWorld.A, LedgerWorld.Newcomer(s_d), "x"),
            new MemberChange.Depart(LedgerWorld.A),
            new MemberChange.Rotate(LedgerWorld.A, new KeyChange.TlsKey(Digest.Zero)),
            new MemberChange.Rotate(LedgerWorld.A, Voting(LedgerWorld.A, "v").Key),
            new MemberChange.Rotate(
                LedgerWorld.A, new KeyChange.IdentityKey(LedgerWorld.Key("i"), new byte[64])),
        ];
        Assert.Equal(MemberChange.Kinds.Count(), all.DistinctBy(each => each.Kind).Count());
        foreach (MemberChange each in all)
        {
            Assert.Equal(each.Leaving is not null, MemberChanges.StatusAfter(each) is not null);
            Assert.NotEqual(
                _world.State.Members.Values.AsEnumerable(),
                MemberChanges.After(_world.State.Members, each).Values);
        }
    }

    [Fact]
    public void Who_left_ends_what_is_open_begins_nothing_and_is_done_when_it_is_paid()
    {
        LedgerWorld world = LedgerWorld.WithStations();
        TripId trip = world.Confirm(
            LedgerWorld.A, LedgerWorld.Leg(LedgerWorld.Evse(LedgerWorld.C), 0));
        LegId leg = new(trip, 1);
        MembershipTests other = new(world);
        other.Remove(LedgerWorld.C);
        Assert.True(Obligations.Has(world.State, LedgerWorld.C));

        // Nobody books it any more, and it asks for nothing new.
        Assert.Equal(
            OutcomeCode.NotAvailable,
            world.Submit(LedgerWorld.A, LedgerWorld.Trip(
                LedgerWorld.Leg(LedgerWorld.Evse(LedgerWorld.C), 3))).Outcome.Code);
        Timestamp next = world.State.Time.Plus(TimeSpan.FromSeconds(1));
        Assert.NotNull(Admission.Refuse(
            world.State,
            world.Transaction(LedgerWorld.C, LedgerWorld.Site(LedgerWorld.C)),
            next,
            LedgerWorld.Verify));
        Assert.Null(Admission.Refuse(
            world.State,
            world.Transaction(LedgerWorld.C, new AnswerLeg(leg, RefusalReason.Faulted)),
            next,
            LedgerWorld.Verify));

        // The leg lapses; then nothing of it is open and nobody hears it any more.
        world.AppendAt(LedgerWorld.Slot(0).Until.Plus(TimeSpan.FromDays(1)));
        Assert.False(Obligations.Has(world.State, LedgerWorld.C));
        next = world.State.Time.Plus(TimeSpan.FromSeconds(1));
        Assert.NotNull(Admission.Refuse(
            world.State,
            world.Transaction(LedgerWorld.C, new AnswerLeg(leg, RefusalReason.Faulted)),
            next,
            LedgerWorld.Verify));
    }

    private static RotateKey Voting(CompanyId company, string name)
    {
        PublicKey key = LedgerWorld.Key(name);
        Digest network =
            LedgerWorld.Genesis(Rules.Default, simulated: true).NetworkId;
        return new RotateKey(new KeyChange.VotingKey(
            key, LedgerWorld.Sign(key, KeyChange.SignedMessage(network, company, key))));
    }

    private void Approve(MemberChange change, params CompanyId[] voters)
    {
        foreach (CompanyId voter in voters)
        {
            Assert.True(_world.Submit(voter, new ProposeMember(change)).Outcome.IsApplied);
        }

        Assert.True(MemberChanges.IsApproved(
            _world.State.Members, _world.State.Proposals[change.Id]));
    }

    private Ready ReadyFor(MemberChange change) =>
        new(change.Id, _world.State.Height, _world.State.Tip, _world.State.Time);

    private void SayReady(MemberChange change, params CompanyId[] companies)
    {
        foreach (CompanyId company in companies)
        {
            Assert.Equal(
                Outcome.Applied,
                _world.Append(_world.Transaction(company, ReadyFor(change)))
                    .Entries.OfType<TransactionEntry>().Single().Outcome);
        }
    }

    private void Remove(CompanyId company)
    {
        MemberChange remove = new MemberChange.Remove(company, "for a test");
        Approve(remove, LedgerWorld.A, LedgerWorld.B);
        SayReady(remove, LedgerWorld.A, LedgerWorld.B);
        Assert.DoesNotContain(company, _world.State.Members.Keys);
    }
}
