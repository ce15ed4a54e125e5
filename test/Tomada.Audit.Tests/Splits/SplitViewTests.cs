using System.Collections.Immutable;
using System.Text;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Audit.Tests.Splits;

/// <summary>Forks by more liars than a network withstands.</summary>
public class SplitViewTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void Two_blocks_in_one_ballot_convict_who_accepted_both(int n)
    {
        Fork fork = new(n);
        ConsensusMessage.Decided one = fork.Forger.Decide(
            fork.One, 0, fork.WithLiars(first: true), null);
        ConsensusMessage.Decided other = fork.Forger.Decide(
            fork.Other, 0, fork.WithLiars(first: false), null);
        SplitReport report = fork.Compare(one, other);
        Assert.Equal(fork.Liars, report.Guilty);
        Assert.All(report.Evidence, each => Assert.Equal(EvidenceKind.TwoAccepts, each.Kind));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void A_hidden_lock_convicts_who_hid_it_and_not_who_stands_in_both(int n)
    {
        Fork fork = new(n);
        ConsensusMessage.Decided one =
            fork.Forger.Decide(fork.One, 0, fork.WithLiars(first: true), null);

        // The liars promise ballot 1 as if they had accepted nothing. The honest ones of the first
        // certificate go on to ballot 1 and accept what its justification allows, as they must.
        ConsensusMessage.Decided other = fork.Forger.Decide(
            fork.Other, 1, fork.WithLiars(first: true),
            fork.Forger.Promise(1, fork.WithLiars(first: false)));
        SplitReport report = fork.Compare(one, other);
        Assert.Equal(fork.Liars, report.Guilty);
        Assert.All(report.Evidence, each => Assert.Equal(EvidenceKind.HiddenLock, each.Kind));
        Assert.NotEmpty(fork.WithLiars(first: true).Except(fork.Liars));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void Evidence_files_verify_offline_and_with_the_mirror_that_names_the_keys(int n)
    {
        Fork fork = new(n);
        using TestMirror one = fork.Mirror(
            fork.Forger.Decide(fork.One, 0, fork.WithLiars(first: true), null));
        using TestMirror other = fork.Mirror(
            fork.Forger.Decide(fork.Other, 0, fork.WithLiars(first: false), null));
        SplitReport report = SplitView.Compare([one.Folder, other.Folder], TestMirror.Verify);
        byte[] file = EvidenceFile.Encode(report.Evidence);
        foreach (MirrorFolder? mirror in (MirrorFolder?[])[null, one.Folder, other.Folder])
        {
            AuditReport check = EvidenceCheck.Run(
                file, out ImmutableSortedSet<CompanyId> guilty, mirror, TestMirror.Verify);
            Assert.Empty(check.Findings);
            Assert.Equal(fork.Liars, guilty);
        }
    }

    [Fact]
    public void No_byte_of_the_evidence_in_a_file_can_be_changed()
    {
        Fork fork = new(3);
        SplitReport report = fork.Compare(
            fork.Forger.Decide(fork.One, 0, fork.WithLiars(first: true), null),
            fork.Forger.Decide(fork.Other, 0, fork.WithLiars(first: false), null));
        VoteEvidence only = Assert.IsType<VoteEvidence>(Assert.Single(report.Evidence));
        byte[] sound = Evidence.Codec.Encode(only.Evidence);
        string text = Encoding.UTF8.GetString(EvidenceFile.Encode([only]));
        for (int i = 0; i < sound.Length; i++)
        {
            byte[] bytes = [.. sound];
            bytes[i] ^= 1;
            AuditReport check = EvidenceCheck.Run(
                Encoding.UTF8.GetBytes(text.Replace(
                    Convert.ToHexStringLower(sound), Convert.ToHexStringLower(bytes),
                    StringComparison.Ordinal)),
                out ImmutableSortedSet<CompanyId> guilty,
                verify: TestMirror.Verify);
            Assert.True(
                check.ExitCode is (int)FindingClass.Encoding or (int)FindingClass.Evidence,
                $"byte {i}: {check.ExitCode}");
            Assert.Empty(guilty);
        }
    }

    [Fact]
    public void Evidence_with_another_key_than_the_companys_convicts_nobody_of_the_mirror()
    {
        Fork fork = new(4);
        using TestMirror one = fork.Mirror(
            fork.Forger.Decide(fork.One, 0, fork.WithLiars(first: true), null));
        PublicKey own = Simulation.Consensus.StandInSignatures.KeyOf(77);
        SignMessage sign = Simulation.Consensus.StandInSignatures.SignerOf(own);
        CompanyId honest = fork.Forger.Members.Members[^1].Company;
        SignedVote Vote(Digest digest)
        {
            VoteContent content = new(VoteType.Accept, 1, 0, digest);
            return SignedVote.Of(content, honest, sign(content.SignedBytes(
                fork.Forger.State.Network, fork.Forger.Members.Hash)));
        }

        Evidence framed = Evidence.Of(
            fork.Forger.State.Network, fork.Forger.Members.Hash, Vote(Digest.Of([1])),
            Vote(Digest.Of([2])))!;
        AuditReport check = EvidenceCheck.Run(
            EvidenceFile.Encode([new VoteEvidence(framed, own)]), out _, one.Folder,
            TestMirror.Verify);
        Assert.Equal(FindingClass.Evidence, (FindingClass)check.ExitCode);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void Who_cosigned_both_heads_is_convicted_by_them_alone(int n)
    {
        // The certificates are in harmony as far as these mirrors show: nobody's are shown twice.
        Fork fork = new(n);
        CompanyId[] all = [.. fork.Forger.Members.Members.Select(each => each.Company)];
        using TestMirror first = fork.Forger.Mirror(
            fork.Unproven(fork.One), [.. fork.Liars, all[^1]]);
        using TestMirror second = fork.Forger.Mirror(
            fork.Unproven(fork.Other), [.. fork.Liars]);
        SplitReport report = SplitView.Compare([first.Folder, second.Folder], TestMirror.Verify);
        Assert.Equal(fork.Liars, report.Guilty);
        Assert.All(report.Evidence, each => Assert.Equal(EvidenceKind.TwoHeads, each.Kind));
        foreach (MirrorFolder? mirror in (MirrorFolder?[])[null, first.Folder, second.Folder])
        {
            AuditReport check = EvidenceCheck.Run(
                EvidenceFile.Encode(report.Evidence), out ImmutableSortedSet<CompanyId> guilty,
                mirror, TestMirror.Verify);
            Assert.Empty(check.Findings);
            Assert.Equal(fork.Liars, guilty);
        }
    }

    [Fact]
    public void A_head_that_a_node_took_back_convicts_who_cosigned_it_and_the_log()
    {
        Fork fork = new(4);
        CompanyId[] liars = [.. fork.Liars];
        using TestMirror own = fork.Forger.Mirror(fork.Unproven(fork.One), liars);
        using TestMirror same = own.Copy();
        using TestMirror other = fork.Forger.Mirror(fork.Unproven(fork.Other), liars);
        MirrorFolder.Write(
            own.Folder.FileOf(Path.Combine(MirrorFolder.ConflictsName, "shown")),
            File.ReadAllBytes(other.Folder.FileOf(MirrorFolder.CheckpointName)));
        SplitReport report = SplitView.Compare([own.Folder, same.Folder], TestMirror.Verify);
        Assert.Equal(fork.Liars, report.Guilty);
        Assert.Equal(FindingClass.SplitView, (FindingClass)report.Report.ExitCode);
    }

    [Fact]
    public void A_mirror_that_is_only_shorter_is_the_same_log()
    {
        using TestMirror whole = TestMirror.Of(Chains.Trip);
        using TestMirror shorter = TestMirror.Of(Chains.Trip with
        {
            Blocks = [.. Chains.Trip.Blocks.Take(5)],
        });
        SplitReport report =
            SplitView.Compare([whole.Folder, shorter.Folder], TestMirror.Verify);
        Assert.Empty(report.Report.Findings);
        Assert.Empty(report.Evidence);
    }

    [Fact]
    public void A_forged_certificate_convicts_nobody()
    {
        Fork fork = new(4);
        ConsensusMessage.Decided one =
            fork.Forger.Decide(fork.One, 0, fork.WithLiars(first: true), null);
        ConsensusMessage.Decided sound =
            fork.Forger.Decide(fork.Other, 0, fork.WithLiars(first: false), null);
        ConsensusMessage.Decided forged = sound with
        {
            Certificate = sound.Certificate with
            {
                Seals = [.. sound.Certificate.Seals.Select(
                    each => each with { Signature = new byte[Signing.SignatureSize] })],
            },
        };
        SplitReport report = fork.Compare(one, forged);
        Assert.Empty(report.Evidence);
        Assert.Equal(FindingClass.SplitView, (FindingClass)report.Report.ExitCode);
    }

    /// <summary>2q − n liars, who alone sign on both sides of height 1.</summary>
    private sealed class Fork
    {
        private readonly CompanyId[] _all;

        public Fork(int n)
        {
            Forger = Forger.Founded(n);
            _all = [.. Forger.Members.Members.Select(each => each.Company)];
            Liars = [.. _all.Take(Quorum.LiarsToFork(n))];
            Genesis genesis = Forger.State.Genesis;
            SignedTransaction site = SignedTransaction.Sign(
                new Transaction(
                    genesis.NetworkId, _all[0], 0, 1,
                    new Timestamp(genesis.Draft.Time.UnixMs + 60_000),
                    new PutLocation(
                        LocationId.Parse($"{_all[0]}/site"), "Posto", "BR-101 km 1", "Salvador",
                        -12_970_000, -38_500_000, "America/Bahia")),
                Simulation.Consensus.StandInSignatures.SignerOf(
                    Forger.State.Members[_all[0]].IdentityKey));
            One = Forger.Sound(1_000, site);
            Other = Forger.Sound(2_000, site);
        }

        public Forger Forger { get; }

        public ImmutableSortedSet<CompanyId> Liars { get; }

        public Block One { get; }

        public Block Other { get; }

        /// <summary>A block with no vote of anybody.</summary>
        public ConsensusMessage.Decided Unproven(Block block)
        {
            ConsensusMessage.Decided one =
                Forger.Decide(block, 0, WithLiars(first: true), null);
            return one with
            {
                Certificate = one.Certificate with
                {
                    Seals = [.. one.Certificate.Seals.Select(
                        each => each with { Signature = new byte[Signing.SignatureSize] })],
                },
            };
        }

        /// <summary>A quorum: the liars and the first, or the last, of the honest.</summary>
        public CompanyId[] WithLiars(bool first)
        {
            CompanyId[] honest = [.. _all.Except(Liars)];
            int missing = Forger.Members.Q - Liars.Count;
            return [.. Liars, .. first ? honest.Take(missing) : honest.TakeLast(missing)];
        }

        public TestMirror Mirror(ConsensusMessage.Decided tip) => Forger.Mirror(tip, [_all[0]]);

        /// <summary>Each head is cosigned by an honest company that saw no other.</summary>
        public SplitReport Compare(ConsensusMessage.Decided one, ConsensusMessage.Decided other)
        {
            using TestMirror first = Forger.Mirror(one, [_all[^1]]);
            using TestMirror second = Forger.Mirror(other, [_all[^2]]);
            return SplitView.Compare([first.Folder, second.Folder], TestMirror.Verify);
        }
    }
}
