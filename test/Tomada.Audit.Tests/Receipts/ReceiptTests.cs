using Tomada.Transparency;
using Xunit;

namespace Tomada.Audit.Tests.Receipts;

public sealed class ReceiptTests : IDisposable
{
    private readonly TestMirror _mirror = TestMirror.Of(Chains.Trip);

    public void Dispose() => _mirror.Dispose();

    [Fact]
    public void Every_entry_has_a_receipt_that_verifies_offline()
    {
        TlogPolicy policy = Policy();
        MirrorHead head = MirrorHead.Read(_mirror.Folder, null, TestMirror.Verify);
        ReceiptMaker maker = new(_mirror.Folder, head);
        for (long index = 0; index < head.Head.Size; index++)
        {
            byte[] receipt = maker.Of(index, maker.Entry(index)).Encode();
            AuditReport report = ReceiptCheck.Run(
                receipt, policy, out ProvenReceipt? proven, verify: TestMirror.Verify);
            Assert.Empty(report.Findings);
            Assert.Equal(index, proven!.Index);
            Assert.NotNull(proven.Entry);
        }
    }

    [Fact]
    public void A_receipt_of_another_entry_or_place_proves_nothing()
    {
        TlogPolicy policy = Policy();
        MirrorHead head = MirrorHead.Read(_mirror.Folder, null, TestMirror.Verify);
        ReceiptMaker maker = new(_mirror.Folder, head);
        TlogProof sound = maker.Of(5, maker.Entry(5));
        Refused(FindingClass.Inclusion, sound with { Extra = maker.Entry(6) }, policy);
        Refused(FindingClass.Inclusion, sound with { Index = 6 }, policy);
        Refused(FindingClass.Missing, sound with { Extra = null }, policy);
        AuditReport malformed = ReceiptCheck.Run([1, 2, 3], policy, out _);
        Assert.Equal(FindingClass.Encoding, (FindingClass)malformed.ExitCode);
    }

    [Fact]
    public void A_head_without_its_quorum_proves_nothing()
    {
        TlogPolicy policy = Policy();
        MirrorHead head = MirrorHead.Read(_mirror.Folder, null, TestMirror.Verify);
        ReceiptMaker maker = new(_mirror.Folder, head);
        TlogProof sound = maker.Of(5, maker.Entry(5));
        TlogProof alone = sound with
        {
            Checkpoint = head.Note with { Signatures = [.. head.Note.Signatures.Take(2)] },
        };
        Refused(FindingClass.Cosignature, alone, policy);
        AuditReport report = CheckpointCheck.Run(
            alone.Checkpoint.Encode(), policy, out _, TestMirror.Verify);
        Assert.Equal(FindingClass.Cosignature, (FindingClass)report.ExitCode);
        Assert.True(CheckpointCheck.Run(
            head.Note.Encode(), policy, out AcceptedCheckpoint? accepted, TestMirror.Verify)
            .Passed);
        Assert.Equal(head.Head, accepted!.Checkpoint);
    }

    [Fact]
    public void A_mirror_that_is_not_sound_gives_no_policy()
    {
        File.Delete(_mirror.Folder.FileOf(MirrorFolder.GenesisName));
        AuditReport report = MembersPolicy.Read(
            _mirror.Folder, out TlogPolicy? policy, TestMirror.Verify);
        Assert.False(report.Passed);
        Assert.Null(policy);
    }

    private static void Refused(FindingClass kind, TlogProof receipt, TlogPolicy policy)
    {
        AuditReport report = ReceiptCheck.Run(
            receipt.Encode(), policy, out ProvenReceipt? proven, verify: TestMirror.Verify);
        Assert.Equal(kind, (FindingClass)report.ExitCode);
        Assert.Null(proven);
    }

    private TlogPolicy Policy()
    {
        AuditReport report = MembersPolicy.Read(
            _mirror.Folder, out TlogPolicy? policy, TestMirror.Verify);
        Assert.Empty(report.Findings);
        return policy!;
    }
}
