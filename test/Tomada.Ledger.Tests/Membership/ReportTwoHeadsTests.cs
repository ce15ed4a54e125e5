using Tomada.Primitives;
using Tomada.Transparency;
using Xunit;

namespace Tomada.Ledger.Tests.Membership;

public class ReportTwoHeadsTests
{
    private readonly LedgerWorld _world = LedgerWorld.Empty();
    private readonly ReadNode _log = MerkleTree.NodesOf(
        [.. Enumerable.Range(0, 9).Select(each => Digest.Of([(byte)each]))]);

    private static PublicKey Key => LedgerWorld.KeyOf(LedgerWorld.C);

    [Fact]
    public void Two_heads_that_cannot_be_of_one_log_name_the_guilty_and_stay()
    {
        TwoHeads evidence = Grown(3, 9);
        TransactionEntry entry = _world.Submit(
            LedgerWorld.A, new ReportTwoHeads(evidence, Key));
        GuiltId id = new(LedgerWorld.C, EvidenceKind.TwoHeads, 3, 0);
        Assert.Equal(
            id, Assert.IsType<EquivocationProven>(Assert.Single(entry.Effects)).Guilt);
        HeadGuilt guilt = _world.State.HeadGuilts[id];
        Assert.Equal(LedgerWorld.A, guilt.ReportedBy);
        Assert.Null(guilt.Evidence.Refute(
            _world.State.Network, guilt.IdentityKey, LedgerWorld.Verify));
        Assert.True(GuiltId.TryParse(id.ToString(), out GuiltId read));
        Assert.Equal(id, read);
    }

    [Fact]
    public void The_same_guilt_is_proven_once_and_a_liar_cannot_fill_the_ledger()
    {
        Assert.Equal(OutcomeCode.Applied, Report(Grown(3, 9)));
        Assert.Equal(OutcomeCode.AlreadyExists, Report(Grown(3, 9)));
        for (int size = 10; size < 9 + LedgerLimits.GuiltsPerCompanyMax; size++)
        {
            Assert.Equal(OutcomeCode.Applied, Report(Equal(size)));
        }

        Assert.Equal(OutcomeCode.LimitExceeded, Report(Equal(99)));
    }

    [Fact]
    public void Nobody_is_guilty_of_heads_of_one_log()
    {
        TwoHeads good = Grown(3, 9);
        SignedHead honest = Signed(3, MerkleTree.Root(3, _log));
        TwoHeads[] harmless =
        [
            good with { First = honest },
            good with { First = honest, Meant = Digest.Of("invented"u8) },
            good with { First = good.Second, Meant = null, Proof = [] },
            good with { Meant = Digest.Of("invented"u8) },
            good with { Meant = null },
            good with { Proof = good.Proof.RemoveAt(0) },
            good with { First = good.Second, Second = good.First },
            Equal(10) with { First = Equal(10).Second, Second = Equal(10).First },
        ];
        Assert.All(
            harmless, each => Assert.Equal(OutcomeCode.OutOfRules, Report(each)));
    }

    [Fact]
    public void Nobody_is_guilty_by_another_key_company_network_or_a_changed_head()
    {
        TwoHeads good = Grown(3, 9);
        Assert.Equal(
            OutcomeCode.OutOfRules, Report(good with { Network = Digest.Of("abroad"u8) }));
        Assert.Equal(
            OutcomeCode.NotFound, Report(good with { Guilty = LedgerWorld.B }));
        Assert.Equal(
            OutcomeCode.OutOfRules,
            Report(good with { Guilty = LedgerWorld.B }, LedgerWorld.KeyOf(LedgerWorld.B)));
        Assert.Equal(
            OutcomeCode.OutOfRules,
            Report(good with { First = good.First with { UnixSeconds = 1 } }));
        Assert.Equal(
            OutcomeCode.NotFound,
            Report(good with { Guilty = CompanyId.Parse("br-zzz") }));
        Assert.Empty(_world.State.HeadGuilts);
    }

    private OutcomeCode Report(TwoHeads evidence, PublicKey? key = null) =>
        _world.Submit(LedgerWorld.A, new ReportTwoHeads(evidence, key ?? Key)).Outcome.Code;

    private TwoHeads Grown(long size, long later) => TwoHeads.Of(
        _world.State.Network,
        LedgerWorld.C,
        Signed(size, Digest.Of("another"u8)),
        Signed(later, MerkleTree.Root(later, _log)),
        _log)!;

    private TwoHeads Equal(long size) => TwoHeads.Of(
        _world.State.Network,
        LedgerWorld.C,
        Signed(size, Digest.Of("one"u8)),
        Signed(size, Digest.Of("another"u8)))!;

    private SignedHead Signed(long size, Digest root) => SignedHead.Sign(
        new Checkpoint(Checkpoint.OriginOf(_world.State.Network), size, root),
        LedgerWorld.C,
        1_795_435_200,
        message => LedgerWorld.Sign(Key, message));
}
