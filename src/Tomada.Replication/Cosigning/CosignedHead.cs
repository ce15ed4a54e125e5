using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Tomada.Transparency;

namespace Tomada.Replication;

/// <summary>A head of the log and who cosigned it so far. Immutable.</summary>
/// <param name="Height">Of the block that it ends.</param>
/// <param name="Head">Size and root.</param>
/// <param name="Governance">Members, f and q after the block: whose cosignatures count.</param>
/// <param name="Cosignatures">Checked, of those members, at most one of each.</param>
public sealed record CosignedHead(
    long Height,
    Checkpoint Head,
    Governance Governance,
    ImmutableSortedDictionary<CompanyId, HeadCosignature> Cosignatures)
{
    /// <summary>Canonical form, as a node keeps it.</summary>
    public static Codec<CosignedHead> Codec { get; } = RecordCodec<Stored>.Versioned(1)
        .Field(1, "height", each => each.Height, Codecs.Long(1, VoteContent.HeightMax))
        .Field(2, "network", each => each.Network, Digest.Codec)
        .Field(3, "governance", each => each.Governance, Governance.Codec)
        .Field(4, "cosignatures", each => each.Cosignatures, Codecs.List(
            HeadCosignature.Codec, 1, LedgerLimits.MembersMax))
        .Convert(
            stored => new CosignedHead(
                stored.Height,
                stored.Cosignatures[0].Head.In(stored.Network),
                stored.Governance,
                stored.Cosignatures.ToImmutableSortedDictionary(
                    each => each.Company, each => each)),
            head => new Stored(
                head.Height,
                Digest.Parse(head.Head.Origin[^(2 * Digest.Size)..]),
                head.Governance,
                [.. head.Cosignatures.Values]),
            "a head with who cosigned it");

    /// <summary>Whether as many cosigned it as decide a block.</summary>
    public bool HasQuorum => Cosignatures.Count >= Governance.Quorum;

    /// <summary>
    /// The head as a note: the signatures as the log first, then the cosignatures, each by
    /// company; as many companies as a note may have signatures of.
    /// </summary>
    public SignedNote ToNote()
    {
        Digest network = Digest.Parse(Head.Origin[^(2 * Digest.Size)..]);
        (HeadCosignature Word, PublicKey Key)[] words =
        [
            .. Governance.Members
                .Where(each => Cosignatures.ContainsKey(each.Company))
                .Take(TreeLimits.NoteSignaturesMax / 2)
                .Select(each => (Cosignatures[each.Company], each.IdentityKey)),
        ];
        return new SignedNote(
            Head.ToText(),
            [
                .. words.Select(each => each.Word.LogLine(network, each.Key)),
                .. words.Select(each =>
                    each.Word.Head.LineOf(network, each.Word.Company, each.Key)),
            ]);
    }

    /// <summary>The same with one word more; unchanged when it is there already.</summary>
    public CosignedHead With(HeadCosignature word) => Cosignatures.ContainsKey(word.Company)
        ? this
        : this with { Cosignatures = Cosignatures.Add(word.Company, word) };

    private sealed record Stored(
        long Height,
        Digest Network,
        Governance Governance,
        ImmutableArray<HeadCosignature> Cosignatures);
}
