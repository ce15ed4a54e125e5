namespace Tomada.Cli.Cars;

/// <summary>Waits until something is so, as far as the car can know.</summary>
internal static class CarWaiting
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_ask = TimeSpan.FromSeconds(1);

    /// <param name="shell">The car.</param>
    /// <param name="wanted">Fact, comparison and value.</param>
    /// <param name="within">Longest wait, in wall time.</param>
    /// <param name="stop">Stops waiting.</param>
    public static Task<CarResult> UntilAsync(
        CarShell shell,
        (string Fact, string Comparison, string Value) wanted,
        TimeSpan within,
        CancellationToken stop) => shell.Voice.WorkingAsync(
        $"waiting for {wanted.Fact} {wanted.Comparison} {wanted.Value}",
        async () =>
        {
            TimeProvider wall = TimeProvider.System;
            CarFacts facts = new(shell);
            long began = wall.GetTimestamp();
            long asked = 0;
            using PeriodicTimer timer = new(s_look, wall);
            while (true)
            {
                if (facts.WhyNot(wanted.Fact, wanted.Comparison, wanted.Value) is not { } why)
                {
                    return CarResult.Done;
                }

                if (wall.GetElapsedTime(began) >= within)
                {
                    return CarResult.Fail($"after {within.TotalSeconds:F0} s {why}");
                }

                // What the company says by itself is lost while there is no connection.
                if (CarFacts.IsTold(wanted.Fact) && shell.Car.IsConnected
                    && wall.GetElapsedTime(asked) >= s_ask)
                {
                    asked = wall.GetTimestamp();
                    await shell.HistoryAsync(false, stop);
                }

                await timer.WaitForNextTickAsync(stop);
            }
        });
}
