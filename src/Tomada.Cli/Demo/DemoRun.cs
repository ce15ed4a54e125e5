using System.Diagnostics;
using System.Security.Cryptography;
using Spectre.Console;

namespace Tomada.Cli.Demo;

/// <summary>
/// The demo from first process to last: three companies, one trip, every step checked.
/// </summary>
internal static class DemoRun
{
    private const int RedirectedColumns = 140;

    public static async Task<int> RunAsync(DemoOptions options, CancellationToken interrupted)
    {
        string folder = Path.Combine(
            Path.GetTempPath(),
            $"tomada-demo-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        Directory.CreateDirectory(folder);
        if (Console.IsOutputRedirected)
        {
            // A file or pipe has no width; tables that wrap at 80 columns are hard to read.
            AnsiConsole.Profile.Width = RedirectedColumns;
        }

        DemoWorld world = new(options, new DemoDisplay(AnsiConsole.Console), folder);
        Directory.CreateDirectory(world.Cables);
        try
        {
            await PlayAsync(world, interrupted);
            world.Display.Summary(world.Criteria);
            if (options.JsonFile is { } file)
            {
                CriteriaFile.Write(file.FullName, world.Criteria, world.Passed);
            }

            if (!options.Once)
            {
                await StayUpAsync(world, interrupted);
            }

            return world.Passed ? ExitCodes.Passed : ExitCodes.Failed;
        }
        finally
        {
            await Task.WhenAll(world.Companies.Select(company => company.DisposeAsync().AsTask()));
            if (options.KeepFolder)
            {
                await Console.Error.WriteLineAsync($"Kept: {folder}");
            }
            else
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task PlayAsync(DemoWorld world, CancellationToken interrupted)
    {
        using CancellationTokenSource watchdog =
            CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        long started = Stopwatch.GetTimestamp();
        watchdog.CancelAfter(DemoOptions.Watchdog);
        try
        {
            CancellationToken stop = watchdog.Token;
            await new DemoNetwork(world).FormAsync(stop);
            DemoTrip trip = await DemoTrip.PrepareAsync(world, stop);
            if (world.Options.Kill)
            {
                await new DemoFailure(world, trip).RunAsync(stop);
            }

            await trip.ReserveAsync(stop);
            await trip.RefuseSecondAsync(stop);
            if (!world.Options.Kill)
            {
                await trip.MeasureAsync(stop);
            }

            await trip.DriveAsync(stop);
            await new DemoSettlement(world, trip.Id).RunAsync(stop);
            await new DemoAudit(world, trip).RunAsync(stop);
            world.Prove(Criterion.Within(
                "total-time",
                Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                DemoOptions.Watchdog.TotalMilliseconds,
                "from the first node's start to here"));
        }
        catch (OperationCanceledException) when (!interrupted.IsCancellationRequested)
        {
            throw CommandException.Failed(
                $"the demo took longer than {DemoOptions.Watchdog.TotalSeconds} s; "
                + "run it with --keep and read its logs");
        }
    }

    private static async Task StayUpAsync(DemoWorld world, CancellationToken interrupted)
    {
        world.Display.Title("The network stays up; Ctrl-C stops everything");
        foreach (DemoCompany company in world.Companies)
        {
            world.Display.Step(
                $"{company.Name}: explorer {company.Public.Address} "
                + $"· API {company.Public.Address}openapi/v1.json");
        }

        try
        {
            await Task.Delay(Timeout.Infinite, interrupted);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how this ends.
        }
    }
}
