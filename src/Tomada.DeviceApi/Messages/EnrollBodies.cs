using System.Text.Json.Serialization.Metadata;
using Tomada.DeviceApi.Json;

namespace Tomada.DeviceApi;

/// <summary>
/// A new device, logged in with its one-time token, asks for its credential. Nothing else may be
/// asked with a token. Asked again, it gets a new credential and the one before is void.
/// </summary>
/// <param name="Csr">A PKCS #10 request in PEM, signed with the device's own ECDSA P-256 key, for a
/// client certificate; without one the credential is a secret.</param>
public sealed record EnrollRequest(string? Csr = null) : IDeviceBody<EnrollRequest>
{
    public static JsonTypeInfo<EnrollRequest> Json => DeviceJson.Default.EnrollRequest;

    public static BodyRules<EnrollRequest> Rules { get; } = new BodyRules<EnrollRequest>()
        .Text("csr", x => x.Csr, DeviceLimits.PemMax);
}

/// <summary>The credential. The token is spent when the device first connects with it.</summary>
/// <param name="Secret">64 hexadecimal digits: the MQTT password.</param>
/// <param name="Certificate">For a request with a csr: the client certificate, in PEM.</param>
/// <param name="Authority">Who signed it: the company's device authority, in PEM.</param>
public sealed record EnrollReply(
    string? Secret = null, string? Certificate = null, string? Authority = null)
    : IDeviceBody<EnrollReply>
{
    public static JsonTypeInfo<EnrollReply> Json => DeviceJson.Default.EnrollReply;

    public static BodyRules<EnrollReply> Rules { get; } = new BodyRules<EnrollReply>()
        .Text("secret", x => x.Secret)
        .Text("certificate", x => x.Certificate, DeviceLimits.PemMax)
        .Text("authority", x => x.Authority, DeviceLimits.PemMax);
}
