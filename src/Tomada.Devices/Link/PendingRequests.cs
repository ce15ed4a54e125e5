using System.Collections.Concurrent;
using Tomada.DeviceApi;

namespace Tomada.Devices;

/// <summary>A request whose final reply is awaited.</summary>
internal sealed record PendingRequest(UpTopic Topic, byte[] Payload, Action? Pending)
{
    public TaskCompletionSource<Reply> Final { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Requests by their ids.</summary>
internal sealed class PendingRequests
{
    private readonly ConcurrentDictionary<MessageId, PendingRequest> _requests = new();

    public void Add(MessageId id, PendingRequest request) => _requests[id] = request;

    public void Remove(MessageId id) => _requests.TryRemove(id, out _);

    /// <summary>Ends the request, or says that it is being worked on.</summary>
    public void Answer(Reply reply)
    {
        if (!_requests.TryGetValue(reply.Re, out PendingRequest? request))
        {
            return;
        }

        if (reply.Code == ReplyCode.Pending)
        {
            request.Pending?.Invoke();
        }
        else
        {
            request.Final.TrySetResult(reply);
        }
    }
}
