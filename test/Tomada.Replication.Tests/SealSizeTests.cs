using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Replication.Tests;

/// <summary>A seal is an entry of the log, whatever certificate it holds (decision 52).</summary>
public class SealSizeTests
{
    [Fact]
    public void The_largest_certificate_fits_into_a_seal()
    {
        Certificate largest = new(
            VoteType.Accept,
            Consensus.Limits.HeightMax,
            Consensus.Limits.BallotMax,
            Digest.Of([1]),
            [
                .. Enumerable.Range(0, Consensus.Limits.MembersMax).Select(each => new VoteSeal(
                    CompanyId.Parse($"br-{(char)('a' + (each / 26))}{(char)('a' + (each % 26))}z"),
                    new byte[Signing.SignatureSize])),
            ]);
        Assert.InRange(
            Certificate.Codec.Encode(largest).Length, 1, LedgerLimits.CertificateBytesMax);
    }

    [Fact]
    public void The_largest_seal_is_an_entry_that_a_bundle_holds()
    {
        byte[] bytes = Entry.Codec.Encode(Largest(LedgerLimits.CertificateBytesMax));
        Assert.InRange(bytes.Length, 1, LedgerLimits.EntryBytesMax);
        Assert.InRange(LedgerLimits.EntryBytesMax, 1, Transparency.TreeLimits.EntryBytesMax);
        Assert.True(Block.Codec.TryDecode(
            Block.Codec.Encode(new Block([bytes])), out _, out string? why), why);
    }

    [Fact]
    public void A_larger_entry_of_a_block_is_refused()
    {
        // The form of a block with one entry of 65,536 bytes, which the codec does not write.
        byte[] sound = Block.Codec.Encode(new Block([new byte[LedgerLimits.EntryBytesMax]]));
        int head = sound.Length - LedgerLimits.EntryBytesMax - 3;
        byte[] larger =
        [
            .. sound[..head], 0x5A, 0, 1, 0, 0, .. new byte[LedgerLimits.EntryBytesMax + 1],
        ];
        Assert.False(Block.Codec.TryDecode(larger, out _, out string? why));
        Assert.Contains("65535", why, StringComparison.Ordinal);
    }

    private static Seal Largest(int certificateBytes) => new(
        long.MaxValue, Digest.Of([1]), long.MaxValue, LedgerLimits.BlockEntriesMax, Digest.Of([2]),
        Digest.Of([3]), Digest.Of([4]), LedgerLimits.BlockTimeMax, CompanyId.Parse("br-aaa"),
        new byte[certificateBytes]);
}
