using System.Text.Json;
using Tomada.Cli.Demo;
using Tomada.Devices;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Primitives;

namespace Tomada.Cli.Fleet;

/// <summary>The ledger as a fleet needs it: its clock, and what it has of the sessions.</summary>
internal sealed class FleetLedger : IDisposable
{
    private readonly HttpClient _http;
    private readonly PublicClient _public;
    private readonly string _data;

    public FleetLedger(string data, NodeEndpoints node)
    {
        _data = data;
        _http = new HttpClient { BaseAddress = new Uri($"http://{node.Http}") };
        _public = new PublicClient(node.Http!);
        Log = new LogTail(_http);
    }

    public LogTail Log { get; }

    /// <summary>Sets how fast the clock runs, as the only member of a simulated network.</summary>
    public async Task SetClockAsync(int factor, CancellationToken stop)
    {
        await Log.UpdateAsync(stop);
        Rules now = Log.Applied.OfType<SetRules>().LastOrDefault()?.Rules ?? Rules.Default;
        if (now.ClockFactor == factor)
        {
            return;
        }

        SetRules rules = new(now with { Version = now.Version + 1, ClockFactor = factor });
        using ControlClient control = ControlClient.Open(_data);
        SubmitAnswer answer = await control.SubmitAsync(rules, stop);
        if (answer.Outcome != nameof(OutcomeCode.Applied)
            || (await control.StatusAsync(stop)).ClockFactor != factor)
        {
            throw CommandException.Failed(
                $"--clock-factor: {answer.Explanation}; it needs a simulated network with this "
                + "company as its only member");
        }
    }

    /// <summary>What the journals of these stations and the ledger say of their sessions.</summary>
    public async Task<FleetCheck> CheckAsync(FleetDevices devices, CancellationToken stop)
    {
        await Log.UpdateAsync(stop);
        HashSet<EvseId> evses =
            [.. devices.Stations.SelectMany(each => each.Evses).Select(each => each.Id)];
        HashSet<SessionId> ours = [.. Log.Applied.OfType<StartSession>()
            .Where(each => evses.Contains(each.Start.Evse)).Select(each => each.Start.Session)];
        return FleetCheck.Of(
            devices.Stations.SelectMany(each => KeptSession.ReadAll(each.Link.Folder))
                .SelectMany(each => each.Messages),
            Log.Applied.Where(each => each switch
            {
                StartSession start => ours.Contains(start.Start.Session),
                ReportMeter meter => ours.Contains(meter.Reading.Session),
                EndSession end => ours.Contains(end.End.Session),
                _ => false,
            }));
    }

    /// <summary>Reservations that may still become something, as id and state.</summary>
    public async Task<IReadOnlyList<string>> OpenTripsAsync(CancellationToken stop)
    {
        List<JsonElement> trips = await _public.ListAsync("/v1/trips", stop);
        return [.. trips
            .Where(each => each.GetProperty("state").GetString() is "HELD" or "CONFIRMED")
            .Select(each => $"{each.GetProperty("id")} {each.GetProperty("state")}")];
    }

    public void Dispose()
    {
        _http.Dispose();
        _public.Dispose();
    }
}
