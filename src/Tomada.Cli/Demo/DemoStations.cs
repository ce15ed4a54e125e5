using System.Collections.Immutable;
using System.Text;
using Tomada.Devices;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Cli.Demo;

/// <summary>Puts a company's sites on the ledger and starts its stations.</summary>
internal sealed class DemoStations(DemoData data, string cables, Latencies latencies)
{
    private static readonly TimeSpan s_offer = TimeSpan.FromDays(20);

    /// <summary>
    /// Publishes what the company has and starts one process with all its stations.
    /// </summary>
    public async Task StartAsync(DemoCompany company, CancellationToken stop)
    {
        await Task.WhenAll(
            data.TariffsOf(company.Id).Select(each => company.SubmitAsync(each, latencies, stop)));
        await Task.WhenAll(data.SitesOf(company.Id)
            .Select(site => company.SubmitAsync(data.LocationOf(site), latencies, stop)));
        ImmutableArray<StationConfig>.Builder stations =
            ImmutableArray.CreateBuilder<StationConfig>();
        foreach (ChargingSite site in data.SitesOf(company.Id))
        {
            stations.Add(await EnrolAsync(company, site, stop));
        }

        string file = Path.Combine(company.Folder, "stations.json");
        FleetConfig fleet =
            new(company.Id, company.Endpoints.Mqtt!, cables, stations.ToImmutable());
        await File.WriteAllTextAsync(
            file, Encoding.UTF8.GetString(FleetConfig.Codec.EncodeJson(fleet)), stop);
        company.StartDevices("station", file);
    }

    private async Task<StationConfig> EnrolAsync(
        DemoCompany company, ChargingSite site, CancellationToken stop)
    {
        string folder = Path.Combine(company.Folder, "stations", site.Id.Name);
        Directory.CreateDirectory(folder);
        PublicKey key;
        using (StationKey station = StationKey.LoadOrCreate(folder))
        {
            key = station.Public;
        }

        Timestamp until =
            Timestamp.Parse((await company.Control.StatusAsync(stop)).LedgerNow).Plus(s_offer);
        await Task.WhenAll(site.Evses.Select(async evse =>
        {
            await company.SubmitAsync(DemoData.EvseOf(site, evse, key), latencies, stop);
            await company.SubmitAsync(
                new SetEvseAvailability(evse.Id, Availability.Available, until), latencies, stop);
        }));
        EnrolAnswer enrolled = await company.Control.EnrolAsync("station", site.Id.Name, stop);
        return new StationConfig(
            site.Id.Name,
            enrolled.Secret,
            folder,
            [.. site.Evses.Select(evse =>
                new StationEvse(evse.Id, evse.Connectors.Max(each => each.PowerMaxW)))]);
    }
}
