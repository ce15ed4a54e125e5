using System.Net;

namespace Tomada.Node;

/// <summary>How every HTTP listener of the node is built: slim, quiet, quick to stop.</summary>
internal static class HttpServer
{
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(2);

    /// <summary>
    /// No listener reads configuration files, so none watches the working directory for them:
    /// every write of a store below it would wake the watcher.
    /// </summary>
    public static string[] NoReload { get; } = ["--hostBuilder:reloadConfigOnChange=false"];

    public static WebApplicationBuilder CreateBuilder(IPEndPoint listen)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = "Tomada.Node",
            EnvironmentName = Environments.Production,
            Args = NoReload,
        });
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(listen);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_shutdown);
        return builder;
    }

    /// <summary>The address that was bound when the port was 0.</summary>
    public static IPEndPoint EndPointOf(WebApplication app, IPEndPoint listen) =>
        new(listen.Address, new Uri(app.Urls.First()).Port);
}
