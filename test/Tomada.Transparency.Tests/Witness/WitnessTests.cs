using System.Text;
using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Transparency.Tests;

public class WitnessTests
{
    private static readonly NoteKey[] s_logKeys = [Signer.Number(1).LogKey];

    [Fact]
    public void Every_log_that_only_grew_is_cosigned()
    {
        for (int size = 0; size <= 20; size++)
        {
            for (int old = 0; old <= size; old++)
            {
                var cosign = Assert.IsType<WitnessAnswer.Cosign>(
                    Decide(Request(old, size).Encode(), Head(old)));
                Assert.Equal(Head(size), cosign.Head);
                Assert.Equal(200, cosign.Status);
            }
        }
    }

    [Fact]
    public void The_answer_is_signature_lines_that_make_a_note_with_the_checkpoint()
    {
        var cosign = Assert.IsType<WitnessAnswer.Cosign>(
            Decide(Request(0, 5).Encode(), LogHead.Empty));
        string body = WitnessAnswer.Cosign.Body(Signer.Number(2).Cosign(cosign.Note.Text));
        byte[] cosigned = [.. cosign.Note.Encode(), .. Encoding.UTF8.GetBytes(body)];
        Assert.True(SignedNote.TryParse(cosigned, out SignedNote? note, out _));
        Assert.True(note.TryVerify(
            [Signer.Number(2).WitnessKey], Signer.Verify, out var verified, out _));
        Assert.Single(verified);
    }

    [Fact]
    public void Another_recorded_size_conflicts_and_is_told()
    {
        var conflict = Assert.IsType<WitnessAnswer.Conflict>(
            Decide(Request(3, 5).Encode(), Head(4)));
        Assert.Equal(409, conflict.Status);
        Assert.Equal("4\n", conflict.Body);
        Assert.Equal("text/x.tlog.size", WitnessAnswer.Conflict.ContentType);
    }

    [Fact]
    public void Each_fault_has_its_status()
    {
        AddCheckpoint good = Request(3, 5);
        Assert.Equal(400, Status("old 3\n"u8.ToArray(), Head(3)));
        Assert.Equal(404, Status(Signed(3, 5, new Checkpoint("other", 5, Head(5).Root)), Head(3)));
        string unsigned = good.Checkpoint.Text;
        Assert.Equal(403, Status(
            good with { Checkpoint = new SignedNote(unsigned, [Signer.Number(2).AsLog(unsigned)]) },
            Head(3)));
        NoteSignature wrong = Signer.Number(1).AsLog("other\n");
        Assert.Equal(403, Status(
            good with { Checkpoint = new SignedNote(unsigned, [wrong]) }, Head(3)));
        Assert.Equal(400, Status(good with { OldSize = 6 }, Head(6)));
        Assert.Equal(422, Status(good with { Proof = [.. good.Proof, Digest.Zero] }, Head(3)));
        Assert.Equal(422, Status(good with { Proof = good.Proof[1..] }, Head(3)));
        Assert.Equal(422, Status(good with { OldSize = 0 }, LogHead.Empty));
        Assert.Equal(422, Status(good, new LogHead(3, Digest.Zero)));
        Assert.Equal(422, Status(Request(5, 5), new LogHead(5, Digest.Zero)));
        Checkpoint emptyWrong = new(Signer.Origin, 0, Digest.Zero);
        Assert.Equal(422, Status(Signed(0, 0, emptyWrong), LogHead.Empty));
    }

    [Fact]
    public void A_checkpoint_with_lines_that_this_log_never_writes_is_malformed_or_strange()
    {
        string text = Signer.Head(5).ToText() + "extension\n";
        SignedNote note = new(text, [Signer.Number(1).AsLog(text)]);
        Assert.Equal(400, Status(new AddCheckpoint(0, [], note), LogHead.Empty));
        SignedNote strange = new("other" + text, note.Signatures);
        Assert.Equal(404, Status(new AddCheckpoint(0, [], strange), LogHead.Empty));
    }

