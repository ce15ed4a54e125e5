using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Replication;

/// <summary>
/// A block that a newcomer was told of by a person. Members of long ago, or thieves of their keys,
/// could make another chain from the same genesis; they cannot make it pass through this block.
/// </summary>
/// <param name="Height">0 for the genesis alone, which proves nothing more than its hash.</param>
/// <param name="Tip">The block's digest; the network id at height 0.</param>
public sealed record TrustAnchor(long Height, Digest Tip)
{
    public static Codec<TrustAnchor> Codec { get; } = RecordCodec<TrustAnchor>.Versioned(1)
        .Field(1, "height", x => x.Height, Codecs.Long(0, long.MaxValue))
        .Field(2, "tip", x => x.Tip, Digest.Codec);

    /// <summary>Whether a chain at this state may be the one that was meant.</summary>
    public bool Allows(LedgerState state) => state.Height != Height || state.Tip == Tip;
}
