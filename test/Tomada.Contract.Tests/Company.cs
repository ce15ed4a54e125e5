using System.Net;
using Tomada.DeviceApi;
using Tomada.Devices.Tests;
using Tomada.Ledger;
using Tomada.Node.Broker;
using Tomada.Node.Devices;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Contract.Tests;

/// <summary>
/// A company with its real desks and a ledger of its own; its broker is in its own process, or
/// Debian's Mosquitto.
/// </summary>
internal sealed class Company : IAsyncDisposable
{
    public static readonly CompanyId Id = CompanyId.Parse("br-aaa");

    /// <summary>Both modes, for theories.</summary>
    public const string Embedded = "embedded";

    public const string External = "external";

    private static readonly IPEndPoint s_free = new(IPAddress.Loopback, 0);

    private readonly string _folder = Directory.CreateTempSubdirectory("tomada-").FullName;
    private readonly LocalLedger _ledger = new(Id, Rules.Default);
    private readonly NodeStore _store;
    private Task _running = Task.CompletedTask;

    private Company() => _store = NodeStore.Open(_folder, DeviceStore.Extension);

    private MosquittoProcess? _mosquitto;

    public DeviceDesks Desks { get; private set; } = null!;

    /// <summary>Where devices connect in the clear, with a secret or a token.</summary>
    public IPEndPoint Plain => _mosquitto?.Listeners.Plain ?? Desks.Embedded.EndPoint;

    /// <summary>The same over TLS.</summary>
    public IPEndPoint Tls => _mosquitto?.Listeners.Tls ?? Desks.Embedded.TlsEndPoint!;

    /// <summary>Where devices connect with a certificate.</summary>
    public IPEndPoint Certificates =>
        _mosquitto?.Listeners.Certificates ?? Desks.Embedded.TlsEndPoint!;

    private CancellationTokenSource _stop = new();

    public static async Task<Company> StartAsync(string mode = Embedded)
    {
        Company company = new();
        if (mode == External)
        {
            Assert.SkipUnless(
                File.Exists(MosquittoProcess.Program), "mosquitto is not installed.");
            company._mosquitto = await MosquittoProcess.StartAsync(company._folder);
        }

        await company.StartNodeAsync();
        return company;
    }

    /// <summary>The node's own part ends and begins again; a broker of its own would end with
    /// it.</summary>
    public async Task RestartNodeAsync(Func<Task>? meanwhile = null)
    {
        await StopNodeAsync();
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        _stop = new CancellationTokenSource();
        await StartNodeAsync();
    }

    /// <summary>How many messages on a topic are on disk.</summary>
    public int Kept(string topic) => new DeviceStore(_store).ReadLog(topic).Count;

    private async Task StartNodeAsync()
    {
        Desks = await DeviceDesks.StartAsync(
            new DeviceDesksOptions
            {
                Ledger = _ledger.Desk,
                Store = _store,
                DataDirectory = _folder,
                Listen = s_free,
                ListenTls = s_free,
                ListenWebSocket = s_free,
                External = _mosquitto?.Config.Read(_folder),
            },
            Stop);
        _running = Desks.RunAsync(_stop.Token);
        if (Desks.Broker is ExternalBroker external)
        {
            await external.WaitUntilConnectedAsync(Stop);
        }
    }

    private async Task StopNodeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await Desks.DisposeAsync();
        _stop.Dispose();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A file beside the company's data.</summary>
    public string FileOf(string name) => Path.Combine(_folder, name);

    public async Task<string> EnrollAsync(DeviceKind kind, string id)
    {
        string secret = Desks.Registry.Enroll(kind, id);
        await HeardAsync();
        return secret;
    }

    public async Task<string> IssueTokenAsync(DeviceKind kind, string id)
    {
        string token = Desks.Registry.IssueToken(kind, id);
        await HeardAsync();
        return token;
    }

    /// <summary>A changed credential is known to the broker.</summary>
    public Task HeardAsync() => _mosquitto?.ReloadedAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await StopNodeAsync();
        if (_mosquitto is not null)
        {
            await _mosquitto.DisposeAsync();
        }

        _store.Dispose();
        _ledger.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
