using Tomada.DeviceApi;

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
