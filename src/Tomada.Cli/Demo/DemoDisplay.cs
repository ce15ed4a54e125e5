using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Tomada.Cli.Demo;

/// <summary>The demo's side for people: steps as they are proven, then the table.</summary>
internal sealed class DemoDisplay(IAnsiConsole console)
{
    private readonly long _started = System.Diagnostics.Stopwatch.GetTimestamp();

    public void Title(string text) =>
        console.Write(new Rule($"[bold]{Markup.Escape(text)}[/]").LeftJustified());

    public void Step(string text) =>
        console.MarkupLine($"[grey]{Elapsed()}[/]  {Markup.Escape(text)}");

    public void Proven(Criterion criterion) => console.MarkupLine(
        $"[grey]{Elapsed()}[/]  {(criterion.Passed ? "[green]✓[/]" : "[red]✗[/]")} "
        + $"[bold]{Markup.Escape(criterion.Id)}[/]  {Markup.Escape(criterion.Detail)}");

    public void Route(JsonElement plan)
    {
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumns(
                "stop", "owner", "EVSE", "arrive", "SoC", "leave", "SoC", "energy", "price");
        foreach (JsonElement stop in plan.GetProperty("stops").EnumerateArray())
        {
            string evse = stop.GetProperty("evse").GetString()!;
            table.AddRow(
                Markup.Escape(stop.GetProperty("place").GetString()!),
                evse[..6],
                Markup.Escape(evse[7..]),
                Clock(stop, "arrival"),
                Percent(stop, "arrivalSocPermille"),
                Clock(stop, "departure"),
                Percent(stop, "departureSocPermille"),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{stop.GetProperty("energyWh").GetInt64() / 1000m:F1} kWh"),
                Price(stop.GetProperty("price")));
        }

        console.Write(table);
    }

    public void Summary(IReadOnlyList<Criterion> criteria)
    {
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumns("criterion", "measured", "limit", "", "what was seen");
        foreach (Criterion each in criteria)
        {
            table.AddRow(
                Markup.Escape(each.Id),
                string.Create(CultureInfo.InvariantCulture, $"{each.Measured:0.#} {each.Unit}"),
                each.Limit is { } limit
                    ? string.Create(CultureInfo.InvariantCulture, $"{limit:0.#}")
                    : "",
                each.Passed ? "[green]pass[/]" : "[red]FAIL[/]",
                Markup.Escape(each.Detail));
        }

        console.Write(table);
    }

    public void Car(JsonElement happened)
    {
        string text = happened.GetProperty("event").GetString() switch
        {
            "Departed" => $"the car leaves {Text(happened, "from")} for {Text(happened, "to")}",
            "Arrived" => $"the car arrives at {Text(happened, "place")} "
                + $"with {Percent(happened, "socPermille")}",
            "Charged" => $"charged at {Text(happened, "evse")}: "
                + $"{happened.GetProperty("energyWh").GetInt64()} Wh, "
                + $"now {Percent(happened, "socPermille")}",
            _ => "",
        };
        if (text.Length > 0)
        {
            Step(text);
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? "";

    private static string Clock(JsonElement element, string name) => Text(element, name)[11..16];

    private static string Percent(JsonElement element, string name) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{element.GetProperty(name).GetInt32() / 10m:F1} %");

    private static string Price(JsonElement money) => string.Create(
        CultureInfo.InvariantCulture,
        $"{money.GetProperty("amount").GetInt64() / 100m:F2} {Text(money, "currency")}");

    private string Elapsed() => string.Create(
        CultureInfo.InvariantCulture,
        $"{System.Diagnostics.Stopwatch.GetElapsedTime(_started).TotalSeconds,5:F1} s");
}
