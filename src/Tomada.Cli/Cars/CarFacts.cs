using System.Collections.Immutable;
using System.Globalization;
using Tomada.DeviceApi;

namespace Tomada.Cli.Cars;

/// <summary>What <c>expect</c> and <c>wait</c> look at.</summary>
internal sealed class CarFacts(CarShell shell)
{
    public const string Operators = "=, !=, <, <=, >, >=";

    private static readonly string[] s_operators = ["=", "!=", "<", "<=", ">", ">="];

    private static readonly (string Name, string What, Func<CarShell, string> Look)[] s_facts =
    [
        ("online", "yes or no", shell => shell.Car.IsConnected ? "yes" : "no"),
        ("soc", "charge in percent", shell => Number(shell.Car.SocPermille / 10m)),
        ("place", "where the last drive ended", shell => shell.Car.Place ?? ""),
        ("plans", "plans of the last answer", shell => Number(shell.Plans.Length)),
        ("stops", "stops of the best of them", shell => Number(
            shell.Plans.IsEmpty ? 0 : shell.Plans[0].Stops.Length)),
        ("owners", "companies of those stops", shell => Number(
            shell.Plans.IsEmpty
                ? 0
                : shell.Plans[0].Stops.Select(stop => stop.Evse.Company).Distinct().Count())),
        ("instead", "whether 'take' has a plan to reserve: yes or no",
            shell => shell.Instead is null ? "no" : "yes"),
        ("state", "of the trip, as CONFIRMED or COMPLETED", StateOf),
        ("fulfilled", "legs of the trip that were charged", shell => Number(
            LegsOf(shell).Count(leg => leg == "FULFILLED"))),
        ("receipts", "receipts in the car's folder", shell => Number(
            shell.Car.ReceiptFiles().Count)),
    ];

    /// <summary>Each fact with what it is, for the help.</summary>
    public static string Summary =>
        string.Join("; ", s_facts.Select(each => $"{each.Name} ({each.What})"));

    /// <summary>Facts that only the company knows.</summary>
    public static bool IsTold(string name) => name is "state" or "fulfilled";

    /// <summary>Null when it is so; otherwise what is there instead.</summary>
    /// <exception cref="FormatException">There is no such fact or operator.</exception>
    public string? WhyNot(string name, string comparison, string value)
    {
        Func<CarShell, string> look =
            Array.Find(s_facts, each => each.Name == name).Look
            ?? throw new FormatException(
                $"'{name}' is no fact; there are "
                + string.Join(", ", s_facts.Select(each => each.Name)));
        if (!s_operators.Contains(comparison))
        {
            throw new FormatException($"'{comparison}' compares nothing; allowed are {Operators}");
        }

        string seen = look(shell);
        return Holds(seen, comparison, value.TrimEnd('%'))
            ? null
            : $"{name} is '{seen}', not {comparison} {value}";
    }

    private static bool Holds(string seen, string comparison, string value)
    {
        bool isNumber = decimal.TryParse(
            seen, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal left)
            & decimal.TryParse(
                value, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal right);
        int order = isNumber
            ? left.CompareTo(right)
            : string.Compare(seen, value, StringComparison.OrdinalIgnoreCase);
        return comparison switch
        {
            "=" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    private static string Number(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    private static string StateOf(CarShell shell) =>
        Find(shell) is { } trip ? CarWords.State(trip.State) : "";

    private static ImmutableArray<string> LegsOf(CarShell shell) =>
        Find(shell) is { } trip ? trip.Legs : [];

    private static ReservationBody? Find(CarShell shell)
    {
        lock (shell.Trips)
        {
            return shell.Trip is { } trip ? shell.Trips.GetValueOrDefault(trip) : null;
        }
    }
}
