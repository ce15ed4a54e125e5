using System.Globalization;
using Tomada.DeviceApi;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Cli.Cars;

/// <summary>Numbers, times and names as a driver reads and writes them.</summary>
internal static class CarWords
{
    private const string PercentAllowed = "0 to 100 with at most one decimal, as 12 or 12.5%";

    public static string Percent(int permille) => permille % 10 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{permille / 10} %")
        : string.Create(CultureInfo.InvariantCulture, $"{permille / 10m:F1} %");

    /// <exception cref="FormatException">It is none.</exception>
    public static int Permille(string text) =>
        decimal.TryParse(
            text.TrimEnd('%').Trim(),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out decimal percent)
        && percent <= 100 && percent * 10 == Math.Floor(percent * 10)
            ? (int)(percent * 10)
            : throw new FormatException($"'{text}' is no percentage; allowed is {PercentAllowed}.");

    public static string Energy(long wh) =>
        string.Create(CultureInfo.InvariantCulture, $"{wh / 1000m:F1} kWh");

    public static string Time(Timestamp time) =>
        time.ToDateTimeOffset().ToString("MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    public static string Clock(Timestamp time) =>
        time.ToDateTimeOffset().ToString("HH:mm", CultureInfo.InvariantCulture);

    public static string Span(Timestamp from, Timestamp to)
    {
        TimeSpan span = to.Since(from);
        return string.Create(
            CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes:00} min");
    }

    /// <summary>What a plan takes and costs more than another, or less.</summary>
    public static string Difference(PlanBody before, PlanBody now)
    {
        TimeSpan later = now.Arrival.Since(before.Arrival);
        string minutes = string.Create(
            CultureInfo.InvariantCulture, $"{Math.Ceiling(later.Duration().TotalMinutes):F0} min");
        string when = later == TimeSpan.Zero ? "it arrives at the same time"
            : later > TimeSpan.Zero ? $"it arrives {minutes} later"
            : $"it arrives {minutes} earlier";
        if (before.Price.Currency != now.Price.Currency)
        {
            return $"{when} and costs {now.Price}";
        }

        long dearer = now.Price.Amount - before.Price.Amount;
        Money difference = new(Math.Abs(dearer), now.Price.Currency);
        return dearer == 0 ? $"{when} and costs the same"
            : dearer > 0 ? $"{when} and costs {difference} more"
            : $"{when} and costs {difference} less";
    }

    public static string Short(TripId trip) => trip.ToString()[..12] + "…";

    public static string State(ReservationState state) => EnumNames.UpperSnake(state.ToString());

    /// <summary>Why there is no connection, in words that say what to do.</summary>
    public static string Offline(string why) =>
        why.Contains("BadUserNameOrPassword", StringComparison.Ordinal)
        || why.Contains("NotAuthorized", StringComparison.Ordinal)
            ? $"the company does not take this car's secret: enrol it again ({why})"
            : why;
}
