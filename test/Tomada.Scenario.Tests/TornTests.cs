using System.Globalization;
using System.Net;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>
/// Disks that come back from a kill torn, changed or old. Set TOMADA_TORN_SEED for other places.
/// </summary>
public sealed class TornTests : IAsyncDisposable
{
    /// <summary>Locations between two damages, by each company.</summary>
    private const int LocationsBetween = 6;

    private const int StartsMax = 3;
    private const int Configuration = 3;
    private const int Disk = 5;
    private const int Never = 60 * 60 * 1_000;

    private readonly OutsideNetwork _network = new();
    private readonly List<Acknowledged> _answers = [];
    private int _locations;

    public ValueTask DisposeAsync() => _network.DisposeAsync();

    [Fact(Timeout = Never)]
    public async Task A_torn_store_is_mended_from_peers_and_contradicts_nobody()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await _network.UpAsync();
        int seed = int.TryParse(
            Environment.GetEnvironmentVariable("TOMADA_TORN_SEED"),
            CultureInfo.InvariantCulture,
            out int given) ? given : 20_261_123;
        TestContext.Current.TestOutputHelper?.WriteLine($"TOMADA_TORN_SEED={seed}");
#pragma warning disable CA5394 // The draw is repeatable on purpose; nothing secret hangs on it.
        Random random = new(seed);
        Action<TornDisk>[] damages =
        [
            disk => disk.CutLog(),
            disk => disk.FlipLog(),
            disk => disk.FlipTable("blocks"),
            disk => disk.FlipTable("votes"),
            disk => disk.FlipPage(),
        ];
        foreach (Action<TornDisk> damage in damages)
        {
            Company victim = _network.All[random.Next(_network.All.Count)];
            await SubmitAsync(stop);
            await victim.KillAsync();
            TornDisk disk = new(victim.Data, random);
            damage(disk);
            await ComesBackAsync(victim, disk, stop);
        }
#pragma warning restore CA5394

        await NothingIsLostAsync(stop);
    }

    [Fact(Timeout = Never)]
    public async Task An_old_copy_of_the_whole_directory_votes_with_a_fresh_key()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await _network.UpAsync();
        await SubmitAsync(stop);
        await _network.B.KillAsync();
        string backup = _network.NewFolder();
        TornDisk.Copy(_network.B.Data, backup);
        _network.B.Start();
        await _network.B.RunningAsync(stop);
        string before = await VotingKeyAsync(stop);
        await SubmitAsync(stop);

        string fresh = await RestoreAsync(backup, before, stop);
        await SubmitAsync(stop);

        // The copy does not have the fresh key either.
        await RestoreAsync(backup, fresh, stop);
        await NothingIsLostAsync(stop);
    }

    /// <summary>Puts the copy in the place of B's directory: the key that it votes with
    /// then.</summary>
    private async Task<string> RestoreAsync(
        string backup, string before, CancellationToken stop)
    {
        await _network.B.KillAsync();
        Directory.Delete(_network.B.Data, recursive: true);
        TornDisk.Copy(backup, _network.B.Data);
        _network.B.Start();
        string fresh = await Waiting.UntilAsync(
            "the ledger to name a fresh key",
            () => VotingKeyAsync(stop),
            key => key != before,
            stop);
        await Waiting.UntilAsync(
            "B to vote", () => VotesOrEndedAsync(_network.B, stop), so => so, stop);
        Assert.False(_network.B.Node.HasExited);
        await _network.OneRootAsync(stop);
        return fresh;
    }

    private async Task<string> VotingKeyAsync(CancellationToken stop) =>
        (await _network.A.GetAsync($"/v1/companies/{_network.B.Id}", stop))
            .Json["votingKey"]!.GetValue<string>();

    /// <summary>It runs, with all its blocks, and votes; or it says why not, a few times.</summary>
    private async Task ComesBackAsync(Company victim, TornDisk disk, CancellationToken stop)
    {
        for (int start = 1; ; start++)
        {
            File.Delete(Path.Combine(victim.Data, "endpoints.json"));
            victim.Start();
            await Waiting.UntilAsync(
                $"{victim.Id} to vote, or to end",
                () => VotesOrEndedAsync(victim, stop),
                so => so,
                stop);
            if (!victim.Node.HasExited)
            {
                break;
            }

            Ended ended = await victim.Node.EndAsync(stop);
            TestContext.Current.TestOutputHelper?.WriteLine($"{ended.ExitCode}: {ended.Errors}");
            Assert.True(ended.ExitCode is Configuration or Disk, ended.Output + ended.Errors);
            Assert.StartsWith("tomada: ", ended.Errors, StringComparison.Ordinal);
            Assert.True(start < StartsMax, ended.Output + ended.Errors);
            if (ended.ExitCode == Configuration)
            {
                // What the message, or docs/operations.md for a corrupt record, says to do.
                disk.TakeAway();
            }
        }

        // Who is behind numbers its transactions as it did before.
        await _network.OneRootAsync(stop);
        await SubmitAsync(stop);
        await _network.OneRootAsync(stop);
    }

    private static async Task<bool> VotesOrEndedAsync(Company victim, CancellationToken stop)
    {
        try
        {
            return victim.Node.HasExited
                || (victim.Endpoints?["http"] is not null
                    && (await victim.StatusAsync(stop))["notVoting"]!.GetValue<string>() == ""
                    && (await victim.GetAsync("/readyz", stop)).Status == HttpStatusCode.OK);
        }
        catch (Exception gone) when (gone is HttpRequestException or NullReferenceException)
        {
            // It has just ended, or opens anew with its fresh key.
            return false;
        }
    }

    private async Task SubmitAsync(CancellationToken stop)
    {
        for (int i = 0; i < LocationsBetween; i++)
        {
            foreach (Company company in _network.All)
            {
                Answer answer = await company.SubmitAsync("PutLocation", Location(company), stop);
                Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
                _answers.Add(new Acknowledged(
                    answer.Json["id"]!.GetValue<string>(),
                    answer.Json["height"]!.GetValue<long>(),
                    answer.Json["index"]!.GetValue<long>()));
            }
        }
    }

    private async Task NothingIsLostAsync(CancellationToken stop)
    {
        await _network.OneRootAsync(stop);
        foreach (Company company in _network.All)
        {
            ILookup<string, JsonNode> log = (await company.ListAsync("/v1/transactions", stop))
                .ToLookup(each => each["id"]!.GetValue<string>());
            Assert.All(log, each => Assert.Single(each));
            foreach (Acknowledged answer in _answers)
            {
                JsonNode entry = Assert.Single(log[answer.Id]);
                Assert.Equal(answer.Height, entry["height"]!.GetValue<long>());
                Assert.Equal(answer.Index, entry["index"]!.GetValue<long>());
            }

            Answer evidence = await company.GetAsync("/v1/evidence", stop);
            Assert.Equal(HttpStatusCode.OK, evidence.Status);
            Assert.True(evidence.Json["items"]!.AsArray().Count == 0, evidence.Text);
        }
    }

    private JsonObject Location(Company at) => new()
    {
        ["location"] = $"{at.Id}/torn-{++_locations}",
        ["name"] = "Posto",
        ["address"] = "BR-324",
        ["city"] = "Salvador",
        ["latitudeE6"] = -12_971_111,
        ["longitudeE6"] = -38_510_833,
        ["timeZone"] = "America/Bahia",
    };

    private sealed record Acknowledged(string Id, long Height, long Index);
}
