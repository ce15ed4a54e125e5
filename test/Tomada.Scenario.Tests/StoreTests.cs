using System.Net;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>One company alone, whose disk is full, or whose caches are made again.</summary>
public sealed class StoreTests
{
    private const int KillsMax = 4;

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_rebuild_that_is_killed_again_and_again_loses_nothing()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using OutsideNetwork options = new();
        await using Company company = new("br-aaa", options.NewFolder());
        JsonNode before = await LiveAsync(company, options, stop);
        await company.KillAsync();
        for (int kill = 0; kill < KillsMax; kill++)
        {
            await using OutsideProcess rebuild =
                OutsideProcess.Tomada("rebuild", "--data", company.Data);
            // At its first words, a few more each time.
            await Waiting.UntilAsync(
                "the rebuild to begin",
                () => rebuild.HasExited || rebuild.Errors.Count(each => each == '\n') >= kill,
                stop);
            await rebuild.KillAsync();
        }

        Ended ended = await OutsideProcess.RunAsync(stop, "rebuild", "--data", company.Data);
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);
        Assert.Contains("state: identical", ended.Output, StringComparison.Ordinal);
        Assert.Contains("index: identical", ended.Output, StringComparison.Ordinal);
        Assert.Contains("devices: identical", ended.Output, StringComparison.Ordinal);
        company.Start();
        await company.RunningAsync(stop);
        JsonNode after = await company.StatusAsync(stop);
        Assert.Equal(before["height"]!.GetValue<long>(), after["height"]!.GetValue<long>());
        Assert.Equal(
            before["stateRoot"]!.GetValue<string>(), after["stateRoot"]!.GetValue<string>());
        Answer first = await company.GetAsync("/v1/state?table=period&key=1&height=1", stop);
        Assert.Equal(HttpStatusCode.OK, first.Status);
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_full_disk_ends_the_node_with_a_reason_and_room_lets_it_go_on()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using OutsideNetwork options = new();
        string folder = options.NewFolder();
        Assert.SkipUnless(
            await MountAsync(folder, stop), "a small disk needs root: mount -t tmpfs");
        try
        {
            await using Company company = new("br-aaa", folder);
            JsonNode before = await LiveAsync(company, options, stop);
            string filler = Path.Combine(folder, "filler");
            Fill(filler);
            try
            {
                while (!company.Node.HasExited)
                {
                    await company.SubmitAsync("PutLocation", Site(), stop);
                }
            }
            catch (HttpRequestException)
            {
                // It ended while it was asked.
            }

            Ended full = await company.Node.EndAsync(stop);
            Assert.Equal(5, full.ExitCode);
            Assert.Contains("cannot be written", full.Errors, StringComparison.Ordinal);
            File.Delete(filler);
            File.Delete(Path.Combine(company.Data, "endpoints.json"));
            company.Start();
            await company.RunningAsync(stop);
            JsonNode after = await company.StatusAsync(stop);
            Assert.True(after["height"]!.GetValue<long>() >= before["height"]!.GetValue<long>());
            await company.PublishAsync("PutLocation", Site(), stop);
        }
        finally
        {
            await using OutsideProcess umount = OutsideProcess.Start("umount", ["-l", folder]);
            await umount.EndAsync(CancellationToken.None);
        }
    }

    private static async Task<JsonNode> LiveAsync(
        Company company, OutsideNetwork options, CancellationToken stop)
    {
        await company.InitAsync(stop, options.InitOptions(founders: 1));
        company.Start();
        await company.RunningAsync(stop);
        for (int i = 0; i < 20; i++)
        {
            await company.PublishAsync("PutLocation", Site(), stop);
        }

        return await company.StatusAsync(stop);
    }

    private static JsonObject Site() => new JsonObject
    {
        ["location"] = "br-aaa/site",
        ["name"] = "Posto",
        ["address"] = "BR-324",
        ["city"] = "Salvador",
        ["latitudeE6"] = -12_971_111,
        ["longitudeE6"] = -38_510_833,
        ["timeZone"] = "America/Bahia",
    };

    private static async Task<bool> MountAsync(string folder, CancellationToken stop)
    {
        await using OutsideProcess mount = OutsideProcess.Start(
            "mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", folder]);
        return (await mount.EndAsync(stop)).ExitCode == 0;
    }

    private static void Fill(string path)
    {
        try
        {
            using FileStream file = File.Create(path, bufferSize: 0);
            byte[] block = new byte[4096];
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full, as it should be.
        }
    }
}