    [Fact]
    public void Every_request_reads_back() =>
        Gen.Select(
            Gen.Long[0, TreeLimits.LogSizeMax],
            Gen.Byte.Array[32].Array[0, TreeLimits.ProofLinesMax]).Sample((old, proof) =>
        {
            byte[] bytes = new AddCheckpoint(
                old, [.. proof.Select(each => new Digest(each))], Signer.Note(3)).Encode();
            Assert.InRange(bytes.Length, 1, TreeLimits.WitnessRequestBytesMax);
            bool isRead = AddCheckpoint.TryParse(bytes, out AddCheckpoint? read, out string? why);
            Assert.True(isRead, why);
            Assert.Equal(bytes, read!.Encode());
        }, iter: 100);

    [Theory]
    [InlineData("old 03\n\n")]
    [InlineData("old  3\n\n")]
    [InlineData("Old 3\n\n")]
    [InlineData("old 3\nAAAA\n\n")]
    [InlineData("old\n\n")]
    [InlineData("\n\n")]
    [InlineData("old 3\n\n\n")]
    [InlineData("")]
    public void A_malformed_request_is_refused(string head)
    {
        byte[] bytes = [.. Encoding.ASCII.GetBytes(head), .. Signer.Note(5).Encode()];
        Assert.False(AddCheckpoint.TryParse(bytes, out _, out _));
        Assert.Equal(400, Decide(bytes, Head(3)).Status);
    }

    [Fact]
    public void A_request_beyond_its_limits_is_refused()
    {
        Assert.False(AddCheckpoint.TryParse(
            new byte[TreeLimits.WitnessRequestBytesMax + 1], out _, out string? why));
        Assert.Equal("70001 bytes are more than 70000", why);
        string hashes = string.Concat(Enumerable.Repeat(
            Convert.ToBase64String(new byte[32]) + "\n", 64));
        Assert.False(AddCheckpoint.TryParse(
            [.. Encoding.ASCII.GetBytes($"old 3\n{hashes}\n"), .. Signer.Note(5).Encode()],
            out _, out why));
        Assert.Equal("64 hashes are more than 63", why);
    }

    [Fact]
    public void A_cosigner_never_goes_back_and_never_signs_two_roots_for_one_size() =>
        Gen.Select(Gen.Long[0, 5], Gen.Byte, Gen.Long[0, 5], Gen.Byte).Sample(
            (size, root, nextSize, nextRoot) =>
            {
                LogHead largest = HeadOf(size, root);
                LogHead next = HeadOf(nextSize, nextRoot);
                bool allowed = CosignerRule.MaySign(largest, next, out _);
                Assert.Equal(
                    nextSize > size || (nextSize == size && next.Root == largest.Root), allowed);
            });

    [Fact]
    public void An_impossible_head_is_never_signed()
    {
        Assert.False(CosignerRule.MaySign(LogHead.Empty, new LogHead(-1, Digest.Zero), out _));
        Assert.False(CosignerRule.MaySign(LogHead.Empty, new LogHead(0, Digest.Zero), out _));
        Assert.False(CosignerRule.MaySign(
            LogHead.Empty, new LogHead(TreeLimits.LogSizeMax + 1, Digest.Zero), out string? why));
        Assert.Equal(
            "a log has 0 to 281474976710656 entries, not 281474976710657", why);
    }

    private static LogHead HeadOf(long size, byte root) =>
        size == 0 ? LogHead.Empty : new LogHead(size, Digest.Of([(byte)(root % 3)]));

    private static LogHead Head(int size) => LogHead.Of(Signer.Head(size));

    private static AddCheckpoint Request(int old, int size) => new(
        old,
        MerkleTree.Consistency(old, size, MerkleTree.NodesOf(Signer.Leaves(size))),
        Signer.Note(size));

    private static AddCheckpoint Signed(int old, int size, Checkpoint checkpoint)
    {
        string text = checkpoint.ToText();
        return Request(old, size) with
        {
            Checkpoint = new SignedNote(text, [Signer.Number(1).AsLog(text)]),
        };
    }

    private static int Status(AddCheckpoint request, LogHead recorded) =>
        Status(request.Encode(), recorded);

    private static int Status(byte[] request, LogHead recorded) => Decide(request, recorded).Status;

    private static WitnessAnswer Decide(byte[] request, LogHead recorded) =>
        WitnessRule.Decide(request, Signer.Origin, s_logKeys, recorded, Signer.Verify);
}
