using System.Globalization;
using System.Text.RegularExpressions;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>
/// Very many devices that meet every trouble, at a node that dies again and again. It ends by what
/// was done, not by time: a slow machine takes longer.
/// </summary>
public sealed partial class SoakTests
{
    private const int Stations = 1_000;
    private const int Cars = 200;
    private const int Kills = 2;
    private const int SoakMs = 45 * 60_000;

    private static readonly int s_charges =
        Environment.GetEnvironmentVariable("TOMADA_LONG") is null ? 1_200 : 12_000;

    [Fact(Timeout = SoakMs)]
    public async Task What_stations_signed_is_on_the_ledger_once_whatever_dies_and_whenever()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using OutsideNetwork options = new() { IsSimulated = true };
        string folder = options.NewFolder();
        await using Company company = new("br-aaa", folder);
        await company.InitAsync(stop, options.InitOptions(founders: 1));
        company.Start();
        await company.RunningAsync(stop);
        string results = Path.Combine(folder, "fleet.json");
        await using OutsideProcess fleet = OutsideProcess.Tomada(
            "fleet", "--data", company.Data, "--stations", $"{Stations}", "--cars", $"{Cars}",
            "--charges", $"{s_charges}", "--clock-factor", "240", "--seed", "20",
            "--folder", Path.Combine(folder, "devices"), "--json", results,
            "--trouble", "power-cut=20:2", "--trouble", "reboot=20:1", "--trouble", "offline=30:5",
            "--trouble", "fault=10:5", "--trouble", "suspend=10:5");
        for (int kill = 1; kill <= Kills; kill++)
        {
            int ended = s_charges * kill / (Kills + 1);
            await Waiting.UntilAsync(
                $"{ended} sessions to end",
                () => fleet.HasExited || SessionsEnded(fleet.Output) >= ended,
                stop);
            Assert.False(fleet.HasExited, fleet.Output + fleet.Errors);
            await company.KillAsync();
            company.Start();
            await company.RunningAsync(stop);
        }

        Ended end = await fleet.EndAsync(stop);
        Assert.True(end.ExitCode == 0, end.Output + end.Errors);
        JsonObject[] all = [.. JsonNode.Parse(await File.ReadAllTextAsync(results, stop))!
            ["results"]!.AsArray().Select(each => each!.AsObject())];
        Assert.Equal(0, Value(all, "session-steps-lost"));
        Assert.Equal(0, Value(all, "session-steps-doubled"));
        Assert.Equal(0, Value(all, "session-steps-altered"));
        Assert.Equal(0, Value(all, "reservations-open"));
        Assert.Equal(0, Value(all, "cars-without-an-answer"));
        Assert.True(Value(all, "cars-charged") >= s_charges, end.Output);
        Assert.True(Value(all, "troubles") > 0, end.Output);
        Assert.True(Value(all, "connections") >= (Kills + 1) * Stations, end.Output);
    }

    private static double Value(JsonObject[] criteria, string id) =>
        Assert.Single(criteria, each => each["id"]!.GetValue<string>() == id)["measured"]!
            .GetValue<double>();

    /// <summary>As the newest line says.</summary>
    private static int SessionsEnded(string output) =>
        Progress().Matches(output) is [.., { } newest]
            ? int.Parse(newest.Groups[1].Value, NumberStyles.Number, CultureInfo.InvariantCulture)
            : 0;

    [GeneratedRegex("sessions ended ([0-9,]+) of", RegexOptions.CultureInvariant)]
    private static partial Regex Progress();
}
