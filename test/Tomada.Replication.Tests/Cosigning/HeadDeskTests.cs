using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Cluster;
using Tomada.Simulation.Consensus;
using Tomada.Transparency;
using Xunit;

namespace Tomada.Replication.Tests.Cosigning;

public class HeadDeskTests
{
    private readonly Chain _chain = new();

    [Fact]
    public void A_head_counts_once_a_quorum_has_cosigned_it()
    {
        HeadDesk desk = Awake(Companies.A);
        CosignedHead due = StandAndWait(desk, 1);
        Assert.Equal(_chain.Size, due.Head.Size);
        desk.Signed(Word(Companies.A, due.Head), Key(Companies.A));
        Assert.Null(desk.Newest);

        Assert.Equal(0, desk.Hear(Companies.B, Says(Word(Companies.B, due.Head))));
        Assert.Equal(due.Head, desk.Newest!.Head);
        Assert.Equal([Companies.A, Companies.B], desk.Newest.Cosignatures.Keys);

        SignedNote note = desk.Newest.ToNote();
        Assert.True(note.TryVerify(
            [
                NoteKey.OfLog(due.Head.Origin, Key(Companies.A)),
                NoteKey.OfCompany(due.Head.Origin, Companies.A, Key(Companies.A)),
                NoteKey.OfCompany(due.Head.Origin, Companies.B, Key(Companies.B)),
            ],
            StandInSignatures.Verify,
            out var verified,
            out _));
        Assert.Equal(3, verified.Length);
    }

    [Fact]
    public void Members_that_never_see_the_same_newest_block_cosign_the_same_heads()
    {
        // Blocks every 40 ms; B is always three blocks behind A.
        HeadDesk a = Awake(Companies.A);
        HeadDesk b = Awake(Companies.B);
        List<long> byA = [];
        List<long> byB = [];
        Queue<LedgerState> late = [];
        for (int i = 0; i < 60; i++)
        {
            LedgerState state = _chain.Grow(40);
            a.Stand(state, i * 40);
            Sign(a, Companies.A, i * 40, byA);
            late.Enqueue(state);
            if (late.Count > 3)
            {
                b.Stand(late.Dequeue(), i * 40);
                Sign(b, Companies.B, i * 40, byB);
            }
        }

        // 2.4 s in stretches of 250 ms; one of them may end with blocks that B has not seen.
        Assert.InRange(byA.Count, 8, 11);
        Assert.Equal(byA.Take(byB.Count), byB);
        Assert.InRange(byB.Count, byA.Count - 1, byA.Count);
    }

    [Fact]
    public void The_last_block_is_cosigned_when_nothing_follows_it()
    {
        HeadDesk desk = Awake(Companies.A);
        desk.Stand(_chain.Grow(1), 0);
        desk.Stand(_chain.Grow(1), 0);
        Assert.Null(desk.Due(0));
        Assert.Equal(CosigningLimits.IdleMs, desk.WakeAtMs);
        Assert.Equal(_chain.Size, desk.Due(CosigningLimits.IdleMs)!.Head.Size);
    }

    [Fact]
    public void Nobody_cosigns_before_a_quorum_has_said_what_it_cosigned_before()
    {
        HeadDesk desk = New(Companies.A);
        desk.Stand(_chain.Grow(1_000), 0);
        Assert.Equal([Companies.B, Companies.C], desk.Asked(0));
        Assert.Empty(desk.Asked(CosigningLimits.AskMs - 1));
        Assert.Null(desk.Due(1_000));

        // Words that nobody asked for are no answer.
        desk.Hear(Companies.B, Says());
        Assert.Null(desk.Due(1_000));
        desk.Hear(Companies.B, Answers());
        Assert.NotNull(desk.Due(1_000));
        Assert.Empty(desk.Asked(10_000));
    }

    [Fact]
    public void A_disk_that_was_put_back_cosigns_nothing_below_what_its_company_cosigned()
    {
        HeadDesk desk = New(Companies.A);
        desk.Stand(_chain.Grow(1_000), 0);
        LedgerState later = _chain.Grow(1_000);
        HeadCosignature forgotten = Word(Companies.A, _chain.HeadOf(later));
        desk.Hear(Companies.B, Answers(forgotten));
        Assert.Null(desk.Due(1_000));

        desk.Stand(later, 0);
        Assert.Null(desk.Due(1_000));
        Assert.Equal(later.Size, desk.Largest!.Size);
        Assert.True(desk.MaySign());
        desk.Stand(_chain.Grow(1_000), 0);
        Assert.Equal(_chain.Size, desk.Due(1_000)!.Head.Size);
    }

    [Fact]
    public void Who_cosigned_another_head_than_its_log_has_cosigns_no_more()
    {
        HeadDesk desk = New(Companies.A);
        LedgerState state = _chain.Grow(1_000);
        desk.Stand(state, 0);
        Checkpoint other = _chain.HeadOf(state) with { Root = Digest.Of("another"u8) };
        desk.Hear(Companies.B, Answers(Word(Companies.A, other)));
        Assert.Null(desk.Due(1_000));
        Assert.NotNull(desk.Blocked);
    }

