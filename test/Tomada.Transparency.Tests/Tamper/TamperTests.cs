using System.Text;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Transparency.Tests;

/// <summary>
/// Every byte of a receipt and of a checkpoint, changed in every bit, left out and doubled: always
/// refused, with the class that fits the place. Exactly as many companies as needed cosigned, so
/// that no line is to spare.
/// </summary>
public class TamperTests
{
    private const int Index = 37;
    private const int Size = 70;

    private static readonly TlogPolicy s_policy = Signer.Policy(4, 3);
    private static readonly Digest s_leaf = MerkleTree.LeafHash(Signer.Entry(Index));

    private static readonly byte[] s_receipt =
        (Signer.Receipt(Index, Size, 1, 2, 3) with { Extra = null }).Encode();

    [Fact]
    public void A_receipt_with_any_bit_changed_is_refused_with_the_class_of_its_place()
    {
        string text = Encoding.UTF8.GetString(s_receipt);
        Assert.Null(FindingOf(s_receipt));
        SortedDictionary<string, SortedSet<TlogFinding>> found = new(StringComparer.Ordinal);
        for (int at = 0; at < s_receipt.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = [.. s_receipt];
                damaged[at] ^= (byte)(1 << bit);
                TlogFinding? finding = FindingOf(damaged);
                Assert.True(finding is not null, $"byte {at}, bit {bit} of the receipt");
                string place = PlaceOf(s_receipt, at);
                found.TryAdd(place, []);
                found[place].Add(finding.Value);
            }
        }

        // What still reads leads to another root if it is a hash or an index; is not what was
        // signed if it is in the head or a signature; is a stranger's if it is a name or an id.
        TlogFinding malformed = TlogFinding.Malformed;
        Assert.Equal([malformed], found["header"]);
        Assert.Equal([malformed, TlogFinding.NotIncluded], found["index"]);
        Assert.Equal([malformed, TlogFinding.NotIncluded], found["hash"]);
        Assert.Equal([malformed], found["gap"]);
        Assert.Equal([malformed, TlogFinding.WrongSignature], found["origin"]);
        Assert.Equal([malformed, TlogFinding.WrongSignature], found["size"]);
        Assert.Equal([malformed, TlogFinding.WrongSignature], found["root"]);
        Assert.Equal(
            [malformed, TlogFinding.UnknownLog, TlogFinding.WrongSignature], found["log line"]);
        Assert.Equal(
            [malformed, TlogFinding.WrongSignature, TlogFinding.QuorumMissed],
            found["cosigner line"]);
        Assert.Equal(9, found.Count);
    }

    [Fact]
    public void A_receipt_with_any_byte_left_out_or_doubled_is_refused()
    {
        for (int at = 0; at < s_receipt.Length; at++)
        {
            Assert.NotNull(FindingOf([.. s_receipt[..at], .. s_receipt[(at + 1)..]]));
            Assert.NotNull(FindingOf([.. s_receipt[..(at + 1)], .. s_receipt[at..]]));
            Assert.NotNull(FindingOf(s_receipt[..at]));
        }
    }

    [Fact]
    public void A_receipt_with_any_line_left_out_or_swapped_is_refused_unless_its_claim_stays()
    {
        string[] lines = Encoding.UTF8.GetString(s_receipt).Split('\n')[..^1];
        for (int one = 0; one < lines.Length; one++)
        {
            Assert.NotNull(FindingOf(Joined([.. lines[..one], .. lines[(one + 1)..]])));
            for (int other = one + 1; other < lines.Length; other++)
            {
                string[] swapped = [.. lines];
                (swapped[one], swapped[other]) = (swapped[other], swapped[one]);

                // Who signed is a set: the order of the lines says nothing.
                bool isSame = lines[one] == lines[other]
                    || (lines[one].StartsWith('\u2014') && lines[other].StartsWith('\u2014'));
                Assert.Equal(isSame, FindingOf(Joined(swapped)) is null);
            }
        }
    }

    [Fact]
    public void What_nothing_vouches_for_may_change_and_changes_no_claim()
    {
        // C2SP tlog-proof, Format: extra data is not authenticated. And a line of a key that the
        // policy does not know is passed over (C2SP signed-note, Signatures).
        byte[] extra = (Signer.Receipt(Index, Size, 1, 2, 3) with { Extra = [1, 2, 3] }).Encode();
        byte[] changed = [.. extra];
        int at = extra.AsSpan().IndexOf("AQID"u8);
        changed[at] = (byte)'B';
        Assert.Null(FindingOf(changed));
        TlogProof stranger = Signer.Receipt(Index, Size, 1, 2, 3, 9);
        Assert.Null(FindingOf(stranger.Encode()));
        Assert.Null(FindingOf((stranger with
        {
            Checkpoint = stranger.Checkpoint with
            {
                Signatures =
                [
                    .. stranger.Checkpoint.Signatures[..^1],
                    new NoteSignature("stranger", 1, [2]),
                ],
            },
        }).Encode()));
    }

    [Fact]
    public void A_checkpoint_with_any_bit_changed_is_accepted_by_nobody()
    {
        byte[] note = Signer.Note(Size, 1, 2, 3).Encode();
        Assert.True(IsAccepted(note));
        for (int at = 0; at < note.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = [.. note];
                damaged[at] ^= (byte)(1 << bit);
                Assert.False(IsAccepted(damaged), $"byte {at}, bit {bit} of the checkpoint");
            }
        }
    }

    [Fact]
    public void A_receipt_of_one_entry_serves_no_other_entry_and_no_other_head()
    {
        TlogProof proof = Signer.Receipt(Index, Size, 1, 2, 3);
        for (int other = 0; other < Size; other++)
        {
            Assert.Equal(other == Index, Finding(proof, Signer.Entry(other)) is null);
            Assert.Equal(
                other == Index, Finding(proof with { Index = other }, Signer.Entry(Index)) is null);
        }

        for (int size = Size - 5; size <= Size + 5; size++)
        {
            TlogProof moved = proof with { Checkpoint = Signer.Note(size, 1, 2, 3) };
            Assert.Equal(
                size == Size ? null : TlogFinding.NotIncluded, Finding(moved, Signer.Entry(Index)));
        }
    }

    private static string PlaceOf(byte[] receipt, int at)
    {
        int gap = receipt.AsSpan().IndexOf("\n\n"u8);
        int line = receipt.AsSpan(0, at).Count((byte)'\n');
        int gapLine = receipt.AsSpan(0, gap + 1).Count((byte)'\n');
        string[] head = ["origin", "size", "root", "gap", "log line"];
        return line switch
        {
            0 => "header",
            1 => "index",
            _ when line < gapLine => "hash",
            _ when line == gapLine => "gap",
            _ => head.ElementAtOrDefault(line - gapLine - 1) ?? "cosigner line",
        };
    }

    private static TlogFinding? FindingOf(byte[] bytes) =>
        TlogProof.TryVerifyBytes(bytes, s_leaf, s_policy, Signer.Verify, out _, out var refusal)
            ? null
            : refusal.Finding;

    private static TlogFinding? Finding(TlogProof proof, byte[] entry) => proof.TryVerify(
        MerkleTree.LeafHash(entry), s_policy, Signer.Verify, out _, out TlogRefusal? refusal)
            ? null
            : refusal.Finding;

    private static bool IsAccepted(byte[] bytes) =>
        SignedNote.TryParse(bytes, out SignedNote? note, out _)
        && s_policy.TryAccept(note, Signer.Verify, out _, out _);

    private static byte[] Joined(string[] lines) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
}
