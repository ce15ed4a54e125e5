using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// Reads a tariff as OCPI 2.1.1, 2.2.1 and 2.3.0 write it. What has no place in a price (texts,
/// links, ids) is left; a value that cannot be priced exactly is refused with its field's name.
/// </summary>
public static class OcpiTariffJson
{
    /// <summary>Reads a tariff.</summary>
    /// <param name="json">The Tariff object.</param>
    /// <param name="tariff">When the answer is true.</param>
    /// <param name="why">Otherwise the field and what is allowed there.</param>
    public static bool TryRead(
        JsonElement json,
        [NotNullWhen(true)] out OcpiTariff? tariff,
        [NotNullWhen(false)] out string? why)
    {
        (tariff, why) = (null, null);
        try
        {
            OcpiTariff read = new(
                Currency.Parse(Text(json, "currency")),
                Tax(json),
                [.. Items(json, "elements").Select(Element)],
                Limit(json, "min_price"),
                Limit(json, "max_price"),
                LocalClock.Version);

            // What the codec refuses must not come in this way either.
            tariff = OcpiTariff.Codec.Decode(OcpiTariff.Codec.Encode(read));
            return true;
        }
        catch (Exception refused)
            when (refused is FormatException or InvariantBrokenException or OverflowException)
        {
            why = refused.Message;
            return false;
        }
    }

    private static TaxIncluded Tax(JsonElement json) => OptionalText(json, "tax_included") switch
    {
        "YES" => TaxIncluded.Yes,
        "NO" or null => TaxIncluded.No,
        "N/A" => TaxIncluded.NotApplicable,
        string other => throw new FormatException($"tax_included: '{other}' is not YES, NO, N/A"),
    };

    private static OcpiElement Element(JsonElement json) => new(
        [.. Items(json, "price_components").Select(Component)],
        json.TryGetProperty("restrictions", out JsonElement given)
            && given.ValueKind == JsonValueKind.Object ? Restrictions(given) : null);

    private static OcpiPrice Component(JsonElement json)
    {
        PriceDimension type = Text(json, "type") switch
        {
            "ENERGY" => PriceDimension.Energy,
            "TIME" => PriceDimension.Time,
            "FLAT" => PriceDimension.Flat,
            "PARKING_TIME" => PriceDimension.ParkingTime,
            string other => throw new FormatException($"type: '{other}' is not priced by OCPI"),
        };
        long step = Scaled(json, "step_size", 0) ?? 1;
        return new OcpiPrice(
            type,
            Scaled(json, "price", 6) ?? throw new FormatException("price: it is missing"),
            (int?)Scaled(json, "vat", 4),
            (int)Math.Max(1, step));
    }

    private static PriceLimit? Limit(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out JsonElement limit)
            || limit.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        // OCPI 2.1.1 has no limits, 2.2.1 says excl_vat and incl_vat, 2.3.0 before_ and after_.
        long? before = Scaled(limit, "before_taxes", 6)
            ?? Scaled(limit, "excl_vat", 6);
        return new PriceLimit(
            before ?? throw new FormatException($"{name}: before_taxes or excl_vat is missing"),
            Scaled(limit, "after_taxes", 6) ?? Scaled(limit, "incl_vat", 6));
    }

    private static PriceRestrictions Restrictions(JsonElement json) => new()
    {
        StartTime = Parsed(json, "start_time", "HH:mm", TimeOf),
        EndTime = Parsed(json, "end_time", "HH:mm", TimeOf),
        StartDate = Parsed(json, "start_date", "yyyy-MM-dd", DateOf),
        EndDate = Parsed(json, "end_date", "yyyy-MM-dd", DateOf),
        MinWh = Scaled(json, "min_kwh", 3),
        MaxWh = Scaled(json, "max_kwh", 3),
        MinCurrentMa = Scaled(json, "min_current", 3),
        MaxCurrentMa = Scaled(json, "max_current", 3),
        MinPowerW = Scaled(json, "min_power", 3),
        MaxPowerW = Scaled(json, "max_power", 3),
        MinDurationS = Scaled(json, "min_duration", 0),
        MaxDurationS = Scaled(json, "max_duration", 0),
        Days = json.TryGetProperty("day_of_week", out _)
            ? [.. Items(json, "day_of_week").Select(Day)]
            : [],
        Reservation = OptionalText(json, "reservation") switch
        {
            null => null,
            "RESERVATION" => ReservationKind.Reservation,
            "RESERVATION_EXPIRES" => ReservationKind.ReservationExpires,
            string other => throw new FormatException($"reservation: '{other}' is not OCPI's"),
        },
    };

    private static Weekday Day(JsonElement json) =>
        Enum.TryParse(json.ToString(), ignoreCase: true, out Weekday day) && Enum.IsDefined(day)
            ? day
            : throw new FormatException($"day_of_week: '{json}' is not a day");

    private static TimeOnly TimeOf(string text, string format) =>
        TimeOnly.ParseExact(text, format, CultureInfo.InvariantCulture);

    private static DateOnly DateOf(string text, string format) =>
        DateOnly.ParseExact(text, format, CultureInfo.InvariantCulture);

    private static T? Parsed<T>(
        JsonElement json, string name, string format, Func<string, string, T> parse)
        where T : struct
    {
        try
        {
            return OptionalText(json, name) is { } text
                ? parse(text, format)
                : null;
        }
        catch (FormatException)
        {
            throw new FormatException($"{name}: '{OptionalText(json, name)}' is not {format}");
        }
    }

    // From the digits themselves: a fraction of two would lose what is to be exact.
    private static long? Scaled(JsonElement json, string name, int digits)
    {
        if (!json.TryGetProperty(name, out JsonElement given)
            || given.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        string[] parts = given.ValueKind == JsonValueKind.Number
            ? given.GetRawText().Split('.')
            : [];
        string fraction = parts.Length == 2 ? parts[1].TrimEnd('0') : string.Empty;
        bool isExact = parts.Length is 1 or 2 && parts[0].Length <= 9
            && parts.All(part => part.All(char.IsAsciiDigit)) && fraction.Length <= digits;
        return isExact
            ? long.Parse(parts[0] + fraction.PadRight(digits, '0'), CultureInfo.InvariantCulture)
            : throw new FormatException(
                $"{name}: {given.GetRawText()} is not a number of 0 to 999,999,999 with up to "
                + $"{digits} decimals");
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement items)
            && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray()
            : throw new FormatException($"{name}: a list is missing");

    private static string Text(JsonElement json, string name) =>
        OptionalText(json, name) ?? throw new FormatException($"{name}: a text is missing");

    private static string? OptionalText(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement text)
            && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
