using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Spectre.Console;
using Tomada.Cli.Cars;
using Tomada.DeviceApi;
using Tomada.Node.Trips;
using Tomada.Routing;

namespace Tomada.Cli.Plan;

/// <summary>Plans for people and programs.</summary>
internal static class PlanOutput
{
    /// <summary>Null when there is a plan; otherwise what stands in its way.</summary>
    public static string? WhyNot(PlanResult result) => result switch
    {
        PlanResult.Found => null,
        PlanResult.InvalidQuery invalid => $"{invalid.Field}: {invalid.Why}",
        PlanResult.NoRoad none => $"no road leads from {none.From} to {none.To}",
        PlanResult.NoPlan none => RoutePlanning.Explain(none),
        PlanResult.SearchTooLarge => "the journey has too many possible plans",
        _ => throw new UnreachableException(result.GetType().Name),
    };

    public static void Show(OfflineWorld world, ImmutableArray<PlanBody> plans)
    {
        foreach ((string reason, int count) in world.LeftOut)
        {
            AnsiConsole.WriteLine($"left out: {count} times {reason}");
        }

        if (plans.IsEmpty)
        {
            return;
        }

        AnsiConsole.Write(CarTables.Plans(plans));
        if (plans[0].Stops.IsEmpty)
        {
            AnsiConsole.WriteLine("The best plan needs no stop.");
            return;
        }

        AnsiConsole.WriteLine();
        AnsiConsole.Write(CarTables.Stops(plans[0]));
    }

    public static void Write(
        FileInfo target,
        ImmutableArray<PlanBody> plans,
        string? why,
        IReadOnlyDictionary<string, int> leftOut)
    {
        using FileStream stream = target.Create();
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "plan");
        json.WriteBoolean("passed", why is null);
        json.WriteStartArray("results");
        json.WriteEndArray();
        json.WriteString("why", why);
        json.WriteStartObject("leftOut");
        foreach ((string reason, int count) in leftOut)
        {
            json.WriteNumber(reason, count);
        }

        json.WriteEndObject();
        json.WritePropertyName("plans");
        JsonSerializer.SerializeToElement(new PlanReply(plans), PlanReply.Json)
            .GetProperty("plans").WriteTo(json);
        json.WriteEndObject();
    }
}
