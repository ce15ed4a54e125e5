using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Replication;

/// <summary>What an owner says of some of its EVSEs. It advises; the ledger decides.</summary>
/// <param name="At">When it was said, on the owner's wall clock: the newest word counts.</param>
/// <param name="ValidMs">
/// How long it is good for from its arrival on, in milliseconds of wall time: 1 s to 10 min.
/// </param>
/// <param name="From">Start of the first slot, in ledger time.</param>
/// <param name="SlotMs">Length of a slot in ledger milliseconds: 1 min to 1 h.</param>
/// <param name="Evses">Ascending by id; the same one is never there twice.</param>
public sealed record OutlookContent(
    Timestamp At, int ValidMs, Timestamp From, long SlotMs, ImmutableArray<EvseOutlook> Evses)
{
    private const long SlotMsMin = 60_000;
    private const long SlotMsMax = 3_600_000;

    public static Codec<OutlookContent> Codec { get; } = RecordCodec<OutlookContent>.Versioned(1)
        .Field(1, "at", each => each.At, Timestamp.Codec)
        .Field(2, "validMs", each => each.ValidMs, Codecs.Int(
            1_000, OutlookLimits.ValidMsMax))
        .Field(3, "from", each => each.From, Timestamp.Codec)
        .Field(4, "slotMs", each => each.SlotMs, Codecs.Long(SlotMsMin, SlotMsMax))
        .Field(5, "evses", each => each.Evses, Codecs.List(
            EvseOutlook.Codec, 1, OutlookLimits.EvsesPerWordMax)
            .Convert(
                evses => IsAscending(evses)
                    ? evses
                    : throw new FormatException("The EVSEs do not ascend."),
                evses => evses,
                $"1 to {OutlookLimits.EvsesPerWordMax} ascending"));

    /// <summary>When the slots are.</summary>
    public SlotGrid Slots => new(From, SlotMs);

    private static bool IsAscending(ImmutableArray<EvseOutlook> evses)
    {
        for (int i = 1; i < evses.Length; i++)
        {
            if (evses[i - 1].Evse >= evses[i].Evse)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>
/// An outlook as its owner signed it: who was promised a free slot and refused can show it.
/// </summary>
/// <param name="Content">Canonical bytes of an <see cref="OutlookContent"/>, as signed.</param>
/// <param name="Signature">By the owner's identity key.</param>
public sealed record OutlookWord(byte[] Content, byte[] Signature)
{
    private const string Tag = "tomada/v1/outlook";

    public static Codec<OutlookWord> Codec { get; } = RecordCodec<OutlookWord>.Part()
        .Field(1, "content", each => each.Content, Codecs.Bytes(
            1, OutlookLimits.ContentBytesMax))
        .Field(2, "signature", each => each.Signature, Signing.SignatureCodec);

    /// <summary>Signs what is said.</summary>
    /// <param name="network">The network id.</param>
    /// <param name="content">Of own EVSEs.</param>
    /// <param name="sign">The owner's identity key.</param>
    public static OutlookWord Sign(Digest network, OutlookContent content, SignMessage sign)
    {
        byte[] bytes = OutlookContent.Codec.Encode(content);
        return new OutlookWord(bytes, sign(Message(network, bytes)));
    }

    /// <summary>Reads a word; it counts only when it is the owner's own.</summary>
    /// <param name="network">The network id.</param>
    /// <param name="owner">Whose EVSEs it must speak of.</param>
    /// <param name="key">The owner's identity key.</param>
    /// <param name="verify">Checks Ed25519.</param>
    /// <param name="content">When the answer is true.</param>
    /// <param name="why">Otherwise: what is wrong.</param>
    public bool TryRead(
        Digest network,
        CompanyId owner,
        PublicKey key,
        VerifySignature verify,
        [NotNullWhen(true)] out OutlookContent? content,
        [NotNullWhen(false)] out string? why)
    {
        if (!OutlookContent.Codec.TryDecode(Content, out content, out why))
        {
            return false;
        }

        if (content.Evses.FirstOrDefault(each => each.Evse.Company != owner) is { } foreign)
        {
            why = $"{owner} speaks of {foreign.Evse}; allowed are its own EVSEs";
        }
        else if (!verify(key, Message(network, Content), Signature))
        {
            why = $"the signature is not {owner}'s";
        }

        content = why is null ? content : null;
        return why is null;
    }

    private static byte[] Message(Digest network, byte[] content) =>
        Signing.Message(Tag, network.ToArray(), content);
}
