using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Transactions;

public class AdmissionTests
{
    private static readonly CompanyId s_stranger = CompanyId.Parse("br-zzz");

    private readonly LedgerWorld _world = LedgerWorld.Empty();

    private Timestamp Next => _world.State.Time.Plus(TimeSpan.FromSeconds(1));

    private static Body Body => LedgerWorld.Site(LedgerWorld.A);

    [Fact]
    public void A_good_transaction_may_enter() =>
        Assert.Null(Refuse(_world.Transaction(LedgerWorld.A, Body)));

    [Fact]
    public void A_transaction_of_another_network_may_not_enter()
    {
        Transaction content = _world.Transaction(LedgerWorld.A, Body).Content;
        AssertNames("network", Refuse(Sign(content with { Network = Digest.Zero })));
    }

    [Fact]
    public void A_stranger_s_transaction_may_not_enter() => AssertNames(
        "company", Refuse(_world.Transaction(s_stranger, LedgerWorld.Site(s_stranger))));

    [Fact]
    public void A_transaction_signed_by_another_member_may_not_enter()
    {
        Transaction content = _world.Transaction(LedgerWorld.A, Body).Content;
        SignedTransaction forged = SignedTransaction.Sign(
            content, message => LedgerWorld.Sign(LedgerWorld.KeyOf(LedgerWorld.B), message));
        AssertNames("signature", Refuse(forged));
    }

    [Fact]
    public void A_transaction_may_enter_at_its_valid_until_and_not_after()
    {
        Assert.Null(Refuse(With(Next)));
        AssertNames("validUntil", Refuse(With(new Timestamp(Next.UnixMs - 1))));
    }

    [Fact]
    public void Valid_until_lies_within_the_validity_ahead()
    {
        Timestamp latest = new(Next.UnixMs + Rules.Default.ValidityMaxMs);
        Assert.Null(Refuse(With(latest)));
        AssertNames("validUntil", Refuse(With(new Timestamp(latest.UnixMs + 1))));
    }

    [Fact]
    public void A_valid_until_far_ahead_of_an_old_state_is_near_when_the_clock_is_there()
    {
        SignedTransaction waiting = With(Next.Plus(TimeSpan.FromHours(1)));
        AssertNames("validUntil", Refuse(waiting));
        Assert.Null(ForGood(waiting, Next.Plus(TimeSpan.FromMinutes(59))));
        Assert.Null(ForGood(waiting, Next.Plus(TimeSpan.FromHours(2))));
        AssertNames("validUntil", ForGood(waiting, Next));
    }

    [Fact]
    public void What_was_signed_with_another_key_than_the_present_one_never_comes_in()
    {
        SignedTransaction old = _world.Transaction(LedgerWorld.A, Body);
        Assert.Null(ForGood(old, Next));
        AssertNames("signature", Admission.RefuseForGood(
            _world.State, old, Next, static (_, _, _) => false));
    }

    private string? ForGood(SignedTransaction transaction, Timestamp now) =>
        Admission.RefuseForGood(_world.State, transaction, now, static (_, _, _) => true);

    [Fact]
    public void What_expired_or_lost_its_number_never_comes_in()
    {
        SignedTransaction expired = With(_world.State.Time);
        AssertNames("validUntil", ForGood(expired, Next));
        SignedTransaction used = _world.Transaction(LedgerWorld.A, Body);
        _world.Submit(used);
        AssertNames("number", ForGood(used, Next));
    }

    [Fact]
    public void A_faster_clock_lengthens_validity_by_its_factor()
    {
        LedgerWorld fast = LedgerWorld.Empty(Rules.Default with { ClockFactor = 60 });
        Timestamp time = fast.State.Time.Plus(TimeSpan.FromSeconds(1));
        Timestamp latest = new(time.UnixMs + (60 * Rules.Default.ValidityMaxMs));
        SignedTransaction good = fast.Transaction(LedgerWorld.A, Body, 0, 1, latest);
        SignedTransaction late = fast.Transaction(
            LedgerWorld.A, Body, 0, 2, new Timestamp(latest.UnixMs + 1));

        Assert.Null(Admission.Refuse(fast.State, good, time, LedgerWorld.Verify));
        Assert.NotNull(Admission.Refuse(fast.State, late, time, LedgerWorld.Verify));
    }

    [Fact]
    public void A_used_number_may_not_enter_again_though_its_transaction_was_refused()
    {
        SignedTransaction transaction =
            _world.Transaction(LedgerWorld.A, LedgerWorld.Site(LedgerWorld.B));
        Assert.False(_world.Submit(transaction).Outcome.IsApplied);
        AssertNames("number", Refuse(transaction));
    }

    [Fact]
    public void What_may_not_enter_is_left_out_of_a_block()
    {
        SignedTransaction transaction = _world.Transaction(LedgerWorld.A, Body);
        AppliedBlock block = _world.Append(transaction, transaction);
        Assert.Single(block.Entries);
    }

    private static void AssertNames(string field, string? why) =>
        Assert.StartsWith(field, why, StringComparison.Ordinal);

    private string? Refuse(SignedTransaction transaction) =>
        Admission.Refuse(_world.State, transaction, Next, LedgerWorld.Verify);

    private SignedTransaction With(Timestamp validUntil) =>
        _world.Transaction(LedgerWorld.A, Body, 0, 1, validUntil);

    private static SignedTransaction Sign(Transaction content) => SignedTransaction.Sign(
        content, message => LedgerWorld.Sign(LedgerWorld.KeyOf(content.Company), message));
}
