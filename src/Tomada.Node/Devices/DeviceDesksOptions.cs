using System.Net;
using Tomada.Node.Broker;
using Tomada.Node.Outlooks;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Node.Devices;

/// <summary>What the device side of a node is made of.</summary>
public sealed record DeviceDesksOptions
{
    public required DeskLedger Ledger { get; init; }

    /// <summary>Opened with <see cref="DeviceStore.Extension"/>.</summary>
    public required NodeStore Store { get; init; }

    public required string DataDirectory { get; init; }

    /// <summary>
    /// Where the broker listens; port 0 for a free one. Without <see cref="External"/>: loopback.
    /// </summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>A broker that is run elsewhere; default: one in this process.</summary>
    public ExternalBrokerOptions? External { get; init; }

    /// <summary>
    /// Where the broker listens for TLS; port 0 for a free one. Default: nowhere.
    /// </summary>
    public IPEndPoint? ListenTls { get; init; }

    /// <summary>
    /// Where the broker listens for WebSockets, at /mqtt; port 0 for a free one. Default: nowhere.
    /// </summary>
    public IPEndPoint? ListenWebSocket { get; init; }

    /// <summary>
    /// The roads that trips are planned on; without them plan requests are UNAVAILABLE.
    /// </summary>
    public RoadGraph? Roads { get; init; }

    /// <summary>
    /// Finds the receipt of a trip, and waits a while for it; null when there is none. Without it
    /// receipts are UNAVAILABLE.
    /// </summary>
    public Func<TripId, CancellationToken, Task<string?>>? Receipts { get; init; }

    /// <summary>
    /// What other companies say of their EVSEs; without it the ledger's word is what plans use.
    /// </summary>
    public OwnersWord? Owners { get; init; }

    /// <summary>The wall clock.</summary>
    public TimeProvider Wall { get; init; } = TimeProvider.System;

    /// <summary>What an operator should know of.</summary>
    public ILogger Logger { get; init; } = Microsoft.Extensions.Logging.Abstractions.NullLogger
        .Instance;
}
