using System.Net;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging.Abstractions;
using Tomada.Node.Storage;

namespace Tomada.Node;

/// <summary>
/// The public side of a node: the read-only API and the explorer page, over plain HTTP. TLS is the
/// matter of whatever stands in front of it.
/// </summary>
public sealed class PublicApiHost : IAsyncDisposable
{
    private const string AssetsPath = "/assets";

    private readonly WebApplication _application;
    private readonly ApiGuard _guard;
    private readonly CancellationTokenSource _stop;
    private readonly Task _following;

    private PublicApiHost(
        WebApplication application,
        ApiGuard guard,
        CancellationTokenSource stop,
        Task following,
        IPEndPoint endpoint)
    {
        _application = application;
        _guard = guard;
        _stop = stop;
        _following = following;
        Endpoint = endpoint;
    }

    /// <summary>Where the built explorer lies: beside the program.</summary>
    public static string ExplorerDirectory { get; } =
        Path.Combine(AppContext.BaseDirectory, "wwwroot");

    /// <summary>Where it really listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>
    /// Completes when the index of the history stops; faulted when the store is damaged.
    /// </summary>
    public Task Completion => _following;

    internal IEnumerable<Endpoint> Routes => ((IEndpointRouteBuilder)_application).DataSources
        .SelectMany(each => each.Endpoints);

    /// <summary>Binds and serves until disposed.</summary>
    /// <param name="listen">Port 0 takes a free one.</param>
    /// <param name="desk">The ledger.</param>
    /// <param name="store">The history.</param>
    /// <param name="log">The public log.</param>
    /// <param name="metrics">Counts refusals under border "http".</param>
    /// <param name="wall">The wall clock.</param>
    /// <param name="logger">Hears of defects; null for nobody.</param>
    /// <param name="rate">Requests of one address; default
    /// <see cref="AddressRate.Default"/>.</param>
    /// <param name="stop">Gives up starting.</param>
    public static async Task<PublicApiHost> StartAsync(
        IPEndPoint listen,
        LedgerDesk desk,
        NodeStore store,
        PublicLog log,
        NodeMetrics metrics,
        TimeProvider wall,
        ILogger? logger = null,
        AddressRate? rate = null,
        CancellationToken stop = default)
    {
        WebApplication application = Build(listen);
        ApiGuard guard = new(metrics, rate ?? AddressRate.Default, logger ?? NullLogger.Instance);
        application.Use(next => context => guard.PassAsync(context, next));
        UseExplorer(application);
        Chronicle chronicle = new(desk, store);
        CancellationToken stopping = application.Lifetime.ApplicationStopping;
        new PublicApi(
            desk,
            chronicle,
            metrics,
            new EventStream(desk, chronicle, wall, stopping),
            new Exports(chronicle, log, stopping),
            new StatePages(desk, store, log),
            new LogPages(desk, log, store),
            new WitnessPage(desk, log, metrics)).Map(application);
        await application.StartAsync(stop);
        CancellationTokenSource following = new();
        Task running = Task.Run(() => chronicle.RunAsync(following.Token), CancellationToken.None);
        return new PublicApiHost(
            application, guard, following, running, HttpServer.EndPointOf(application, listen));
    }

    /// <summary>Stops listening and ends every stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        await _stop.CancelAsync();
        // Its own failure is told by Completion.
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _guard.Dispose();
    }

    private static WebApplication Build(IPEndPoint listen)
    {
        WebApplicationBuilder builder = HttpServer.CreateBuilder(listen);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = PublicApiLimits.BodyBytesMax;
            kestrel.Limits.MaxRequestLineSize = PublicApiLimits.RequestLineBytesMax;
            kestrel.Limits.MaxRequestHeadersTotalSize = PublicApiLimits.HeaderBytesMax;
            kestrel.Limits.MaxConcurrentConnections = PublicApiLimits.ConnectionsMax;
        });
        return builder.Build();
    }

    /// <summary>
    /// The page itself is asked for each time; its parts carry their hash in their name.
    /// </summary>
    private static void UseExplorer(WebApplication application)
    {
        if (!Directory.Exists(ExplorerDirectory))
        {
            return;
        }

        PhysicalFileProvider files = new(ExplorerDirectory);
        application.Lifetime.ApplicationStopped.Register(files.Dispose);
        application.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        application.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = prepared => prepared.Context.Response.Headers.CacheControl =
                prepared.Context.Request.Path.StartsWithSegments(AssetsPath)
                    ? ApiJson.Immutable
                    : ApiJson.NoCache,
        });
    }
}
