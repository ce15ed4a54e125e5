using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>What a company asks of the ledger, before its signature.</summary>
/// <param name="Network">The hash of the genesis: a transaction of one network is void in
/// another.</param>
/// <param name="Company">The company that asks and signs.</param>
/// <param name="Lane">Which of the company's gateways numbers it; 0 to 255.</param>
/// <param name="Number">Usable once in its lane, within 1,024 below the lane's highest; from
/// 1.</param>
/// <param name="ValidUntil">Last block time at which it may enter a block.</param>
/// <param name="Body">What is asked.</param>
public sealed record Transaction(
    Digest Network, CompanyId Company, int Lane, long Number, Timestamp ValidUntil, Body Body)
{
    public static Codec<Transaction> Codec { get; } = RecordCodec<Transaction>.Versioned(1)
        .Field(1, "network", x => x.Network, Digest.Codec)
        .Field(2, "company", x => x.Company, CompanyId.Codec)
        .Field(3, "lane", x => x.Lane, Codecs.Int(0, LedgerLimits.LaneMax))
        .Field(4, "number", x => x.Number, Codecs.Long(1, LedgerLimits.NumberMax))
        .Field(5, "validUntil", x => x.ValidUntil, Timestamp.Codec)
        .Field(6, "body", x => x.Body, Body.Codec);
}

/// <summary>
/// A transaction as it travels: the unsigned bytes exactly as its company made them, and the
/// company's Ed25519 signature over tag ‖ 00 ‖ network ‖ those bytes.
/// </summary>
public sealed class SignedTransaction
{
    private const string Tag = "tomada/v1/transaction";

    private static readonly Codec<Wire> s_codec = RecordCodec<Wire>.Versioned(1)
        .Field(1, "unsigned", x => x.Unsigned, Codecs.Bytes(1, LedgerLimits.TransactionBytesMax))
        .Field(2, "signature", x => x.Signature, Signing.SignatureCodec);

    private SignedTransaction(byte[] bytes, byte[] unsigned, Transaction content, byte[] signature)
    {
        Bytes = bytes;
        Content = content;
        Signature = signature;
        Message = MessageOf(content, unsigned);
        Id = new TransactionId(Digest.Of(Message));
    }

    /// <summary>The canonical bytes: what is gossiped, stored and logged.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    public Transaction Content { get; }

    public TransactionId Id { get; }

    private byte[] Signature { get; }

    private byte[] Message { get; }

    public static SignedTransaction Sign(Transaction content, SignMessage sign)
    {
        byte[] unsigned = Transaction.Codec.Encode(content);
        byte[] signature = sign(MessageOf(content, unsigned));
        byte[] bytes = s_codec.Encode(new Wire(unsigned, signature));
        return new SignedTransaction(bytes, unsigned, content, signature);
    }

    /// <summary>Reads canonical bytes; the signature is not checked here.</summary>
    public static bool TryDecode(
        ReadOnlyMemory<byte> bytes, out SignedTransaction? transaction, out string? why)
    {
        transaction = null;
        if (bytes.Length > LedgerLimits.TransactionBytesMax)
        {
            why = $"{bytes.Length} bytes are more than the "
                + $"{LedgerLimits.TransactionBytesMax} allowed";
        }
        else if (s_codec.TryDecode(bytes, out Wire? wire, out why)
            && Transaction.Codec.TryDecode(wire.Unsigned, out Transaction? content, out why))
        {
            transaction =
                new SignedTransaction(bytes.ToArray(), wire.Unsigned, content, wire.Signature);
        }

        return transaction is not null;
    }

    /// <summary>Whether the signature was made by the holder of the identity key.</summary>
    public bool IsSignedBy(PublicKey identityKey, VerifySignature verify) =>
        verify(identityKey, Message, Signature);

    private static byte[] MessageOf(Transaction content, byte[] unsigned) =>
        Signing.Message(Tag, content.Network.ToArray(), unsigned);

    private sealed record Wire(byte[] Unsigned, byte[] Signature);
}
