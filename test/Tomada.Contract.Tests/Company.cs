using System.Net;
using Tomada.DeviceApi;
using Tomada.Devices.Tests;
using Tomada.Ledger;
using Tomada.Node.Devices;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Contract.Tests;

/// <summary>A company with its real desks and broker, and a ledger of its own.</summary>
internal sealed class Company : IAsyncDisposable
{
    public static readonly CompanyId Id = CompanyId.Parse("br-aaa");

    private static readonly IPEndPoint s_free = new(IPAddress.Loopback, 0);

    private readonly CancellationTokenSource _stop = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("tomada-").FullName;
    private readonly LocalLedger _ledger = new(Id, Rules.Default);
    private readonly NodeStore _store;
    private Task _running = Task.CompletedTask;

    private Company() => _store = NodeStore.Open(_folder, DeviceStore.Extension);

    public DeviceDesks Desks { get; private set; } = null!;

    public static async Task<Company> StartAsync()
    {
        Company company = new();
        company.Desks = await DeviceDesks.StartAsync(
            new DeviceDesksOptions
            {
                Ledger = company._ledger.Desk,
                Store = company._store,
                DataDirectory = company._folder,
                Listen = s_free,
                ListenTls = s_free,
                ListenWebSocket = s_free,
            },
            TestContext.Current.CancellationToken);
        company._running = company.Desks.RunAsync(company._stop.Token);
        return company;
    }

    /// <summary>A file beside the company's data.</summary>
    public string FileOf(string name) => Path.Combine(_folder, name);

    public string Enroll(DeviceKind kind, string id) => Desks.Registry.Enroll(kind, id);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await Desks.DisposeAsync();
        _store.Dispose();
        _ledger.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
