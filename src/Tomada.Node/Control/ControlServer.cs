using System.Net;

namespace Tomada.Node;

/// <summary>The control API's own listener.</summary>
internal static class ControlServer
{
    public static async Task<WebApplication> StartAsync(
        IPEndPoint listen, string token, NodeStatus status, CancellationToken stop)
    {
        WebApplicationBuilder builder = HttpServer.CreateBuilder(listen);
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Limits.MaxRequestBodySize = ControlApi.BodyBytesMax);
        WebApplication app = builder.Build();
        app.MapControl(token, status);
        await app.StartAsync(stop);
        return app;
    }
}
