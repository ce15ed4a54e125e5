using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Replication;

/// <summary>What a candidate must remember over a crash.</summary>
/// <param name="Bound">The draft it signed and has not given up.</param>
/// <param name="Abandoned">Drafts it promised not to complete, in the order of the
/// promises.</param>
/// <param name="Held">The complete genesis.</param>
public sealed record FoundingRecord(
    GenesisDraft? Bound, ImmutableArray<Digest> Abandoned, GenesisHeld? Held)
{
    public static Codec<FoundingRecord> Codec { get; } = RecordCodec<FoundingRecord>.Versioned(1)
        .Optional(1, "bound", x => x.Bound, GenesisDraft.Codec)
        .Field(2, "abandoned", x => x.Abandoned, Codecs.List(
            Digest.Codec, 0, FoundingLimits.AbandonedMax))
        .Optional(3, "held", x => x.Held, GenesisHeld.Codec);

    /// <summary>A candidate that has said nothing yet.</summary>
    public static FoundingRecord Empty { get; } = new(null, [], null);
}

/// <summary>Bounds of founding, and what happens there.</summary>
public static class FoundingLimits
{
    /// <summary>
    /// Most drafts a candidate may abandon. Then it signs no further draft: somebody who knows the
    /// invitation code is disturbing, and a person must look (a new code makes a new start).
    /// </summary>
    public const int AbandonedMax = 1_024;

    /// <summary>Most candidates that are kept in view; further ones are ignored.</summary>
    public const int CandidatesMax = 4 * LedgerLimits.MembersMax;

    /// <summary>How far ahead of the own clock a draft's time may lie, in milliseconds.</summary>
    public const long ClockAheadMaxMs = 60_000;

    /// <summary>
    /// Ticks for which nobody proposes after hearing FOUNDING; each waiting tick asks again.
    /// </summary>
    public const int BusyTicks = 20;
}
