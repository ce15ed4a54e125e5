using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Tomada.DeviceApi;

namespace Tomada.Devices;

/// <summary>How a device reaches its company.</summary>
public sealed record LinkOptions
{
    public required DeviceAddress Address { get; init; }

    /// <summary>The secret of its enrolment: 64 hexadecimal digits; the MQTT password.</summary>
    public required string Secret { get; init; }

    /// <summary>Where the company's broker listens.</summary>
    public required IPEndPoint Broker { get; init; }

    /// <summary>
    /// Certificates in PEM of which one must have signed the broker's; default: no TLS, for an own
    /// wire.
    /// </summary>
    public string? AuthorityPem { get; init; }

    /// <summary>
    /// The device's own folder: boot counter, key, journal. Created when missing.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>What it says it is.</summary>
    public string Model { get; init; } = "tomada-reference";

    public string Firmware { get; init; } = "1.0";

    /// <summary>The wall clock.</summary>
    public TimeProvider Wall { get; init; } = TimeProvider.System;

    /// <summary>What the MQTT library needs.</summary>
    /// <param name="willTopic">Where the will goes.</param>
    /// <param name="will">What it says.</param>
    internal MqttClientOptions ToMqtt(UpTopic willTopic, byte[] will)
    {
        MqttClientOptionsBuilder options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithEndPoint(Broker)
            .WithClientId(Address.User)
            .WithCredentials(Address.User, Secret)
            .WithCleanStart(true)
            .WithKeepAlivePeriod(DeviceLimits.HeartbeatInterval)
            .WithTimeout(ClientLimits.MqttTimeout)
            .WithWillTopic(Address.UpPrefix + willTopic.Path)
            .WithWillPayload(will)
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithWillRetain(true);
        if (AuthorityPem is not null)
        {
            options = options.WithTlsOptions(tls => tls
                .UseTls()
                .WithTargetHost(Broker.Address.ToString())
                .WithCertificateValidationHandler(IsTrusted));
        }

        return options.Build();
    }

    /// <summary>The company's authority signed it, for this address, and it is good now.</summary>
    private bool IsTrusted(MqttClientCertificateValidationEventArgs shown)
    {
        if ((shown.SslPolicyErrors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(AuthorityPem!);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Wall.GetUtcNow().UtcDateTime;
        using X509Certificate2 certificate = new(shown.Certificate);
        return chain.Build(certificate);
    }
}
