using System.Collections.Immutable;
using System.Text.Json;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Tariffs;

/// <summary>
/// The specification's own example tariffs (OCPI 2.3.0, module Tariffs), as far as they use nothing
/// but ENERGY, TIME and FLAT, against the totals before tax that the specification prints.
/// </summary>
public sealed class OcpiExampleTests
{
    private static readonly Timestamp s_start = Timestamp.Parse("2026-11-23T09:00:00Z");

    [Theory]
    [InlineData("8_simple_025kwh", 20_000, 60, 500)]
    [InlineData("9_025kwh_start", 20_000, 60, 550)]
    [InlineData("1_simple_2hour", 0, 150, 500)]
    [InlineData("19_simple_north_american_exclusive", 0, 150, 500)]
    [InlineData("2_alt_text", 0, 150, 475)]
    [InlineData("5_free_of_charge", 20_000, 60, 0)]
    public void An_example_tariff_costs_what_the_specification_prints(
        string name, long energyWh, int minutes, long cents)
    {
        Assert.Equal(cents, Price(Read(name), energyWh, minutes).Amount);
    }

    [Fact]
    public void The_example_with_a_step_of_100_Wh_is_billed_with_its_step()
    {
        // The specification prints 5.61 for 20.45 kWh, the price without the step; its own
        // step_size makes that 20.5 kWh: 5.625, and half-even 5.62.
        Tariff tariff = Read("3_alt_url");

        Assert.Equal(562, Price(tariff, 20_450, 60).Amount);
        Assert.Equal(561, Price(WithoutSteps(tariff), 20_450, 60).Amount);
    }

    private static Money Price(Tariff tariff, long energyWh, int minutes) => TariffEngine.Price(
        tariff,
        new TimeWindow(s_start, s_start.Plus(TimeSpan.FromMinutes(minutes))),
        energyWh).Total;

    private static Tariff WithoutSteps(Tariff tariff) => tariff with
    {
        Elements = [.. tariff.Elements.Select(element => new TariffElement(
            [.. element.Components.Select(component => component with { StepSize = 1 })]))],
    };

    private static Tariff Read(string name)
    {
        string? folder = Folder();
        Assert.SkipWhen(folder is null, "the examples in ../shared/data/tariffs are missing");

        string path = Path.Combine(folder!, $"ocpi_spec_tariff_{name}.json");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        ImmutableArray<TariffElement> elements = [.. json.RootElement.GetProperty("elements")
            .EnumerateArray()
            .Select(element => new TariffElement([.. element.GetProperty("price_components")
                .EnumerateArray()
                .Select(Component)]))];
        string currency = json.RootElement.GetProperty("currency").GetString()!;
        return new Tariff(Currency.Parse(currency), elements);
    }

    private static PriceComponent Component(JsonElement json) => new(
        json.GetProperty("type").GetString() switch
        {
            "ENERGY" => TariffDimension.Energy,
            "TIME" => TariffDimension.Time,
            "FLAT" => TariffDimension.Flat,
            string other => throw new InvalidOperationException($"{other} is not priced here"),
            null => throw new InvalidOperationException("a component has no type"),
        },
        (long)(json.GetProperty("price").GetDecimal() * 1_000_000m),
        Math.Max(1, json.GetProperty("step_size").GetInt32()));

    private static string? Folder()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, "shared", "data", "tariffs");
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        return null;
    }
}
