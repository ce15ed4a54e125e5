using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>An EVSE on the ledger: as published, with its present offer.</summary>
/// <param name="Published">The last PutEvse.</param>
/// <param name="Availability">INOPERATIVE until the owner offers it.</param>
/// <param name="AvailableUntil">End of that word's validity.</param>
public sealed record Evse(PutEvse Published, Availability Availability, Timestamp AvailableUntil)
{
    public static Codec<Evse> Codec { get; } = RecordCodec<Evse>.Versioned(1)
        .Field(1, "published", x => x.Published, PutEvse.Codec)
        .Field(2, "availability", x => x.Availability, Codecs.Enum<Availability>())
        .Field(3, "availableUntil", x => x.AvailableUntil, Timestamp.Codec);

    /// <summary>Whether a hold may be made on it at this block time.</summary>
    public bool IsOffered(Timestamp now) =>
        Availability == Availability.Available && now < AvailableUntil;
}
