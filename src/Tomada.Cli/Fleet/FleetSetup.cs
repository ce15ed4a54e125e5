using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Tomada.Cli.Demo;
using Tomada.DeviceApi;
using Tomada.Devices;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Primitives;

namespace Tomada.Cli.Fleet;

/// <summary>A fleet's devices, enrolled and published.</summary>
internal sealed record FleetDevices(
    ImmutableArray<StationOptions> Stations, ImmutableArray<CarOptions> Cars);

/// <summary>
/// Publishes a fleet's sites and stations, each with one EVSE, and enrols its devices.
/// </summary>
internal sealed class FleetSetup(
    FleetOptions options, ControlClient control, NodeEndpoints node, CompanyId company)
{
    private const int PowerMaxW = 100_000;
    private const int StationsPerSite = 10;

    /// <summary>Transactions on their way at once: many come into one block.</summary>
    private const int AtOnce = 64;

    private static readonly TimeSpan s_offer = TimeSpan.FromDays(20);

    private readonly TimeProvider _wall = options is { DriftPpm: 0, ClockOffset.Ticks: 0 }
        ? TimeProvider.System
        : new DriftingClock(TimeProvider.System, options.ClockOffset, options.DriftPpm);

    private string Cables => Path.Combine(options.Folder, "cables");

    /// <param name="done">Told after each device, with how many are done.</param>
    /// <param name="stop">Ends it between two of them.</param>
    public async Task<FleetDevices> RunAsync(IProgress<int> done, CancellationToken stop)
    {
        Directory.CreateDirectory(Cables);
        DemoData demo = DemoData.Load();
        TariffId tariff = new(company, "fleet");
        await SubmitAsync(
            new PutTariff(tariff, new Tariff(
                Currency.Brl,
                [new TariffElement([new PriceComponent(
                    TariffDimension.Energy, 1_900_000, 1)])])),
            stop);
        int sites = (options.Stations + StationsPerSite - 1) / StationsPerSite;
        await EachAsync(
            Enumerable.Range(0, sites), (site, ct) => SubmitAsync(Site(site), ct), stop);
        StatusAnswer status = await control.StatusAsync(stop);
        Timestamp until = Timestamp.Parse(status.LedgerNow).Plus(s_offer);
        StationOptions[] stations = new StationOptions[options.Stations];
        CarOptions[] cars = new CarOptions[options.Cars];
        int count = 0;
        await EachAsync(
            Enumerable.Range(0, options.Stations),
            async (number, ct) =>
            {
                stations[number] = await StationAsync(number, tariff, until, ct);
                done.Report(Interlocked.Increment(ref count));
            },
            stop);
        await EachAsync(
            Enumerable.Range(0, options.Cars),
            async (number, ct) =>
            {
                cars[number] = new CarOptions
                {
                    Link = await EnrolAsync(DeviceKind.Car, Name("car", number), ct),
                    Vehicle = demo.Cars[number % demo.Cars.Length],
                    StartSocPermille = 200,
                    CableFolder = Cables,
                };
                done.Report(Interlocked.Increment(ref count));
            },
            stop);
        return new FleetDevices([.. stations], [.. cars]);
    }

    private static Task EachAsync(
        IEnumerable<int> numbers,
        Func<int, CancellationToken, Task> work,
        CancellationToken stop) =>
        Parallel.ForEachAsync(
            numbers,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop },
            async (number, ct) => await work(number, ct));

    private static string Name(string kind, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"fleet-{kind}-{number + 1:0000}");

    private LocationId SiteId(int site) => new(company, Name("site", site));

    /// <summary>Along the coast road, one kilometre after the other.</summary>
    private PutLocation Site(int site) => new(
        SiteId(site),
        string.Create(CultureInfo.InvariantCulture, $"Posto {site + 1}"),
        "BR-101",
        "Salvador",
        -12_970_000 + (site * 9_000),
        -38_500_000,
        "America/Bahia");

    private async Task<StationOptions> StationAsync(
        int number, TariffId tariff, Timestamp until, CancellationToken stop)
    {
        LinkOptions link = await EnrolAsync(DeviceKind.Station, Name("station", number), stop);
        EvseId evse = new(company, Name("dc", number));
        PublicKey key;
        using (StationKey station = StationKey.LoadOrCreate(link.Folder))
        {
            key = station.Public;
        }

        Connector connector = new(
            1, ConnectorStandard.Iec62196T2Combo, PowerType.Dc, PowerMaxW);
        await SubmitAsync(
            new PutEvse(evse, SiteId(number / StationsPerSite), key, [connector], tariff), stop);
        await SubmitAsync(new SetEvseAvailability(evse, Availability.Available, until), stop);
        return new StationOptions
        {
            Link = link,
            Evses = [new StationEvse(evse, PowerMaxW)],
            CableFolder = Cables,
            // The ledger is held against all of them.
            SessionsKept = int.MaxValue,
        };
    }

    private async Task<LinkOptions> EnrolAsync(
        DeviceKind kind, string id, CancellationToken stop) => new()
        {
            Address = new DeviceAddress(company, kind, id),
            Secret = (await control.EnrolAsync(DeviceAddress.KindName(kind), id, stop)).Secret,
            Broker = IPEndPoint.Parse(node.Mqtt!),
            Folder = Directory.CreateDirectory(Path.Combine(options.Folder, id)).FullName,
            Wall = _wall,
        };

    private async Task SubmitAsync(Body body, CancellationToken stop)
    {
        SubmitAnswer answer = await control.SubmitAsync(body, stop);
        if (answer.Outcome != nameof(OutcomeCode.Applied))
        {
            throw CommandException.Failed($"{body.Kind} was {answer.Explanation}");
        }
    }
}
