using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Tomada.Transparency;

namespace Tomada.Replication;

/// <summary>
/// A company's word for a head of the log, as members tell it to each other: both of its
/// signatures over the checkpoint, made with its identity key.
/// </summary>
/// <param name="Company">Who signed.</param>
/// <param name="Head">The head and the cosignature (type 04, under origin/company).</param>
/// <param name="LogSignature">The same checkpoint signed as the log (type 01, under the
/// origin).</param>
public sealed record HeadCosignature(CompanyId Company, SignedHead Head, byte[] LogSignature)
{
    public static Codec<HeadCosignature> Codec { get; } = RecordCodec<HeadCosignature>.Part()
        .Field(1, "company", each => each.Company, CompanyId.Codec)
        .Field(2, "head", each => each.Head, SignedHead.Codec)
        .Field(3, "logSignature", each => each.LogSignature, Signing.SignatureCodec);

    /// <summary>Signs a head in both ways.</summary>
    /// <param name="head">At the end of a block.</param>
    /// <param name="company">Whose key it is.</param>
    /// <param name="unixSeconds">The wall clock.</param>
    /// <param name="sign">Its identity key.</param>
    public static HeadCosignature Sign(
        Checkpoint head, CompanyId company, long unixSeconds, SignMessage sign) => new(
        company,
        SignedHead.Sign(head, company, unixSeconds, sign),
        NoteKey.OfLog(head.Origin, default).Sign(head.ToText(), 0, sign).Bytes);

    /// <summary>Whether both signatures are this key's.</summary>
    public bool IsSigned(Digest network, PublicKey key, VerifySignature verify)
    {
        NoteKey log = NoteKey.OfLog(Checkpoint.OriginOf(network), key);
        return Head.IsSigned(network, Company, key, verify)
            && log.Verify(Head.In(network).ToText(), LogLine(network, key), verify, out _);
    }

    /// <summary>The line of the log's signature in a note.</summary>
    /// <param name="network">The network id.</param>
    /// <param name="key">The identity key that signed: it stands in the line's id.</param>
    public NoteSignature LogLine(Digest network, PublicKey key)
    {
        NoteKey log = NoteKey.OfLog(Checkpoint.OriginOf(network), key);
        return new NoteSignature(log.Name, log.Id, LogSignature);
    }
}
