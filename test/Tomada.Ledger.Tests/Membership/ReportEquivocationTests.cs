using System.Globalization;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Membership;

public class ReportEquivocationTests
{
    private readonly LedgerWorld _world = LedgerWorld.Empty();

    [Fact]
    public void A_proof_names_the_guilty_and_stays()
    {
        Evidence evidence = TwoEndorsements(height: 1);
        TransactionEntry entry = _world.Submit(
            LedgerWorld.A, new ReportEquivocation(evidence));
        EquivocationProven proven =
            Assert.IsType<EquivocationProven>(Assert.Single(entry.Effects));
        GuiltId id = new(LedgerWorld.C, EvidenceKind.TwoEndorsements, 1, 0);
        Assert.Equal(id, proven.Guilt);
        Guilt guilt = _world.State.Guilts[id];
        Assert.Equal(LedgerWorld.A, guilt.ReportedBy);
        Assert.Null(guilt.Evidence.Refute(
            _world.State.Network, guilt.VotingKey, LedgerWorld.Verify));

        // It is a member as before: what follows is the members' to decide.
        Assert.Contains(LedgerWorld.C, _world.State.Members.Keys);
    }

    [Fact]
    public void The_same_guilt_is_proven_once()
    {
        _world.Submit(LedgerWorld.A, new ReportEquivocation(TwoEndorsements(1)));
        Assert.Equal(OutcomeCode.AlreadyExists, Report(LedgerWorld.B, TwoEndorsements(1)));
        Assert.Equal(OutcomeCode.Applied, Report(LedgerWorld.B, TwoEndorsements(2)));
        Assert.Equal(2, _world.State.Guilts.Count);
    }

    [Fact]
    public void Nobody_is_guilty_by_another_key_another_network_or_votes_in_harmony()
    {
        Evidence good = TwoEndorsements(1);
        Evidence bySomebody = good with
        {
            First = good.First with { Signer = LedgerWorld.B },
            Second = good.Second with { Signer = LedgerWorld.B },
        };
        Evidence abroad = good with { Network = Digest.Of("abroad"u8) };
        Evidence harmless = good with { Second = good.First };
        Assert.Equal(OutcomeCode.OutOfRules, Report(LedgerWorld.A, bySomebody));
        Assert.Equal(OutcomeCode.OutOfRules, Report(LedgerWorld.A, abroad));
        Assert.Equal(OutcomeCode.OutOfRules, Report(LedgerWorld.A, harmless));
        Assert.Equal(
            OutcomeCode.NotFound,
            Report(LedgerWorld.A, TwoEndorsements(1, CompanyId.Parse("br-zzz"))));
        Assert.Empty(_world.State.Guilts);
    }

    [Fact]
    public void A_liar_cannot_fill_the_ledger_with_its_lies()
    {
        for (int height = 1; height <= LedgerLimits.GuiltsPerCompanyMax; height++)
        {
            Assert.Equal(OutcomeCode.Applied, Report(LedgerWorld.A, TwoEndorsements(height)));
        }

        Assert.Equal(OutcomeCode.LimitExceeded, Report(LedgerWorld.A, TwoEndorsements(99)));
    }

    [Fact]
    public void An_old_key_convicts_of_old_votes_only_and_a_new_key_of_new_ones()
    {
        Evidence first = TwoEndorsements(2);
        PublicKey fresh = LedgerWorld.Key("fresh");
        _world.Submit(LedgerWorld.C, new RotateKey(new KeyChange.VotingKey(
            fresh,
            LedgerWorld.Sign(
                fresh,
                KeyChange.SignedMessage(_world.State.Network, LedgerWorld.C, fresh)))));
        long rotatedAt = _world.State.Height;
        Assert.Equal(OutcomeCode.Applied, Report(LedgerWorld.A, TwoEndorsements(rotatedAt)));
        Assert.Equal(OutcomeCode.OutOfRules, Report(LedgerWorld.A, TwoEndorsements(rotatedAt + 1)));
        Evidence later = TwoEndorsements(rotatedAt + 1, key: fresh);
        Assert.Equal(OutcomeCode.Applied, Report(LedgerWorld.A, later));
        Assert.NotNull(first.Refute(_world.State.Network, fresh, LedgerWorld.Verify));
    }

    [Fact]
    public void An_id_reads_back_as_it_is_written()
    {
        GuiltId id = new(LedgerWorld.C, EvidenceKind.HiddenLock, 17, 3);
        Assert.Equal("br-ccc.4.17.3", id.ToString());
        Assert.True(GuiltId.TryParse(id.ToString(), out GuiltId read));
        Assert.Equal(id, read);
        Assert.All(
            [
                "", "br-ccc", "br-ccc.6.1.0", "br-ccc.0.1.0", "x.1.1.1", "br-ccc.1.-1.0",
                "br-ccc.1.1.2147483647",
            ],
            text => Assert.False(GuiltId.TryParse(text, out _)));
    }

    private OutcomeCode Report(CompanyId sender, Evidence evidence) =>
        _world.Submit(sender, new ReportEquivocation(evidence)).Outcome.Code;

    private Evidence TwoEndorsements(
        long height, CompanyId? company = null, PublicKey? key = null)
    {
        CompanyId guilty = company ?? LedgerWorld.C;
        return Evidence.Of(
            _world.State.Network,
            _world.State.GovernanceRoot,
            Vote(guilty, height, "v", key),
            Vote(guilty, height, "w", key))!;
    }

    private SignedVote Vote(CompanyId signer, long height, string value, PublicKey? key)
    {
        VoteContent content = new(
            VoteType.Endorse, height, 0, Digest.Of(System.Text.Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{value}{height}"))));
        return SignedVote.Of(content, signer, LedgerWorld.Sign(
            key ?? LedgerWorld.VotingKeyOf(signer),
            content.SignedBytes(_world.State.Network, _world.State.GovernanceRoot)));
    }
}
