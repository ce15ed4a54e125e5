using System.Buffers.Binary;
using System.Globalization;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Encoding = System.Text.Encoding;

namespace Tomada.Transparency;

/// <summary>
/// A head of the log with a company's dated signature over it (C2SP tlog-cosignature, type 04), as
/// records carry it: without the names that the reader knows.
/// </summary>
/// <param name="Size">Entries of the log; 1 or more.</param>
/// <param name="Root">Root over them (RFC 9162 section 2.1.1).</param>
/// <param name="UnixSeconds">When it was signed, on the signer's wall clock; to the year
/// 9999.</param>
/// <param name="Signature">Ed25519 over the cosignature's message.</param>
public sealed record SignedHead(long Size, Digest Root, long UnixSeconds, byte[] Signature)
{
    private const int TimeSize = 8;
    private const long UnixSecondsMax = 253_402_300_799;

    public static Codec<SignedHead> Codec { get; } = RecordCodec<SignedHead>.Part()
        .Field(1, "size", each => each.Size, Codecs.Long(1, TreeLimits.LogSizeMax))
        .Field(2, "root", each => each.Root, Digest.Codec)
        .Field(3, "unixSeconds", each => each.UnixSeconds, Codecs.Long(0, UnixSecondsMax))
        .Field(4, "signature", each => each.Signature, Signing.SignatureCodec);

    /// <summary>Signs a head as a company.</summary>
    /// <param name="head">The head.</param>
    /// <param name="company">Whose key it is.</param>
    /// <param name="unixSeconds">The wall clock.</param>
    /// <param name="sign">Its identity key.</param>
    public static SignedHead Sign(
        Checkpoint head, CompanyId company, long unixSeconds, SignMessage sign)
    {
        // The key itself stands in the line's id only, not in what is signed.
        NoteSignature line = NoteKey.OfCompany(head.Origin, company, default)
            .Sign(head.ToText(), unixSeconds, sign);
        return new SignedHead(head.Size, head.Root, unixSeconds, line.Bytes[TimeSize..]);
    }

    /// <summary>The checkpoint that was signed.</summary>
    /// <param name="network">The network id.</param>
    public Checkpoint In(Digest network) => new(Checkpoint.OriginOf(network), Size, Root);

    /// <summary>What is signed (C2SP tlog-cosignature, Ed25519 signed message).</summary>
    /// <param name="network">The network id.</param>
    public byte[] SignedBytes(Digest network) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"cosignature/v1\ntime {UnixSeconds}\n{In(network).ToText()}"));

    /// <summary>Whether the company's key signed it.</summary>
    public bool IsSigned(
        Digest network, CompanyId company, PublicKey key, VerifySignature verify) =>
        KeyOf(network, company, key).Verify(
            In(network).ToText(), LineOf(network, company, key), verify, out _);

    /// <summary>The signature line of a note (C2SP signed-note, Format).</summary>
    /// <param name="network">The network id.</param>
    /// <param name="company">Who signed.</param>
    /// <param name="key">The key that signed: it stands in the line's id.</param>
    public NoteSignature LineOf(Digest network, CompanyId company, PublicKey key)
    {
        NoteKey named = KeyOf(network, company, key);
        byte[] bytes = new byte[TimeSize + Signature.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, UnixSeconds);
        Signature.CopyTo(bytes, TimeSize);
        return new NoteSignature(named.Name, named.Id, bytes);
    }

    private static NoteKey KeyOf(Digest network, CompanyId company, PublicKey key) =>
        NoteKey.OfCompany(Checkpoint.OriginOf(network), company, key);
}
