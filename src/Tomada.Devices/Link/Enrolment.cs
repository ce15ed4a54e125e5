using MQTTnet.Exceptions;
using Tomada.DeviceApi;

namespace Tomada.Devices;

/// <summary>How a new device gets its secret.</summary>
public static class Enrolment
{
    /// <summary>Exchanges a token for a secret; the caller keeps it.</summary>
    /// <param name="byToken">The device's link, with the token where the secret will be. Over a
    /// wire that is not its own, with the authority as well.</param>
    /// <param name="ct">Gives up: a link tries for ever.</param>
    /// <returns>The secret: 64 hexadecimal digits.</returns>
    /// <exception cref="MqttCommunicationException">The company refuses, and says why.</exception>
    public static async Task<string> EnrolAsync(LinkOptions byToken, CancellationToken ct)
    {
        await using DeviceLink link = new(byToken);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task running = link.RunAsync(stop.Token);
        try
        {
            Reply reply = await link.RequestAsync(RequestOp.Enroll, new EnrollRequest(), ct)
                .ConfigureAwait(false);
            return reply.TryRead(out EnrollReply? given, out _) && given.Secret is { } secret
                ? secret
                : throw new MqttCommunicationException($"{reply.Code}: {reply.Body}");
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
