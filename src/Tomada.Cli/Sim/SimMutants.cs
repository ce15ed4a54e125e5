using System.Globalization;
using Spectre.Console;
using Tomada.Cli.Demo;
using Tomada.Simulation;

namespace Tomada.Cli.Sim;

/// <summary>Plants every known defect in turn and says how it was found.</summary>
internal static class SimMutants
{
    /// <returns>The process's exit code: failed when one survives.</returns>
    public static async Task<int> RunAsync(string? jsonFile, CancellationToken stop)
    {
        List<MutantResult> results = [];
        await AnsiConsole.Progress().StartAsync(async progress =>
        {
            ProgressTask bar = progress.AddTask("mutants", maxValue: Mutants.Names.Count);
            foreach (string name in Mutants.Names)
            {
                stop.ThrowIfCancellationRequested();
                results.Add(await Task.Run(() => Mutants.Run(name), stop));
                bar.Increment(1);
            }
        });

        Table table = new Table().AddColumns("defect", "histories", "caught by");
        table.Columns[1].RightAligned();
        foreach (MutantResult each in results)
        {
            table.AddRow(
                each.Name, each.Seeds.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(each.CaughtBy ?? "nothing"));
        }

        AnsiConsole.Write(table);
        int survived = results.Count(each => each.CaughtBy is null);
        if (jsonFile is not null)
        {
            CriteriaFile.Write(
                jsonFile,
                [
                    .. results.Select(each => new Criterion(
                        each.Name, each.Seeds, Mutants.SeedsMax, "histories",
                        each.CaughtBy is not null, each.CaughtBy ?? "nothing")),
                ],
                survived == 0,
                "sim");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Count} defects, {results.Count - survived} caught, {survived} survived"));
        return survived == 0 ? ExitCodes.Passed : ExitCodes.Failed;
    }
}