    [Fact]
    public void The_record_on_disk_binds_as_a_shown_cosignature_does()
    {
        LedgerState state = _chain.Grow(1_000);
        HeadDesk desk = New(Companies.A);
        desk.Restore(_chain.HeadOf(state), []);
        desk.Stand(_chain.At(0), 0);
        desk.Hear(Companies.B, Answers());
        Assert.Null(desk.Due(1_000));
        desk.Stand(state, 0);

        // The same head again: the word for it was lost, and contradicts nothing.
        Assert.Equal(state.Size, desk.Due(1_000)!.Head.Size);
        desk.Signed(Word(Companies.A, _chain.HeadOf(state)), Key(Companies.A));
        Assert.Null(desk.Due(1_000));
        HeadDesk other = New(Companies.A);
        other.Restore(_chain.HeadOf(state) with { Root = Digest.Of("another"u8) }, []);
        other.Stand(state, 0);
        other.Hear(Companies.B, Answers());
        Assert.Null(other.Due(1_000));
        Assert.NotNull(other.Blocked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_heads_convict_who_cosigned_both_and_nobody_else(bool foreignFirst)
    {
        HeadDesk desk = Awake(Companies.A);
        LedgerState first = _chain.Grow(1_000);
        LedgerState second = _chain.Grow(1_000);
        HeadCosignature foreign = Word(
            Companies.C, _chain.HeadOf(first) with { Root = Digest.Of("another"u8) });
        HeadCosignature own = Word(Companies.C, _chain.HeadOf(second));
        HeadCosignature honest = Word(Companies.B, _chain.HeadOf(first));
        if (foreignFirst)
        {
            // Before the own log has either of them.
            desk.Stand(_chain.At(0), 0);
            desk.Hear(Companies.C, Says(foreign));
            Assert.Empty(desk.TakeShown());
        }

        desk.Stand(first, 0);
        desk.Hear(Companies.B, Says(honest, foreign));
        Assert.Equal([foreign], desk.TakeShown());
        Assert.Empty(desk.TakeFound());
        desk.Stand(second, 0);
        desk.Hear(Companies.B, Says(own));
        TwoHeads found = Assert.Single(desk.TakeFound());
        Assert.Equal(Companies.C, found.Guilty);
        Assert.Null(found.Refute(
            Chain.Network, Key(Companies.C), StandInSignatures.Verify));
        Assert.NotNull(found.Refute(
            Chain.Network, Key(Companies.B), StandInSignatures.Verify));
    }

    [Fact]
    public void A_cosignature_that_nobody_made_convicts_nobody_and_is_counted()
    {
        HeadDesk desk = Awake(Companies.A);
        LedgerState state = _chain.Grow(1_000);
        desk.Stand(state, 0);
        HeadCosignature forged = Word(
            Companies.C, _chain.HeadOf(state) with { Root = Digest.Of("another"u8) })
            with
        { Company = Companies.B };
        Assert.Equal(1, desk.Hear(Companies.C, Says(forged)));
        HeadCosignature halfForged = Word(Companies.B, _chain.HeadOf(state))
            with
        { LogSignature = new byte[64] };
        Assert.Equal(1, desk.Hear(Companies.C, Says(halfForged)));
        Assert.Equal(
            1, desk.Hear(Companies.C, Says(forged with { Company = CompanyId.Parse("zz-zzz") })));
        Assert.Empty(desk.TakeShown());
        Assert.Empty(desk.TakeFound());
    }

    private HeadDesk New(CompanyId self) =>
        new(self, Chain.Network, StandInSignatures.Verify, _chain.Read);

    private HeadDesk Awake(CompanyId self)
    {
        HeadDesk desk = New(self);
        desk.Stand(_chain.At(0), 0);
        desk.Hear(self == Companies.B ? Companies.C : Companies.B, Answers());
        return desk;
    }

    private CosignedHead StandAndWait(HeadDesk desk, long ms)
    {
        desk.Stand(_chain.Grow(ms), 0);
        return desk.Due(CosigningLimits.IdleMs)!;
    }

    private static void Sign(HeadDesk desk, CompanyId self, long nowMs, List<long> signed)
    {
        while (desk.Due(nowMs) is { } due)
        {
            desk.Signed(Word(self, due.Head), Key(self));
            signed.Add(due.Head.Size);
        }
    }

    private static HeadCosignature Word(CompanyId company, Checkpoint head) =>
        HeadCosignature.Sign(head, company, 1_795_435_200, ClusterCompanies.IdentityOf(company));

    private static PublicKey Key(CompanyId company) => ClusterCompanies
        .Member(ClusterCompanies.NumberOf(company)).Member.IdentityKey;

    private static PeerMessage.Cosigned Says(params HeadCosignature[] words) =>
        new(false, [.. words]);

    private static PeerMessage.Cosigned Answers(params HeadCosignature[] words) =>
        new(true, [.. words]);

    /// <summary>Blocks of a network of three, of which every test takes what it wants.</summary>
    private sealed class Chain
    {
        private readonly List<LedgerState> _states =
            [LedgerState.FromGenesis(Companies.Three)];

        private readonly List<Digest> _leaves = [];
        private long _number;

        public Chain() => Grow(1_000);

        public static Digest Network => Companies.Three.NetworkId;

        public long Size => _states[^1].Size;

        public ReadNode Read => MerkleTree.NodesOf(_leaves);

        /// <summary>After the block that stands there; 0 is the first.</summary>
        public LedgerState At(int place) => _states[place + 1];

        public Checkpoint HeadOf(LedgerState state) => new(
            Checkpoint.OriginOf(Network), state.Size, MerkleTree.Root(state.Size, Read));

        /// <summary>One more block, so much later.</summary>
        public LedgerState Grow(long ms)
        {
            LedgerState parent = _states[^1];
            AppliedBlock block = BlockExecution.Build(
                parent,
                [
                    Companies.Transaction(
                        Companies.Three, Companies.A, ++_number, now: parent.Time),
                ],
                parent.Time.Plus(TimeSpan.FromMilliseconds(ms)),
                Companies.A,
                parent.Height == 0 ? null : [1],
                StandInSignatures.Verify);
            _leaves.AddRange(block.Block.Entries.Select(each => MerkleTree.LeafHash(each)));
            _states.Add(block.After);
            return block.After;
        }
    }
}
