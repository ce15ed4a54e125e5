using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Tomada.Cli.Cars;
using Tomada.Cli.Commands;
using Tomada.DeviceApi;
using Tomada.Devices;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Cli.Plan;

/// <summary>
/// What a driver may wish of a journey: the same options wherever one is planned.
/// </summary>
internal sealed class PlanWishes
{
    private readonly Option<string[]> _via = Several("--via", "Places to pass, in order.");

    private readonly Option<Timestamp?> _departure = new("--departure")
    {
        Description = "As 2026-11-23T14:00:00.000Z; default now.",
        CustomParser = result => Options.Parse<Timestamp?>(result, x => Timestamp.Parse(x)),
    };

    private readonly Option<int?> _reserve =
        Percent("--reserve", "Never below this charge; default 10 %.");

    private readonly Option<int?> _arrival =
        Percent("--arrival", "Left at the end; default as --reserve.");

    private readonly Option<int?> _most =
        Percent("--charge-max", "Never charged above this; default 100 %.");

    private readonly Option<PlanObjective?> _objective = new("--objective")
    {
        Description = "fastest (default), cheapest, fewestStops or greenest.",
    };

    private readonly Option<string[]> _prefer =
        Several("--prefer", "Companies that are liked, as br-aaa.");

    private readonly Option<string[]> _avoid =
        Several("--avoid", "Companies whose EVSEs are not used, as br-ccc.");

    private readonly Option<decimal?> _priceMax =
        Decimal("--price-max", "Most that the plan may cost.");

    private readonly Option<int?> _payload =
        new("--payload") { Description = "Kilograms beside the driver; default 0." };

    private readonly Option<int?> _temperature =
        new("--temperature") { Description = "Degrees Celsius outside; default 20." };

    private readonly Option<int?> _plans =
        new("--plans") { Description = "Most plans: 1 to 5; default 3." };

    public void AddTo(Command command)
    {
        Option[] all =
        [
            _via, _departure, _reserve, _arrival, _most, _objective, _prefer, _avoid, _priceMax,
            _payload, _temperature, _plans,
        ];
        foreach (Option each in all)
        {
            command.Options.Add(each);
        }
    }

    /// <summary>The request that they make.</summary>
    /// <param name="parsed">The command.</param>
    /// <param name="from">Id of a place.</param>
    /// <param name="to">Id of another.</param>
    /// <param name="startSocPermille">Charge at the start.</param>
    /// <param name="car">The car.</param>
    /// <param name="currency">Of the most that it may cost.</param>
    /// <param name="place">The id of what a word of --via names.</param>
    public PlanRequest Read(
        ParseResult parsed,
        string from,
        string to,
        int startSocPermille,
        VehicleModel car,
        Currency currency,
        Func<string, string> place) => new(
            from,
            to,
            startSocPermille,
            CarClient.DescribeVehicle(car),
            parsed.GetValue(_departure),
            parsed.GetValue(_reserve),
            parsed.GetValue(_most),
            parsed.GetValue(_objective),
            Words(parsed, _avoid),
            Words(parsed, _via) is { } vias
                ? [.. vias.Select(each => new ViaBody(place(each)))]
                : null,
            parsed.GetValue(_arrival),
            PreferCompanies: Words(parsed, _prefer),
            PriceMax: parsed.GetValue(_priceMax) is { } most
                ? new Money(Minor(most, currency), currency)
                : null,
            PayloadKg: parsed.GetValue(_payload),
            TemperatureC: parsed.GetValue(_temperature),
            PlansMax: parsed.GetValue(_plans));

    /// <summary>A share of the battery, as 80 or 80%.</summary>
    public static Option<int?> Percent(string name, string what) => new(name)
    {
        Description = what,
        CustomParser = result => Options.Parse<int?>(result, text => CarWords.Permille(text)),
    };

    /// <summary>An amount of money in whole units and parts.</summary>
    public static Option<decimal?> Decimal(string name, string what) => new(name)
    {
        Description = what,
        CustomParser = result => Options.Parse<decimal?>(
            result,
            text => decimal.TryParse(
                text,
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out decimal value) && value <= 1_000_000
                ? value
                : throw new FormatException($"'{text}'; allowed is 0 to 1000000, as 2.19")),
    };

    private static Option<string[]> Several(string name, string what) => new(name)
    {
        Description = what,
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Words with blanks or commas between them; null when there are none.</summary>
    private static ImmutableArray<string>? Words(ParseResult parsed, Option<string[]> option) =>
        parsed.GetValue(option) is { Length: > 0 } words
            ? [.. words.SelectMany(each => each.Split(','))]
            : null;

    private static long Minor(decimal amount, Currency currency) =>
        (long)decimal.Round(amount * currency.Exponent switch { 0 => 1, 2 => 100, _ => 1_000 });
}
