namespace Tomada.Scenario.Tests.Outside;

/// <summary>Looks again and again until it is so. Nothing here is a measurement of time.</summary>
internal static class Waiting
{
    /// <summary>
    /// Longest a test may take, in ms: generous, for a machine that does other things.
    /// </summary>
    public const int TestMs = 300_000;

    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(40);

    public static async Task<T> UntilAsync<T>(
        string what, Func<Task<T>> look, Func<T, bool> isSo, CancellationToken stop)
    {
        using PeriodicTimer timer = new(s_period);
        string last = "nothing";
        try
        {
            while (true)
            {
                T seen = await look();
                if (isSo(seen))
                {
                    return seen;
                }

                last = seen?.ToString() ?? "nothing";
                await timer.WaitForNextTickAsync(stop);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Waited in vain for {what}; last seen: {last}");
        }
    }

    public static Task UntilAsync(string what, Func<bool> isSo, CancellationToken stop) =>
        UntilAsync(what, () => Task.FromResult(isSo()), so => so, stop);
}
