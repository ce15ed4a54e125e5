using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Spectre.Console;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada price</c>: what a session costs by a tariff, line by line.</summary>
internal static class PriceCommand
{
    private const string Help =
        """
        Prices a session by an OCPI tariff (2.1.1, 2.2.1 or 2.3.0) with the ledger's own rules.

        Periods follow one another:  keep:15m  charge:60m:20kWh  charge:60m:20kWh:16A  park:40m

        Examples:
          tomada price tariff.json charge:60m:20kWh
          tomada price tariff.json keep:15m charge:2h:11.5kWh park:40m --at 2026-11-23T16:55
              --zone America/Bahia
          tomada price tariff.json keep:60m --json price.json      a reservation that nobody used
        """;

    private static readonly LocalDateTimePattern s_local =
        LocalDateTimePattern.CreateWithInvariantCulture("yyyy-MM-dd'T'HH:mm");

    private static readonly LocalDateTimePattern s_shown =
        LocalDateTimePattern.CreateWithInvariantCulture("MM-dd HH:mm");

    public static Command Create()
    {
        Argument<FileInfo> file = new("tariff") { Description = "A file with an OCPI Tariff." };
        Argument<string[]> periods = new("periods")
        {
            Description = "What the EVSE did, in order.",
            Arity = new ArgumentArity(1, 1_000),
        };
        Option<string> at = new("--at")
        {
            Description = "Local date and time of the start.",
            DefaultValueFactory = _ => "2026-01-05T09:00",
        };
        Option<string> zone = new("--zone")
        {
            Description = "IANA time zone of the location.",
            DefaultValueFactory = _ => "America/Sao_Paulo",
        };
        Option<FileInfo?> json =
            new("--json") { Description = "Also write the price to this file as JSON." };
        Command command = new("price", Help) { file, periods, at, zone, json };
        command.SetAction(parsed =>
        {
            OcpiTariff tariff = Read(parsed.GetRequiredValue(file));
            PricedSession session = Session(
                parsed.GetRequiredValue(periods),
                parsed.GetRequiredValue(at),
                parsed.GetRequiredValue(zone));
            SessionPrice price = OcpiPricing.Price(tariff, session);
            Show(price, session.TimeZone);
            if (parsed.GetValue(json) is { } target)
            {
                Write(target, price);
            }

            return ExitCodes.Passed;
        });
        return command;
    }

