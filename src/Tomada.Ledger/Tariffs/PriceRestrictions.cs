using System.Collections.Immutable;
using System.Globalization;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>OCPI ReservationRestrictionType.</summary>
public enum ReservationKind
{
    /// <summary>Prices a reservation, used or not.</summary>
    Reservation = 1,

    /// <summary>Prices a reservation that nobody used, on top.</summary>
    ReservationExpires = 2,
}

/// <summary>OCPI DayOfWeek, as ISO 8601 numbers it.</summary>
public enum Weekday
{
    Monday = 1,
    Tuesday = 2,
    Wednesday = 3,
    Thursday = 4,
    Friday = 5,
    Saturday = 6,
    Sunday = 7,
}

/// <summary>
/// OCPI TariffRestrictions: all that are given must hold. Times and dates are the location's own.
/// </summary>
/// <param name="StartTime">From this time of day on.</param>
/// <param name="EndTime">Before this time of day; not after StartTime: of the next day.</param>
/// <param name="StartDate">From this day on.</param>
/// <param name="EndDate">Before this day.</param>
/// <param name="MinWh">From so much energy of the session on, in Wh.</param>
/// <param name="MaxWh">Before so much energy of the session, in Wh.</param>
/// <param name="MinCurrentMa">While so much current flows or more, in mA.</param>
/// <param name="MaxCurrentMa">While less current flows, in mA.</param>
/// <param name="MinPowerW">While so much power flows or more, in W.</param>
/// <param name="MaxPowerW">While less power flows, in W.</param>
/// <param name="MinDurationS">From so many seconds of the session on.</param>
/// <param name="MaxDurationS">Before so many seconds of the session.</param>
/// <param name="Days">On these days; none given: on all.</param>
/// <param name="Reservation">Whether a reservation is priced, not charging.</param>
public sealed record PriceRestrictions(
    TimeOnly? StartTime = null,
    TimeOnly? EndTime = null,
    DateOnly? StartDate = null,
    DateOnly? EndDate = null,
    long? MinWh = null,
    long? MaxWh = null,
    long? MinCurrentMa = null,
    long? MaxCurrentMa = null,
    long? MinPowerW = null,
    long? MaxPowerW = null,
    long? MinDurationS = null,
    long? MaxDurationS = null,
    ImmutableArray<Weekday> Days = default,
    ReservationKind? Reservation = null)
{
    // Stands first: the codec below is made of it.
    private static readonly Codec<long> s_amount = Codecs.Long(0, 1_000_000_000);

    /// <summary>Hours and minutes; 00:00 as an end is the end of the day.</summary>
    public static Codec<TimeOnly> TimeCodec { get; } = Codecs.Text(5, 5).Convert(
        text => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture),
        time => time.ToString("HH:mm", CultureInfo.InvariantCulture),
        "a time of day as 17:05");

    public static Codec<DateOnly> DateCodec { get; } = Codecs.Text(10, 10).Convert(
        text => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "a date as 2026-11-23");

    public static Codec<PriceRestrictions> Codec { get; } = RecordCodec<PriceRestrictions>.Part()
        .OptionalValue(1, "startTime", x => x.StartTime, TimeCodec)
        .OptionalValue(2, "endTime", x => x.EndTime, TimeCodec)
        .OptionalValue(3, "startDate", x => x.StartDate, DateCodec)
        .OptionalValue(4, "endDate", x => x.EndDate, DateCodec)
        .OptionalValue(5, "minWh", x => x.MinWh, s_amount)
        .OptionalValue(6, "maxWh", x => x.MaxWh, s_amount)
        .OptionalValue(7, "minCurrentMa", x => x.MinCurrentMa, s_amount)
        .OptionalValue(8, "maxCurrentMa", x => x.MaxCurrentMa, s_amount)
        .OptionalValue(9, "minPowerW", x => x.MinPowerW, s_amount)
        .OptionalValue(10, "maxPowerW", x => x.MaxPowerW, s_amount)
        .OptionalValue(11, "minDurationS", x => x.MinDurationS, s_amount)
        .OptionalValue(12, "maxDurationS", x => x.MaxDurationS, s_amount)
        .Field(13, "days", x => x.Days, Codecs.List(Codecs.Enum<Weekday>(), 0, 7))
        .OptionalValue(
            14, "reservation", x => x.Reservation, Codecs.Enum<ReservationKind>());

    public ImmutableArray<Weekday> Days { get; init; } = Days.IsDefault ? [] : Days;

    /// <summary>Whether the location's local time matters.</summary>
    public bool IsLocal => StartTime is not null || EndTime is not null || StartDate is not null
        || EndDate is not null || !Days.IsEmpty;

    /// <summary>Whether a current must be known.</summary>
    public bool NeedsCurrent => MinCurrentMa is not null || MaxCurrentMa is not null;

    /// <summary>Whether the price applies to a stretch of a session.</summary>
    internal bool Hold(Stretch at) =>
        HoldsTime(at.Local)
        && (StartDate is not { } first || DateOnly.FromDateTime(at.Local) >= first)
        && (EndDate is not { } end || DateOnly.FromDateTime(at.Local) < end)
        && (Days.IsEmpty || Days.Contains(DayOf(at.Local)))
        && IsWithin(at.BeforeWh, MinWh, MaxWh)
        && IsWithin(at.PowerW, MinPowerW, MaxPowerW)
        && IsWithin(at.AgeMs, MinDurationS * 1_000, MaxDurationS * 1_000)
        && (!NeedsCurrent
            || (at.CurrentMa is { } current && IsWithin(current, MinCurrentMa, MaxCurrentMa)));

    private bool HoldsTime(DateTime local)
    {
        TimeOnly now = TimeOnly.FromDateTime(local);
        return (StartTime, EndTime) switch
        {
            (null, null) => true,
            ({ } start, null) => now >= start,
            (null, { } end) => end == TimeOnly.MinValue || now < end,
            ({ } start, { } end) => end > start
                ? now >= start && now < end
                : now >= start || now < end,
        };
    }

    private static bool IsWithin(long value, long? min, long? max) =>
        (min is not { } least || value >= least) && (max is not { } most || value < most);

    private static Weekday DayOf(DateTime local) =>
        local.DayOfWeek == DayOfWeek.Sunday ? Weekday.Sunday : (Weekday)(int)local.DayOfWeek;
}
