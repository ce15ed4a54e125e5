using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Tomada.Transparency;

namespace Tomada.Ledger;

/// <summary>
/// Two cosignatures of a company over heads that cannot be of one log, for all to see. As with
/// votes, the rules only check it and keep it.
/// </summary>
/// <param name="Evidence">The two heads.</param>
/// <param name="IdentityKey">The key that signed both.</param>
public sealed record ReportTwoHeads(TwoHeads Evidence, PublicKey IdentityKey) : Body
{
    public static new Codec<ReportTwoHeads> Codec { get; } =
        RecordCodec<ReportTwoHeads>.Versioned(1)
        .Field(1, "evidence", x => x.Evidence, TwoHeads.Codec)
        .Field(2, "identityKey", x => x.IdentityKey, PublicKey.Codec);
}

/// <summary>Guilt of two heads as the ledger keeps it, for ever.</summary>
/// <param name="Evidence">The two heads.</param>
/// <param name="IdentityKey">The guilty company's key; with it anybody checks them.</param>
/// <param name="ReportedBy">The member that brought it.</param>
/// <param name="At">Block time.</param>
public sealed record HeadGuilt(
    TwoHeads Evidence, PublicKey IdentityKey, CompanyId ReportedBy, Timestamp At)
{
    public static Codec<HeadGuilt> Codec { get; } = RecordCodec<HeadGuilt>.Versioned(1)
        .Field(1, "evidence", x => x.Evidence, TwoHeads.Codec)
        .Field(2, "identityKey", x => x.IdentityKey, PublicKey.Codec)
        .Field(3, "reportedBy", x => x.ReportedBy, CompanyId.Codec)
        .Field(4, "at", x => x.At, Timestamp.Codec);
}
