using System.Net;

namespace Tomada.Node;

/// <summary>How every HTTP listener of the node is built: slim, quiet, quick to stop.</summary>
internal static class HttpServer
{
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(2);

    public static WebApplicationBuilder CreateBuilder(IPEndPoint listen)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = "Tomada.Node",
            EnvironmentName = Environments.Production,
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
