using System.Globalization;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Tomada.Transparency;

namespace Tomada.Ledger;

/// <summary>
/// Two contradictory votes of a member, for all to see. What follows is the members' to decide;
/// the rules only check it and keep it.
/// </summary>
public sealed record ReportEquivocation(Evidence Evidence) : Body
{
    public static new Codec<ReportEquivocation> Codec { get; } =
        RecordCodec<ReportEquivocation>.Versioned(1)
        .Field(1, "evidence", x => x.Evidence, Evidence.Codec);
}

/// <summary>Which guilt: whoever proves it again proves nothing new.</summary>
/// <param name="Guilty">Whose votes contradict each other.</param>
/// <param name="Kind">How.</param>
/// <param name="Height">At which height; of two heads, the entries of the smaller one.</param>
/// <param name="Ballot">In which ballot; of a hidden lock, that of the Accept; of two heads,
/// 0.</param>
public readonly record struct GuiltId(CompanyId Guilty, EvidenceKind Kind, long Height, int Ballot)
    : IComparable<GuiltId>
{
    public static Codec<GuiltId> Codec { get; } = RecordCodec<GuiltId>.Part()
        .Field(1, "guilty", x => x.Guilty, CompanyId.Codec)
        .Field(2, "kind", x => x.Kind, Codecs.Enum<EvidenceKind>())
        .Field(3, "height", x => x.Height, Codecs.Long(0, VoteContent.HeightMax))
        .Field(4, "ballot", x => x.Ballot, Codecs.Int(0, VoteContent.BallotMax));

    /// <summary>The guilt that evidence proves; null when its votes are in harmony.</summary>
    public static GuiltId? Of(Evidence evidence) => evidence.Kind is { } kind
        ? new GuiltId(evidence.Guilty, kind, evidence.Height, evidence.Ballot)
        : null;

    /// <summary>The guilt that two heads prove.</summary>
    public static GuiltId Of(TwoHeads evidence) =>
        new(evidence.Guilty, EvidenceKind.TwoHeads, evidence.First.Size, 0);

    /// <summary>Reads the form "br-aaa.2.17.0" again.</summary>
    public static bool TryParse(string text, out GuiltId id)
    {
        id = default;
        string[] parts = text.Split('.');
        if (parts.Length != 4 || !CompanyId.TryParse(parts[0], out CompanyId company)
            || !TryNumber(parts[1], out long kind) || !TryNumber(parts[2], out long height)
            || !TryNumber(parts[3], out long ballot) || ballot > VoteContent.BallotMax
            || kind is < (int)EvidenceKind.TwoProposals or > (int)EvidenceKind.TwoHeads)
        {
            return false;
        }

        id = new GuiltId(company, (EvidenceKind)kind, height, (int)ballot);
        return true;
    }

    public int CompareTo(GuiltId other)
    {
        int order = Guilty.CompareTo(other.Guilty);
        return order != 0
            ? order
            : (Kind, Height, Ballot).CompareTo((other.Kind, other.Height, other.Ballot));
    }

    /// <summary>Company, number of the kind, height and ballot: "br-aaa.2.17.0".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Guilty}.{(int)Kind}.{Height}.{Ballot}");

    public static bool operator <(GuiltId left, GuiltId right) => left.CompareTo(right) < 0;

    public static bool operator >(GuiltId left, GuiltId right) => left.CompareTo(right) > 0;

    public static bool operator <=(GuiltId left, GuiltId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(GuiltId left, GuiltId right) => left.CompareTo(right) >= 0;

    private static bool TryNumber(string text, out long number) => long.TryParse(
        text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>Guilt as the ledger keeps it, for ever.</summary>
/// <param name="Evidence">The two votes.</param>
/// <param name="VotingKey">The guilty company's key at their height; with it anybody checks
/// them.</param>
/// <param name="ReportedBy">The member that brought it.</param>
/// <param name="At">Block time.</param>
public sealed record Guilt(
    Evidence Evidence, PublicKey VotingKey, CompanyId ReportedBy, Timestamp At)
{
    public static Codec<Guilt> Codec { get; } = RecordCodec<Guilt>.Versioned(1)
        .Field(1, "evidence", x => x.Evidence, Evidence.Codec)
        .Field(2, "votingKey", x => x.VotingKey, PublicKey.Codec)
        .Field(3, "reportedBy", x => x.ReportedBy, CompanyId.Codec)
        .Field(4, "at", x => x.At, Timestamp.Codec);
}

/// <summary>A member is proven to have contradicted itself.</summary>
public sealed record EquivocationProven(GuiltId Guilt) : Effect
{
    public static new Codec<EquivocationProven> Codec { get; } =
        RecordCodec<EquivocationProven>.Part()
        .Field(1, "guilt", x => x.Guilt, GuiltId.Codec);
}
