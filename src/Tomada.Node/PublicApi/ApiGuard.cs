using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Features;

namespace Tomada.Node;

/// <summary>
/// What holds for every request: how often an address may ask, what browsers may do with an
/// answer, and that every refusal is a problem document.
/// </summary>
internal sealed partial class ApiGuard(
    NodeMetrics metrics, AddressRate rate, ILogger logger) : IDisposable
{
    private const int Ipv6PrefixBytes = 8;

    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly PartitionedRateLimiter<IPAddress> _limiter =
        PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
            RateLimitPartition.GetTokenBucketLimiter(
                Partition(address), _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = rate.Burst,
                    TokensPerPeriod = rate.PerPeriod,
                    ReplenishmentPeriod = rate.Period,
                    QueueLimit = 0,
                }));

    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        HttpResponse response = context.Response;
        WriteHeaders(response.Headers);
        try
        {
            if (Refuse(context) is { } refusal)
            {
                await refusal.WriteAsync(context, metrics);
                return;
            }

            if (HttpMethods.IsOptions(context.Request.Method))
            {
                response.Headers.AccessControlAllowMethods = "GET, HEAD";
                response.Headers.Allow = "GET, HEAD, OPTIONS";
                response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            await next(context);
            if (response.StatusCode >= StatusCodes.Status400BadRequest && !response.HasStarted
                && response.ContentType is null)
            {
                await ApiProblem.OfStatus(response.StatusCode).WriteAsync(context, metrics);
            }
        }
        catch (BadHttpRequestException malformed) when (!response.HasStarted)
        {
            await ApiProblem.OfStatus(malformed.StatusCode).WriteAsync(context, metrics);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The reader left.
        }
        catch (Exception defect) when (!response.HasStarted)
        {
            LogDefect(logger, context.Request.Path, defect);
            await ApiProblem.OfStatus(
                StatusCodes.Status500InternalServerError).WriteAsync(context, metrics);
        }
    }

    public void Dispose() => _limiter.Dispose();

    private ApiProblem? Refuse(HttpContext context)
    {
        using RateLimitLease lease =
            _limiter.AttemptAcquire(context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (!lease.IsAcquired)
        {
            return ApiProblem.OfStatus(StatusCodes.Status429TooManyRequests);
        }

        // Without a length a body is chunked; reads have neither, and no stranger needs that.
        long bodyBytesMax = WitnessPage.BodyBytesMax(context);
        if (context.Request.ContentLength > bodyBytesMax
            || context.Request.Headers.TransferEncoding.Count > 0)
        {
            return ApiProblem.OfStatus(StatusCodes.Status413PayloadTooLarge);
        }

        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>()
            .MaxRequestBodySize = bodyBytesMax;
        return null;
    }

    private static void WriteHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // Everything here is public and read-only: any page may read it.
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Retry-After";
    }

    /// <summary>An IPv4 address, or the /64 that one IPv6 subscriber holds.</summary>
    private static IPAddress Partition(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6PrefixBytes).Clear();
        return new IPAddress(bytes);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The public API failed at {Path}")]
    private static partial void LogDefect(ILogger logger, string path, Exception defect);
}
