using System.Runtime.InteropServices;
using System.Text.Json;
using Tomada.Node;

namespace Tomada.Cli.Demo;

/// <summary>Company C dies while it holds a leg; the others go on; C comes back.</summary>
internal sealed class DemoFailure(DemoWorld world, DemoTrip trip)
{
    /// <summary>Time that the owners have in the trip that C will not answer.</summary>
    private const int DecideWithinS = 4;

    public async Task RunAsync(CancellationToken stop)
    {
        world.Display.Title("Company C is killed while it holds a leg");
        await trip.PlanAsync([], stop);
        // C's stations are frozen, so C cannot answer before it dies.
        Freeze(world.C.Devices[0]);
        Task<JsonElement> answer = trip.Car.ReserveAsync(DecideWithinS, stop);
        JsonElement held = await world.UntilAsync(
            "every leg to be held", () =>
                NewestTripAsync(stop), seen => State(seen) == "HELD", stop);
        string id = held.GetProperty("id").GetString()!;
        await world.C.KillNodeAsync();
        Thaw(world.C.Devices[0]);
        world.Display.Step("SIGKILL to the node of company C");
        JsonElement ended = await answer;
        JsonElement expired = await DemoWorld.TripAsync(world.A, id, stop);
        int free = expired.GetProperty("legs").EnumerateArray()
            .Count(leg => leg.GetProperty("state").GetString() == "RELEASED");
        world.Prove(Criterion.Exactly(
            "killed-trip-expires",
            State(expired) == "EXPIRED" && !ended.GetProperty("ok").GetBoolean() ? free : -1,
            expired.GetProperty("legs").GetArrayLength(),
            "legs free",
            "the deadline in block time released every leg; the car was told"));
        await WithoutCAsync(stop);
        await ReturnAsync(stop);
    }

    private async Task WithoutCAsync(CancellationToken stop)
    {
        JsonElement plan = await trip.PlanAsync([world.C.Id], stop);
        string id = DemoTrip.RequireConfirmed(await trip.Car.ReserveAsync(20, stop));
        int owners = plan.GetProperty("stops").EnumerateArray()
            .Select(each => each.GetProperty("evse").GetString()![..6]).Distinct().Count();
        JsonElement confirmed = await DemoWorld.TripAsync(world.B, id, stop);
        world.Prove(Criterion.Exactly(
            "trip-without-c",
            State(confirmed) == "CONFIRMED" ? owners : -1,
            2,
            "owners",
            "A and B planned and confirmed a trip while C was down"));
    }

    private async Task ReturnAsync(CancellationToken stop)
    {
        world.C.StartNode();
        await world.UntilAsync(
            "the node of C to run again",
            () => Task.FromResult(NodeEndpoints.TryLoad(world.C.DataDirectory)),
            endpoints => endpoints is { Http: not null, Mqtt: not null },
            stop);
        StatusAnswer[] statuses = await world.UntilAsync(
            "C to catch up",
            () => world.StatusesAsync(stop),
            all => all.Select(each => (each.Height, each.StateRoot)).Distinct().Count() == 1,
            stop);
        world.Prove(Criterion.Exactly(
            "caught-up",
            statuses.Select(each => each.StateRoot).Distinct().Count(),
            1,
            "state root",
            $"C came back at block {statuses[2].Height} with the state of the others"));
        int stations = world.Data.SitesOf(world.C.Id).Count();
        await world.UntilAsync(
            "the stations of C to be back",
            () => world.C.Control.StationsAsync(stop),
            all => all.Count(each => each.Online) == stations,
            stop);
    }

    private async Task<JsonElement> NewestTripAsync(CancellationToken stop)
    {
        JsonElement trips = await world.A.Public.GetAsync("/v1/trips?limit=1", stop)
            ?? throw CommandException.Failed("/v1/trips is not found");
        return trips.GetProperty("items").EnumerateArray().FirstOrDefault();
    }

    private static string State(JsonElement trip) =>
        trip.ValueKind == JsonValueKind.Object ? trip.GetProperty("state").GetString()! : "";

    private static void Freeze(ChildProcess process) => Signals.Send(process.Id, Signals.Stop);

    private static void Thaw(ChildProcess process) => Signals.Send(process.Id, Signals.Continue);
}

/// <summary>Signals to processes of our own, by id.</summary>
internal static class Signals
{
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int processId, int signal) => _ = Kill(processId, signal);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
