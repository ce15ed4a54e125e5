using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Tomada.DeviceApi;
using Tomada.Node.Devices;

namespace Tomada.Node.Broker;

/// <summary>What a worker does with a message.</summary>
/// <param name="Read">Null and counted when it is not taken.</param>
/// <param name="Log">Where it is kept.</param>
/// <param name="Arrived">Where it goes then.</param>
internal sealed record Intake(
    Intake.Reader Read, DeviceLog Log, ChannelWriter<Received> Arrived)
{
    public delegate Received? Reader(MqttApplicationMessage message, out byte[] payload);

    /// <summary>The task ends when the message is on disk, if it must be.</summary>
    public Task Keep(
        MqttApplicationMessage message, out Received? received, CancellationToken ct)
    {
        received = Read(message, out byte[] payload);
        return received is null
            || message.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce
            ? Task.CompletedTask
            : Log.AppendAsync(
                new LoggedMessage(received.From.User, received.Topic.Path, payload), ct);
    }
}

/// <summary>
/// One of the node's connections to a foreign broker. Its session outlives it: what comes while it
/// is away waits there, and what was not acknowledged comes again.
/// </summary>
internal sealed class BrokerWorker : IAsyncDisposable
{
    private readonly ExternalBrokerOptions _options;
    private readonly string _clientId;
    private readonly string _filter;
    private readonly Intake _intake;
    private readonly TimeProvider _wall;
    private readonly ILogger _logger;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<Given> _given = Channel.CreateBounded<Given>(
        BrokerLimits.WorkerUnackedMax);
    private readonly Channel<MqttApplicationMessage> _leaving =
        Channel.CreateBounded<MqttApplicationMessage>(BrokerLimits.InboxMax);
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _lost = NewSignal();
    private TaskCompletionSource _connected = NewSignal();
    private int _connection;
    private Task _working = Task.CompletedTask;
    private Task _sending = Task.CompletedTask;

    public BrokerWorker(
        ExternalBrokerOptions options, string clientId, string filter, Intake intake,
        TimeProvider wall, ILogger logger)
    {
        _options = options;
        _clientId = clientId;
        _filter = filter;
        _intake = intake;
        _wall = wall;
        _logger = logger;
        _client.ApplicationMessageReceivedAsync += OnReceivedAsync;
        _client.DisconnectedAsync += _ =>
        {
            _lost.TrySetResult();
            return Task.CompletedTask;
        };
    }

    /// <summary>After each connection.</summary>
    public Action? OnConnected { get; set; }

    /// <summary>Ends when it is connected.</summary>
    public Task Connected => _connected.Task;

    public void Start()
    {
        _working = Task.WhenAll(StayAsync(_stop.Token), TakeAsync(_stop.Token));
        _sending = SendAsync(_stop.Token);
    }

    /// <summary>Queues a message; false when too many wait.</summary>
    public bool TryPublish(string topic, byte[] payload, bool retained) =>
        _leaving.Writer.TryWrite(new MqttApplicationMessage
        {
            Topic = topic,
            PayloadSegment = payload,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            Retain = retained,
        });

    public async ValueTask DisposeAsync()
    {
        _leaving.Writer.TryComplete();
        if (_connected.Task.IsCompleted)
        {
            // The goodbyes go out first, unless the broker is gone as well.
            await Task.WhenAny(_sending, Task.Delay(BrokerLimits.ShutdownTimeout, _wall))
                .ConfigureAwait(false);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_working, _sending)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _client.DisconnectAsync().ConfigureAwait(false);
        }
        catch (Exception gone) when (IsTransport(gone))
        {
            // It is not connected, which is what was wanted.
        }

