using System.Globalization;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Network.Tests;

/// <summary>
/// Submits at every company, one after the other at each, and keeps a log of every answer: the
/// checker compares it with what the ledger says in the end.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    /// <summary>
    /// Between two submissions of a company, at least: load enough that every fault meets some, and
    /// little enough that who was away catches up with it on two cores.
    /// </summary>
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(50);

    private static int s_marks;

    private readonly CancellationTokenSource _enough = new();
    private readonly Dictionary<string, Submitter> _submitters;
    private readonly List<Task> _running;

    public Load(Cluster cluster, CancellationToken stop)
    {
        _submitters = cluster.Machines.ToDictionary(each => each.Id, each => new Submitter(each));
        _running = [.. _submitters.Values.Select(each => each.RunAsync(_enough.Token, stop))];
    }

    /// <summary>Waits until each of these companies got so many more answers.</summary>
    public async Task ProgressAsync(
        int answers, IEnumerable<Machine> at, CancellationToken stop)
    {
        foreach (Submitter each in at.Select(machine => _submitters[machine.Id]))
        {
            int wanted = each.Acknowledged + answers;
            await Waiting.UntilAsync(
                $"{each.Id} to get {answers} more answers",
                () => Task.FromResult(each.Acknowledged),
                got => got >= wanted,
                stop);
        }
    }

    /// <summary>Submits no more; what was asked is answered first.</summary>
    public async Task<List<Submission>> EndAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_running);
        return [.. _submitters.Values.SelectMany(each => each.Log)];
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _enough.Dispose();
    }

    /// <summary>A tariff that is like no other, so that it is found again.</summary>
    private static JsonObject TariffOf(string id) => new()
    {
        ["id"] = id,
        ["tariff"] = new JsonObject
        {
            ["currency"] = "BRL",
            ["elements"] = new JsonArray(new JsonObject
            {
                ["components"] = new JsonArray(new JsonObject
                {
                    ["type"] = "ENERGY",
                    ["priceMicros"] = 2_090_000,
                    ["stepSize"] = 1,
                }),
            }),
        },
    };

    private sealed class Submitter(Machine at)
    {
        private int _acknowledged;

        public string Id => at.Id;

        public int Acknowledged => Volatile.Read(ref _acknowledged);

        /// <summary>For one reader after the end.</summary>
        public List<Submission> Log { get; } = [];

        public async Task RunAsync(CancellationToken enough, CancellationToken stop)
        {
            using PeriodicTimer pace = new(s_pace);
            while (!enough.IsCancellationRequested && await pace.WaitForNextTickAsync(stop))
            {
                string number = Interlocked.Increment(ref s_marks)
                    .ToString(CultureInfo.InvariantCulture);
                string mark = $"{at.Id}/load-{number}";
                JsonNode? answer = await at.TrySubmitAsync("PutTariff", TariffOf(mark), stop);
                Log.Add(answer is null
                    ? new Submission(mark, null, 0, 0)
                    : new Submission(
                        mark,
                        answer["id"]!.GetValue<string>(),
                        answer["height"]!.GetValue<long>(),
                        answer["index"]!.GetValue<long>()));
                if (answer is not null)
                {
                    Interlocked.Increment(ref _acknowledged);
                }
                else if (!enough.IsCancellationRequested)
                {
                    // Nobody is there, or is busy: look again when it answers.
                    await Waiting.UntilAsync(
                        $"{at.Id} to answer, or the load to end",
                        async () => enough.IsCancellationRequested
                            || await at.TryStatusAsync(stop) is { } status
                            && status["phase"]!.GetValue<string>() == "RUNNING",
                        answers => answers,
                        stop);
                }
            }
        }
    }
}

/// <summary>What was asked and what was answered.</summary>
/// <param name="Mark">The tariff's id, used once.</param>
/// <param name="Id">The transaction's; null when the answer got lost.</param>
/// <param name="Height">Of its block.</param>
/// <param name="Index">In the log.</param>
internal sealed record Submission(string Mark, string? Id, long Height, long Index);
