using System.Net;

namespace Tomada.Audit;

/// <summary>
/// Reads a file of a public log by its path; null when there is none.
/// </summary>
/// <param name="path">Without a slash in front, as <c>tile/0/000</c>.</param>
/// <param name="stop">Ends it.</param>
public delegate Task<byte[]?> FetchFile(string path, CancellationToken stop);

/// <summary>The place does not answer, or not with what was asked for.</summary>
public sealed class LogUnreachableException : Exception
{
    public LogUnreachableException()
    {
    }

    public LogUnreachableException(string message)
        : base(message)
    {
    }

    public LogUnreachableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// A node's public files over HTTP. Waits as long as the node asks to (Retry-After), at most
/// <see cref="AuditLimits.TriesMax"/> times for each file.
/// </summary>
/// <param name="http">With the node's base address, ended by a slash.</param>
/// <param name="time">The wall clock.</param>
public sealed class HttpLog(HttpClient http, TimeProvider time)
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_waitMax = TimeSpan.FromSeconds(10);

    /// <summary>Fetches a file.</summary>
    /// <exception cref="LogUnreachableException">The node does not answer, or not with 200 or
    /// 404.</exception>
    public async Task<byte[]?> FetchAsync(string path, CancellationToken stop)
    {
        for (int tried = 1; ; tried++)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(
                    new Uri(path, UriKind.Relative), stop);
                if (answer.StatusCode == HttpStatusCode.NotFound)
                {
                    return null;
                }

                bool busy = answer.StatusCode
                    is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return await answer.Content.ReadAsByteArrayAsync(stop);
                }

                if (!busy || tried >= AuditLimits.TriesMax)
                {
                    throw new LogUnreachableException(
                        $"{http.BaseAddress}{path} answers {(int)answer.StatusCode}");
                }

                TimeSpan asked = answer.Headers.RetryAfter?.Delta ?? s_wait;
                await Task.Delay(asked < s_waitMax ? asked : s_waitMax, time, stop);
            }
            catch (HttpRequestException silent)
            {
                throw new LogUnreachableException(
                    $"{http.BaseAddress} does not answer: {silent.Message}", silent);
            }
        }
    }
}
