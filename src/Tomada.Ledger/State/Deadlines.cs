using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>What the rules do by themselves when a time comes.</summary>
public enum DeadlineKind
{
    /// <summary>A held trip expires; the subject is the trip.</summary>
    TripDecision = 1,

    /// <summary>A confirmed leg without a session ends as UNUSED; the subject is the leg.</summary>
    LegUnused = 2,

    /// <summary>Silence accepts a CDR; the subject is the session.</summary>
    CdrSilence = 3,

    /// <summary>A session that nobody ends completes; the subject is the session.</summary>
    SessionSilence = 4,

    /// <summary>A proposed change of the members ends; the subject is its id.</summary>
    MemberProposal = 5,

    /// <summary>A change of the members has its turn; the subject is its id.</summary>
    MemberChange = 6,
}

/// <summary>Whose deadline: the kind, and the text of the trip, leg or session.</summary>
public readonly record struct DeadlineSubject(DeadlineKind Kind, string Id)
    : IComparable<DeadlineSubject>
{
    public static Codec<DeadlineSubject> Codec { get; } = RecordCodec<DeadlineSubject>.Part()
        .Field(1, "kind", x => x.Kind, Codecs.Enum<DeadlineKind>())
        .Field(2, "id", x => x.Id, Codecs.Text(1, LedgerLimits.TextMax));

    public int CompareTo(DeadlineSubject other)
    {
        int order = ((int)Kind).CompareTo((int)other.Kind);
        return order != 0 ? order : string.CompareOrdinal(Id, other.Id);
    }

    public static bool operator <(DeadlineSubject left, DeadlineSubject right) =>
        left.CompareTo(right) < 0;

    public static bool operator >(DeadlineSubject left, DeadlineSubject right) =>
        left.CompareTo(right) > 0;

    public static bool operator <=(DeadlineSubject left, DeadlineSubject right) =>
        left.CompareTo(right) <= 0;

    public static bool operator >=(DeadlineSubject left, DeadlineSubject right) =>
        left.CompareTo(right) >= 0;
}

/// <summary>A deadline: due in every block whose time is at or after it.</summary>
public readonly record struct Deadline(Timestamp At, DeadlineSubject Subject)
    : IComparable<Deadline>
{
    public static Codec<Deadline> Codec { get; } = RecordCodec<Deadline>.Part()
        .Field(1, "at", x => x.At, Timestamp.Codec)
        .Field(2, "subject", x => x.Subject, DeadlineSubject.Codec);

    public int CompareTo(Deadline other)
    {
        int order = At.CompareTo(other.At);
        return order != 0 ? order : Subject.CompareTo(other.Subject);
    }

    public static bool operator <(Deadline left, Deadline right) => left.CompareTo(right) < 0;

    public static bool operator >(Deadline left, Deadline right) => left.CompareTo(right) > 0;

    public static bool operator <=(Deadline left, Deadline right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Deadline left, Deadline right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// The index of what falls due. A rule that makes something pending sets its deadline, and clears
/// it when the matter ends in another way; <see cref="Sweeping"/> does the rest.
/// </summary>
public static class Deadlines
{
    /// <summary>Sets or moves a subject's deadline.</summary>
    public static void Set(Working state, DeadlineKind kind, string id, Timestamp at)
    {
        Clear(state, kind, id);
        DeadlineSubject subject = new(kind, id);
        state.Of(Tables.Deadlines).Put(new Deadline(at, subject), true);
        state.Of(Tables.DeadlineTimes).Put(subject, at);
    }

    /// <summary>Removes a subject's deadline, if it has one.</summary>
    public static void Clear(Working state, DeadlineKind kind, string id)
    {
        DeadlineSubject subject = new(kind, id);
        if (state.Of(Tables.DeadlineTimes).TryGet(subject, out Timestamp at))
        {
            state.Of(Tables.Deadlines).Remove(new Deadline(at, subject));
            state.Of(Tables.DeadlineTimes).Remove(subject);
        }
    }

    /// <summary>When the subject's deadline is; null when it has none.</summary>
    public static Timestamp? Find(Working state, DeadlineKind kind, string id) =>
        state.Of(Tables.DeadlineTimes).TryGet(new DeadlineSubject(kind, id), out Timestamp at)
            ? at
            : null;

    /// <summary>What is due at the block's time and not yet swept, soonest first.</summary>
    public static IEnumerable<Deadline> Due(Working state) =>
        state.Of(Tables.Deadlines).Rows.Keys.TakeWhile(each => each.At <= state.Time);
}
