using System.Text;
using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Transparency.Tests;

public class TlogProofTests
{
    private const string Hash = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    private const string Note = "origin\n1\n" + Hash + "\n\n\u2014 name AAAAAAE=\n";

    [Fact]
    public void A_receipt_verifies_for_its_entry_and_no_other()
    {
        TlogProof proof = Signer.Receipt(3, 11, 1, 2, 3);
        Assert.True(proof.TryVerify(
            MerkleTree.LeafHash(Signer.Entry(3)), Signer.Policy(4, 3), Signer.Verify,
            out AcceptedCheckpoint? accepted, out _));
        Assert.Equal(Signer.Head(11), accepted.Checkpoint);
        Assert.Equal(Signer.Number(1).LogKey, Assert.Single(accepted.Logs));
        Assert.Equal(3, accepted.Cosignatures.Length);
        Assert.False(proof.TryVerify(
            MerkleTree.LeafHash(Signer.Entry(4)), Signer.Policy(4, 3), Signer.Verify,
            out _, out TlogRefusal? refusal));
        Assert.Equal(TlogFinding.NotIncluded, refusal.Finding);
    }

    [Fact]
    public void Every_place_in_every_small_log_has_a_receipt()
    {
        TlogPolicy policy = Signer.Policy(1, 1);
        for (int size = 1; size <= 20; size++)
        {
            for (int index = 0; index < size; index++)
            {
                byte[] bytes = Signer.Receipt(index, size, 1).Encode();
                Digest leaf = MerkleTree.LeafHash(Signer.Entry(index));
                Assert.True(TlogProof.TryVerifyBytes(
                    bytes, leaf, policy, Signer.Verify, out _, out TlogRefusal? refusal),
                    refusal?.Why);
            }
        }
    }

    [Fact]
    public void The_bytes_are_lines_as_the_specification_says()
    {
        TlogProof proof = Signer.Receipt(2, 3, 1) with { Extra = [1, 2, 3] };
        string sibling = Convert.ToBase64String(proof.Hashes[0].ToArray());
        Assert.Equal(
            $"c2sp.org/tlog-proof@v1\nextra AQID\nindex 2\n{sibling}\n\n"
                + Encoding.UTF8.GetString(proof.Checkpoint.Encode()),
            Encoding.UTF8.GetString(proof.Encode()));
    }

    [Fact]
    public void Every_receipt_reads_back() =>
        Gen.Select(
            Gen.Long[0, TreeLimits.LogSizeMax - 1],
            Gen.Byte.Array[32].Array[0, TreeLimits.ProofLinesMax],
            Gen.Byte.Array[0, 100]).Sample((index, hashes, extra) =>
        {
            TlogProof proof = new(
                index,
                [.. hashes.Select(each => new Digest(each))],
                Signer.Note(1, 1),
                extra.Length == 0 ? null : extra);
            byte[] bytes = proof.Encode();
            Assert.True(TlogProof.TryParse(bytes, out TlogProof? read, out string? why), why);
            Assert.Equal(proof.Index, read.Index);
            Assert.Equal(proof.Hashes, read.Hashes);
            Assert.Equal(proof.Extra, read.Extra);
            Assert.Equal(bytes, read.Encode());
        }, iter: 200);

    [Fact]
    public void The_longest_receipt_fits_its_limit()
    {
        byte[] signature = new byte[TreeLimits.NoteSignatureBytesMax];
        string text = Signer.Head(1).ToText();
        TlogProof proof = new(
            TreeLimits.LogSizeMax - 1,
            [.. Enumerable.Repeat(Digest.Zero, TreeLimits.ProofLinesMax)],
            new SignedNote(text, [.. Enumerable.Repeat(new NoteSignature("n", 1, signature), 11)]),
            new byte[TreeLimits.ProofExtraBytesMax]);
        byte[] bytes = proof.Encode();
        Assert.InRange(bytes.Length, 1, TreeLimits.ProofBytesMax);
        Assert.True(TlogProof.TryParse(bytes, out _, out string? why), why);
        Assert.False(TlogProof.TryParse(new byte[TreeLimits.ProofBytesMax + 1], out _, out why));
        Assert.Equal("160001 bytes are more than 160000", why);
    }

    [Theory]
    [InlineData("", "empty line")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\n", "empty line")]
    [InlineData("c2sp.org/tlog-proof@v2\nindex 0\n\n" + Note, "line 1")]
    [InlineData("\n\n" + Note, "line 1")]
    [InlineData("c2sp.org/tlog-proof@v1\n\n" + Note, "index")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra AQID\n\n" + Note, "index")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n" + Note, "extra")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra AQI\nindex 0\n\n" + Note, "extra")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra AQJ=\nindex 0\n\n" + Note, "extra")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\nextra AQID\n\n" + Note, "hash 1")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 00\n\n" + Note, "index")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex -1\n\n" + Note, "index")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex  1\n\n" + Note, "index")]
    [InlineData("c2sp.org/tlog-proof@v1\nIndex 1\n\n" + Note, "index")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 281474976710656\n\n" + Note, "index")]
    [InlineData("c2sp.org/tlog-proof@v1\r\nindex 0\n\n" + Note, "line 1")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n" + Note, "hash 1")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\n" + Hash + " \n\n" + Note, "hash 1")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\n\n\n" + Note, "checkpoint")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\n\norigin\n1\n" + Hash + "\n", "checkpoint")]
    public void Every_other_form_is_refused_with_its_line(string text, string line)
    {
        Assert.False(TlogProof.TryParse(Encoding.UTF8.GetBytes(text), out _, out string? why));
        Assert.Contains(line, why);
    }

    [Fact]
    public void More_hashes_than_a_tree_is_deep_are_refused()
    {
        string hashes = string.Concat(Enumerable.Repeat(Hash + "\n", 64));
        string text = $"c2sp.org/tlog-proof@v1\nindex 0\n{hashes}\n{Note}";
        Assert.False(TlogProof.TryParse(Encoding.UTF8.GetBytes(text), out _, out string? why));
        Assert.Equal("64 hashes are more than 63", why);
    }
}
