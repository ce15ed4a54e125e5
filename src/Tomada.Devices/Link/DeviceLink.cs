using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Exceptions;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>
/// A device's connection: connects again for ever, says birth and goodbye, numbers messages, keeps
/// requests until their final reply, and learns the ledger clock.
/// </summary>
public sealed class DeviceLink : IAsyncDisposable
{
    private readonly LinkOptions _options;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<Incoming> _inbox =
        Channel.CreateBounded<Incoming>(ClientLimits.InboxMax);
    private readonly PendingRequests _requests = new();
    private readonly Lock _gate = new();
    private readonly MessageNumbers _numbers;
    private readonly Heartbeat _heartbeat;
    private TaskCompletionSource _connected = Signal.New();
    private TaskCompletionSource _founded = Signal.New();
    private TaskCompletionSource _lost = Signal.New();
    private TaskCompletionSource _reachable = Signal.Given();
    private long _epoch;

    public DeviceLink(LinkOptions options)
    {
        _options = options;
        _numbers = new MessageNumbers(options.Folder);
        Clock = new LedgerClock(options.Wall);
        _heartbeat = new Heartbeat(this, options.Wall);
        _client.ApplicationMessageReceivedAsync += ReceiveAsync;
        _client.DisconnectedAsync += _ =>
        {
            OnLost();
            return Task.CompletedTask;
        };
    }

    public LedgerClock Clock { get; }

    /// <summary>The network that the node belongs to, once it has said so.</summary>
    public Digest? Network { get; private set; }

    public bool IsConnected => _client.IsConnected && !IsCut;

    /// <summary>Ends when this connection is lost.</summary>
    internal Task Lost => _lost.Task;

    private bool IsCut => !_reachable.Task.IsCompleted;

    /// <summary>Commands and events, in order.</summary>
    public ChannelReader<Incoming> Inbox => _inbox.Reader;

    /// <summary>
    /// After each connection, before anything else is sent; a station says its state here.
    /// </summary>
    public Func<CancellationToken, Task>? OnConnected { get; set; }

    /// <summary>After a node of a founded network said its network and clock, and when.</summary>
    public Action<NodeBody, Timestamp>? OnLearned { get; set; }

    /// <summary>After each loss of the connection, with the reason.</summary>
    public Action<string>? OnOffline { get; set; }

    /// <summary>Waits until the node has said which network it belongs to.</summary>
    public Task WaitForNetworkAsync(CancellationToken ct) => _founded.Task.WaitAsync(ct);

    /// <summary>Stays connected until cancelled, then says goodbye.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        TimeSpan pause = ClientLimits.ReconnectMin;
        Task heartbeat = _heartbeat.RunAsync(ct);
        while (!ct.IsCancellationRequested)
        {
            string why = "connection lost";
            try
            {
                await _reachable.Task.WaitAsync(ct).ConfigureAwait(false);
                await ConnectAsync(ct).ConfigureAwait(false);
                pause = ClientLimits.ReconnectMin;
                await _lost.Task.WaitAsync(ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failed) when (LinkMessages.IsTransport(failed))
            {
                why = failed.Message;
            }

            OnOffline?.Invoke(why);
            await Task.Delay(pause, _options.Wall, ct).ContinueWith(_ => { }, TaskScheduler.Default)
                .ConfigureAwait(false);
            pause = pause * 2 < ClientLimits.ReconnectMax ? pause * 2 : ClientLimits.ReconnectMax;
        }

        await GoodbyeAsync().ConfigureAwait(false);
        await heartbeat.ConfigureAwait(false);
    }

    /// <summary>
    /// The network is gone, without a goodbye: the broker says the will. Until
    /// <see cref="Restore"/> nothing is sent and no connection is tried.
    /// </summary>
    public async Task CutAsync()
    {
        if (IsCut)
        {
            return;
        }

        _reachable = Signal.New();
        await LetGoAsync(
            MqttClientDisconnectOptionsReason.DisconnectWithWillMessage).ConfigureAwait(false);
    }

    /// <summary>The network is back.</summary>
    public void Restore() => _reachable.TrySetResult();