    private static OcpiTariff Read(FileInfo file)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
            return OcpiTariffJson.TryRead(
                json.RootElement, out OcpiTariff? tariff, out string? why)
                ? tariff
                : throw CommandException.Configuration($"{file}: {why}");
        }
        catch (Exception failed)
            when (failed is IOException or JsonException or UnauthorizedAccessException)
        {
            throw CommandException.Configuration($"{file}: {failed.Message}");
        }
    }

    private static PricedSession Session(string[] periods, string at, string zone)
    {
        if (!LocalClock.IsZone(zone))
        {
            throw Usage($"--zone: '{zone}' is no IANA time zone as America/Bahia");
        }

        ParseResult<LocalDateTime> start = s_local.Parse(at);
        if (!start.Success)
        {
            throw Usage($"--at: '{at}' is no local time as 2026-11-23T16:55");
        }

        long ms = DateTimeZoneProviders.Tzdb[zone].AtLeniently(start.Value).ToInstant()
            .ToUnixTimeMilliseconds();
        List<ChargingPeriod> all = [];
        foreach (string text in periods)
        {
            ChargingPeriod period = Period(text, ms);
            if (period.Activity == Activity.Reserved && all.Count > 0
                && all[^1].Activity != Activity.Reserved)
            {
                throw Usage($"'{text}': a reservation comes first");
            }

            all.Add(period);
            ms = period.Window.Until.UnixMs;
        }

        if (all.Sum(each => each.EnergyWh) > LedgerLimits.EnergyWhMax
            || ms - all[0].Window.From.UnixMs > LedgerLimits.SessionMsMax)
        {
            throw Usage("a session has at most 1,000 kWh and 1,000 days");
        }

        return new PricedSession(
            [.. all], all.All(each => each.Activity == Activity.Reserved), zone);
    }

    private static ChargingPeriod Period(string text, long fromMs)
    {
        string[] parts = text.Split(':');
        Activity? activity = parts[0] switch
        {
            "keep" => Activity.Reserved,
            "charge" => Activity.Charging,
            "park" => Activity.Parking,
            _ => null,
        };
        long? lengthMs = parts.Length > 1
            ? Number(parts[1], "m", 60_000) ?? Number(parts[1], "h", 3_600_000)
            : null;
        long? energyWh = parts.Length > 2 ? Number(parts[2], "kWh", 1_000) : 0;
        long? currentMa = parts.Length > 3 ? Number(parts[3], "A", 1_000) : null;
        bool isRight = activity is not null && lengthMs > 0 && energyWh is not null
            && parts.Length <= 4 && (parts.Length == 4) == (currentMa is not null)
            && (activity == Activity.Charging || parts.Length == 2);
        return isRight
            ? new ChargingPeriod(
                new TimeWindow(new Timestamp(fromMs), new Timestamp(fromMs + lengthMs!.Value)),
                activity!.Value,
                energyWh!.Value,
                currentMa)
            : throw Usage($"'{text}' is no period as keep:15m, charge:60m:20kWh:16A, park:40m");
    }

    private static long? Number(string text, string unit, int scale) =>
        text.EndsWith(unit, StringComparison.Ordinal)
        && decimal.TryParse(
            text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out decimal value)
        && value < 1_000_000
            ? (long)(value * scale)
            : null;

    private static void Show(SessionPrice price, string zone)
    {
        Spectre.Console.Table table = new() { Border = TableBorder.Simple };
        foreach (string head in new[] { "from", "what", "element", "measured", "billed", "price" })
        {
            table.AddColumn(head);
        }

        table.AddColumn(new TableColumn("tax").RightAligned());
        table.AddColumn(new TableColumn("costs").RightAligned());
        DateTimeZone clock = DateTimeZoneProviders.Tzdb[zone];
        foreach (PriceLine line in price.Lines)
        {
            LocalDateTime from = Instant.FromUnixTimeMilliseconds(line.From.UnixMs)
                .InZone(clock).LocalDateTime;
            table.AddRow(
                s_shown.Format(from),
                line.Reservation is null ? $"{line.Type}" : $"{line.Type} ({line.Reservation})",
                Text(line.Element),
                Volume(line.Type, line.Volume),
                Volume(line.Type, line.Billed),
                Micros(line.PriceMicros),
                line.VatMicros is { } vat ? $"{Text(vat / 10_000m)} %" : "",
                Micros(line.CostMicros));
        }

        AnsiConsole.Write(table);
        if (price.Limit != MetLimit.None)
        {
            AnsiConsole.WriteLine($"The tariff's {price.Limit} counts.");
        }

        AnsiConsole.WriteLine($"before taxes  {price.BeforeTaxes}");
        AnsiConsole.WriteLine($"taxes         {price.Taxes}");
        AnsiConsole.WriteLine($"to pay        {price.AfterTaxes}");
    }

    private static void Write(FileInfo target, SessionPrice price)
    {
        using FileStream stream = target.Create();
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "price");
        json.WriteBoolean("passed", true);
        json.WriteStartArray("results");
        WriteResult(json, "beforeTaxes", price.BeforeTaxesMicros, price.BeforeTaxes);
        WriteResult(json, "afterTaxes", price.AfterTaxesMicros, price.AfterTaxes);
        json.WriteEndArray();
        json.WriteStartArray("lines");
        foreach (PriceLine line in price.Lines)
        {
            PriceLine.Codec.WriteJson(json, line);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, string id, long micros, Money rounded)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteNumber("measured", micros / 1_000_000m);
        json.WriteNull("limit");
        json.WriteString("unit", rounded.Currency.Code);
        json.WriteNumber("rounded", rounded.Amount);
        json.WriteBoolean("pass", true);
        json.WriteEndObject();
    }

    private static string Volume(PriceDimension type, long volume) => type switch
    {
        PriceDimension.Energy => $"{Text(volume / 1_000m)} kWh",
        PriceDimension.Flat => "1",
        _ => $"{Text(decimal.Round(volume / 60_000m, 3))} min",
    };

    private static string Micros(long micros) =>
        (micros / 1_000_000m).ToString("0.00####", CultureInfo.InvariantCulture);

    private static string Text(decimal value) =>
        value.ToString("0.######", CultureInfo.InvariantCulture);

    private static CommandException Usage(string why) => new(ExitCodes.Usage, why);
}
