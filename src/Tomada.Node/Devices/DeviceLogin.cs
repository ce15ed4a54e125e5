using System.Security.Cryptography.X509Certificates;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>What a device showed at its login.</summary>
public enum CredentialKind
{
    /// <summary>A random secret of 32 bytes.</summary>
    Secret = 1,

    /// <summary>A client certificate of the company's device authority.</summary>
    Certificate = 2,

    /// <summary>A one-time token: it may enrol and do nothing else.</summary>
    Token = 3,
}

/// <summary>A device that has proved who it is.</summary>
/// <param name="Device">Who.</param>
/// <param name="By">How.</param>
public sealed record DeviceLogin(DeviceAddress Device, CredentialKind By);

/// <summary>A credential that the company keeps, without what proves it.</summary>
/// <param name="Device">Whose.</param>
/// <param name="Kind">Of what sort.</param>
/// <param name="Until">Of a token: good until then; null without end.</param>
public sealed record KnownCredential(DeviceAddress Device, CredentialKind Kind, Timestamp? Until);

/// <summary>What became of a device's right to connect; a foreign broker must be told.</summary>
/// <param name="Device">Whose.</param>
public abstract record CredentialChange(DeviceAddress Device)
{
    /// <summary>It has a new password, a secret or a token, and nothing else.</summary>
    public sealed record Password(DeviceAddress Device, string Secret) : CredentialChange(Device);

    /// <summary>It has a new certificate, and nothing else.</summary>
    public sealed record Certificate(DeviceAddress Device, X509Certificate2 Made)
        : CredentialChange(Device);

    /// <summary>It may not connect any more.</summary>
    public sealed record Revoked(DeviceAddress Device) : CredentialChange(Device);
}