    /// <summary>
    /// Sends a message until the company has it; the same id each time. QoS 0 is sent once, and
    /// not at all while offline.
    /// </summary>
    public async Task<Published> PublishAsync<T>(UpTopic topic, T body, CancellationToken ct)
        where T : class, IDeviceBody<T>
    {
        byte[] payload = Encode(topic, NewId(), body);
        while (true)
        {
            if (topic.Qos == 0 && !IsConnected)
            {
                return new Published(false, "offline");
            }

            await _connected.Task.WaitAsync(ct).ConfigureAwait(false);
            if (await TrySendAsync(topic, payload, ct).ConfigureAwait(false) is { } ended)
            {
                return ended;
            }

            await Task.Delay(ClientLimits.ReconnectMin, _options.Wall, ct).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Asks and waits for the final reply; asked again after each loss, with the same id, as by a
    /// device that starts again and says which. PENDING is told by the callback.
    /// </summary>
    public async Task<Reply> RequestAsync<T>(
        RequestOp op, T body, CancellationToken ct, Action? pending = null, MessageId? asked = null)
        where T : class, IDeviceBody<T>
    {
        MessageId id = asked ?? NewId();
        UpTopic topic = new UpTopic.Request(op);
        PendingRequest request = new(topic, Encode(topic, id, body), pending);
        _requests.Add(id, request);
        try
        {
            while (!request.Final.Task.IsCompleted)
            {
                await _connected.Task.WaitAsync(ct).ConfigureAwait(false);
                Task lost = _lost.Task;
                Published? sent =
                    await TrySendAsync(request.Topic, request.Payload, ct).ConfigureAwait(false);
                if (sent is { Accepted: false })
                {
                    return Reply.Refused(id, ReplyCode.Invalid, sent.Why ?? "refused");
                }

                if (sent is not null)
                {
                    await Task.WhenAny(request.Final.Task, lost).WaitAsync(ct)
                        .ConfigureAwait(false);
                }
                else
                {
                    await Task.Delay(ClientLimits.ReconnectMin, _options.Wall, ct)
                        .ConfigureAwait(false);
                }
            }

            return await request.Final.Task.ConfigureAwait(false);
        }
        finally
        {
            _requests.Remove(id);
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>An id for a message.</summary>
    public MessageId NewId() => new(Guid.CreateVersion7(_options.Wall.GetUtcNow()));

    private byte[] Encode<T>(UpTopic topic, MessageId id, T body)
        where T : class, IDeviceBody<T> => _numbers.Encode(topic, id, Clock.WallNow, body);

    private async Task ConnectAsync(CancellationToken ct)
    {
        if (_client.IsConnected)
        {
            // An attempt that failed half way has left it so.
            await LetGoAsync().ConfigureAwait(false);
        }

        _lost = Signal.New();
        // The will is numbered right after the birth: newer than this birth, older than the next.
        UpTopic topic = new UpTopic.State();
        byte[] birth = Encode(topic, NewId(), new StateBody(true, _options.Firmware));
        byte[] death =
            Encode(topic, NewId(), new StateBody(false, _options.Firmware, "connection lost"));
        MqttClientConnectResult result =
            await _client.ConnectAsync(_options.ToMqtt(topic, death), ct).ConfigureAwait(false);
        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new MqttCommunicationException(
                $"refused: {result.ResultCode} {result.ReasonString}");
        }

        await _client.SubscribeAsync(LinkMessages.AllTo(_options.Address), ct)
            .ConfigureAwait(false);
        await TrySendAsync(topic, birth, ct).ConfigureAwait(false);
        if (OnConnected is { } said)
        {
            await said(ct).ConfigureAwait(false);
        }

        lock (_gate)
        {
            // It may be lost again by now: nobody may then think that it is there.
            if (!_lost.Task.IsCompleted)
            {
                _connected.TrySetResult();
            }
        }
    }

    private void OnLost()
    {
        lock (_gate)
        {
            if (_connected.Task.IsCompleted)
            {
                _connected = Signal.New();
            }

            _lost.TrySetResult();
        }
    }

    /// <summary>Sends at once, also while the connection is being set up, or not at all.</summary>
    public async Task<bool> SendNowAsync<T>(UpTopic topic, T body, CancellationToken ct)
        where T : class, IDeviceBody<T> =>
        IsConnected
        && await TrySendAsync(topic, Encode(topic, NewId(), body), ct).ConfigureAwait(
            false) is { Accepted: true };

    /// <summary>Null when it is worth sending again.</summary>
    private async Task<Published?> TrySendAsync(UpTopic topic, byte[] payload, CancellationToken ct)
    {
        try
        {
            MqttClientPublishResult result = await _client.PublishAsync(
                LinkMessages.Of(_options.Address, topic, payload), ct).ConfigureAwait(false);
            _heartbeat.NoteSent();
            return result.ToPublished();
        }
        catch (Exception failed) when (LinkMessages.IsTransport(failed))
        {
            // The library tells of being stopped as of a loss: as a time that ran out.
            ct.ThrowIfCancellationRequested();
            return null;
        }
    }

    private async Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs args)
    {
        if (args.ToTopic(_options.Address) is not { } topic
            || !Envelope.TryDecode(args.ToPayload(), out Envelope? envelope, out _))
        {
            return;
        }

        switch (topic)
        {
            case DownTopic.Node when envelope.TryRead(out NodeBody? node, out _):
                Learn(node, envelope.Ts);
                Follow(node);
                break;
            case DownTopic.Reply at when envelope.TryRead(out Reply? reply, out _):
                _requests.Answer(reply);
                GoOnFrom(at, reply);
                break;
            case DownTopic.Node or DownTopic.Reply:
                break;
            case DownTopic.Command { Op: CommandOp.Resend } when envelope.TryRead(
                out ResendCommand? resend, out _) && resend.Session is null:
                _ = ResendAsync(envelope.Id, resend);
                break;
            default:
                await _inbox.Writer.WriteAsync(new Incoming(topic, envelope)).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Takes what a node said about the clock and the network.</summary>
    public void Learn(NodeBody node, Timestamp saidAt)
    {
        if (node.Network is { } network)
        {
            Network = network;
            Clock.Set(node.Now, saidAt, node.Factor);
            _founded.TrySetResult();
            OnLearned?.Invoke(node, saidAt);
        }
    }

    /// <summary>
    /// A node that started anew behind a broker that did not: it knows nothing of this device, and
    /// may have lost what it was asked. A new connection says and asks all of it again.
    /// </summary>
    private void Follow(NodeBody node)
    {
        long before = Interlocked.Exchange(ref _epoch, node.Epoch);
        if (before > 0 && node.Epoch > before && _connected.Task.IsCompleted)
        {
            _ = LetGoAsync();
        }
    }

    /// <summary>
    /// The company has heard a higher boot counter: this device was reset, and would be taken for
    /// an older self.
    /// </summary>
    private void GoOnFrom(DownTopic.Reply topic, Reply reply)
    {
        if (topic.Op == RequestOp.Boot && reply.TryRead(out BootReply? boot, out _)
            && boot.Boot is { } heard && _numbers.TryGoOnFrom(heard))
        {
            _ = LetGoAsync();
        }
    }

    private async Task LetGoAsync(
        MqttClientDisconnectOptionsReason reason =
            MqttClientDisconnectOptionsReason.NormalDisconnection)
    {
        try
        {
            await _client.DisconnectAsync(new MqttClientDisconnectOptions { Reason = reason })
                .ConfigureAwait(false);
        }
        catch (Exception failed) when (LinkMessages.IsTransport(failed))
        {
            // It is lost already, which is what was wanted.
        }
    }

    /// <summary>Sends what is kept of a range, as it was, and says when that is all.</summary>
    private async Task ResendAsync(MessageId command, ResendCommand range)
    {
        foreach (Sent each in _numbers.SentIn(range))
        {
            await TrySendAsync(each.Topic, each.Payload, CancellationToken.None)
                .ConfigureAwait(false);
        }

        await SendNowAsync(
            new UpTopic.Ack(CommandOp.Resend), Reply.Done(command), CancellationToken.None)
            .ConfigureAwait(false);
    }

    private async Task GoodbyeAsync()
    {
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(2), _options.Wall);
        try
        {
            if (IsConnected)
            {
                StateBody goodbye = new(false, _options.Firmware, "shut down");
                await SendNowAsync(new UpTopic.State(), goodbye, stop.Token).ConfigureAwait(false);
                await _client.DisconnectAsync(
                    new MqttClientDisconnectOptions(), stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception failed) when (LinkMessages.IsTransport(failed))
        {
            // The will says the same in our stead.
        }
    }
}
