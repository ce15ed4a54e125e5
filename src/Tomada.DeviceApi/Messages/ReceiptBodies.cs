using System.Text.Json.Serialization.Metadata;
using Tomada.DeviceApi.Json;
using Tomada.Primitives;

namespace Tomada.DeviceApi;

/// <summary>Asks for the receipt of one of this device's trips.</summary>
/// <param name="Trip">A confirmed one.</param>
public sealed record ReceiptRequest(TripId Trip) : IDeviceBody<ReceiptRequest>
{
    public static JsonTypeInfo<ReceiptRequest> Json => DeviceJson.Default.ReceiptRequest;

    public static BodyRules<ReceiptRequest> Rules { get; } = new BodyRules<ReceiptRequest>();
}

/// <summary>
/// The proof that a trip was confirmed (dn/event/receipt, and the reply to
/// <see cref="ReceiptRequest"/>). It needs no company to be believed: any C2SP verifier checks it.
/// </summary>
/// <param name="Trip">The trip.</param>
/// <param name="Receipt">c2sp.org/tlog-proof@v1, whose extra is the entry that confirmed the trip;
/// 1 to 49,152 characters.</param>
public sealed record ReceiptBody(TripId Trip, string Receipt) : IDeviceBody<ReceiptBody>
{
    public static JsonTypeInfo<ReceiptBody> Json => DeviceJson.Default.ReceiptBody;

    public static BodyRules<ReceiptBody> Rules { get; } = new BodyRules<ReceiptBody>()
        .Text("receipt", x => x.Receipt, DeviceLimits.ReceiptCharactersMax);
}