        _client.Dispose();
        _stop.Dispose();
    }

    internal static MqttClientOptionsBuilder OptionsFor(
        ExternalBrokerOptions options, string clientId)
    {
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithEndPoint(new DnsEndPoint(options.Address.Host, options.Address.Port))
            .WithClientId(clientId)
            .WithCredentials(options.User, options.Password)
            .WithKeepAlivePeriod(DeviceLimits.HeartbeatInterval)
            .WithTimeout(BrokerLimits.CommunicationTimeout);
        return options.AuthorityPem is null
            ? builder
            : builder.WithTlsOptions(tls => tls
                .UseTls()
                .WithTargetHost(options.Address.Host)
                .WithCertificateValidationHandler(shown => IsTrusted(shown, options.AuthorityPem)));
    }

    /// <summary>What goes wrong with connections, and passes.</summary>
    internal static bool IsTransport(Exception failed) => failed
        is MqttCommunicationException or MqttClientNotConnectedException
            or MqttProtocolViolationException
        or OperationCanceledException or TimeoutException or IOException
            or System.Net.Sockets.SocketException
        or System.Security.Authentication.AuthenticationException
        or InvalidOperationException or ObjectDisposedException;

    private static bool IsTrusted(
        MqttClientCertificateValidationEventArgs shown, string authorityPem)
    {
        if ((shown.SslPolicyErrors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(authorityPem);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using X509Certificate2 certificate = new(shown.Certificate);
        return chain.Build(certificate);
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Returns at once: the acknowledgement waits for the disk, this must not.</summary>
    private async Task OnReceivedAsync(MqttApplicationMessageReceivedEventArgs args)
    {
        args.AutoAcknowledge = false;
        await _given.Writer.WriteAsync(new Given(args, _connection), _stop.Token)
            .ConfigureAwait(false);
    }

    private async Task StayAsync(CancellationToken ct)
    {
        TimeSpan pause = BrokerLimits.WorkerRetryMin;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await ConnectAsync(ct).ConfigureAwait(false);
                pause = BrokerLimits.WorkerRetryMin;
                await _lost.Task.WaitAsync(ct).ConfigureAwait(false);
                BrokerLog.Lost(_logger, _clientId, "the connection ended");
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed) when (IsTransport(failed))
            {
                BrokerLog.Lost(_logger, _clientId, failed.Message);
            }

            BrokerMetrics.Lost();
            if (_connected.Task.IsCompleted)
            {
                _connected = NewSignal();
            }

            await Task.Delay(pause, _wall, ct).ConfigureAwait(false);
            pause = pause * 2 < BrokerLimits.WorkerRetryMax
                ? pause * 2
                : BrokerLimits.WorkerRetryMax;
        }
    }

    private async Task ConnectAsync(CancellationToken ct)
    {
        _lost = NewSignal();
        Interlocked.Increment(ref _connection);
        MqttClientOptions options = OptionsFor(_options, _clientId)
            .WithCleanStart(false)
            .WithSessionExpiryInterval((uint)BrokerLimits.WorkerSession.TotalSeconds)
            .WithReceiveMaximum(BrokerLimits.WorkerUnackedMax)
            .Build();
        MqttClientConnectResult result =
            await _client.ConnectAsync(options, ct).ConfigureAwait(false);
        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new MqttCommunicationException(
                $"refused: {result.ResultCode} {result.ReasonString}");
        }

        MqttClientSubscribeResult subscribed = await _client.SubscribeAsync(
            new MqttTopicFilterBuilder().WithTopic(_filter)
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(),
            ct).ConfigureAwait(false);
        if (subscribed.Items.Any(
            each => each.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2))
        {
            throw new MqttCommunicationException($"{_filter} was refused");
        }

        _connected.TrySetResult();
        OnConnected?.Invoke();
    }

    /// <summary>
    /// Takes as many as there are together, so that one sync is enough for them, and acknowledges
    /// them in their order.
    /// </summary>
    private async Task TakeAsync(CancellationToken ct)
    {
        List<(Given Given, Received? Received, Task Kept)> batch = [];
        while (await _given.Reader.WaitToReadAsync(ct).ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < BrokerLimits.LogBatchMax && _given.Reader.TryRead(out Given? next))
            {
                Task kept = _intake.Keep(
                    next.Args.ApplicationMessage, out Received? received, ct);
                batch.Add((next, received, kept));
            }

            foreach ((Given given, Received? received, Task kept) in batch)
            {
                await kept.ConfigureAwait(false);
                if (received is not null)
                {
                    await _intake.Arrived.WriteAsync(received, ct).ConfigureAwait(false);
                }

                // What an earlier connection gave comes again on this one.
                if (given.Connection == Volatile.Read(ref _connection))
                {
                    await AcknowledgeAsync(given.Args, ct).ConfigureAwait(false);
                }
            }
        }
    }

    private static async Task AcknowledgeAsync(
        MqttApplicationMessageReceivedEventArgs args, CancellationToken ct)
    {
        try
        {
            await args.AcknowledgeAsync(ct).ConfigureAwait(false);
        }
        catch (Exception failed) when (IsTransport(failed))
        {
            // Lost on the way: the message comes again, and the desks know it.
            ct.ThrowIfCancellationRequested();
        }
    }

    private async Task SendAsync(CancellationToken ct)
    {
        await foreach (MqttApplicationMessage message in
            _leaving.Reader.ReadAllAsync(ct).ConfigureAwait(false))
        {
            await SendAsync(message, ct).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(MqttApplicationMessage message, CancellationToken ct)
    {
        while (true)
        {
            await _connected.Task.WaitAsync(ct).ConfigureAwait(false);
            Task lost = _lost.Task;
            try
            {
                await _client.PublishAsync(message, ct).ConfigureAwait(false);
                return;
            }
            catch (Exception failed) when (IsTransport(failed))
            {
                ct.ThrowIfCancellationRequested();
                await Task.WhenAny(lost, Task.Delay(BrokerLimits.WorkerRetryMin, _wall, ct))
                    .ConfigureAwait(false);
            }
        }
    }

    private sealed record Given(MqttApplicationMessageReceivedEventArgs Args, int Connection);
}

/// <summary>What the operator of a foreign broker should see.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(
        Level = LogLevel.Warning, Message = "{Worker} has no connection to the broker: {Why}")]
    public static partial void Lost(ILogger logger, string worker, string why);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Device} is revoked and may still be connected to the broker: {Why}")]
    public static partial void NotDisconnected(ILogger logger, string device, string why);
}
