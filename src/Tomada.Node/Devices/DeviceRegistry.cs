using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>
/// Who may connect: per device a random secret of 32 bytes, of which only an HMAC is kept.
/// </summary>
public sealed class DeviceRegistry
{
    /// <summary>Length of a secret and of the HMAC's key, in bytes.</summary>
    public const int SecretSize = 32;

    private const string KeyPath = "keys/devices";

    private readonly CompanyId _company;
    private readonly DeviceStore _store;
    private readonly byte[] _key;
    private readonly ConcurrentDictionary<string, byte[]> _hmacs = new(StringComparer.Ordinal);

    /// <param name="company">Whose devices they are.</param>
    /// <param name="store">Where the HMACs are kept.</param>
    /// <param name="dataDirectory">Where the HMAC's key is kept, apart from the store.</param>
    public DeviceRegistry(CompanyId company, DeviceStore store, string dataDirectory)
    {
        _company = company;
        _store = store;
        _key = LoadKey(Path.Combine(dataDirectory, KeyPath));
        foreach ((string device, byte[] hmac) in store.ReadCredentials())
        {
            _hmacs[device] = hmac;
        }
    }

    /// <summary>Told after a device was revoked; the broker disconnects it.</summary>
    public Action<DeviceAddress>? OnRevoked { get; set; }

    /// <summary>
    /// Makes a device known, or gives a known one a new secret; the old one is void.
    /// </summary>
    /// <param name="kind">Car or station.</param>
    /// <param name="id">1 to 40 characters of a-z, 0-9 and '-'.</param>
    /// <returns>The secret, shown once: 64 hexadecimal digits; the MQTT password.</returns>
    /// <exception cref="FormatException">The id is not a name.</exception>
    public string Enroll(DeviceKind kind, string id)
    {
        if (!IdRules.IsName(id))
        {
            throw new FormatException($"id: '{id}'; allowed are {IdRules.NameAllowed}");
        }

        DeviceAddress device = new(_company, kind, id);
        string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretSize));
        byte[] hmac = Hmac(device.User, secret);
        _store.PutCredential(device.User, hmac);
        _hmacs[device.User] = hmac;
        return secret;
    }

    /// <summary>Ends a device's right to connect; false when it had none.</summary>
    public bool Revoke(DeviceKind kind, string id)
    {
        DeviceAddress device = new(_company, kind, id);
        _store.RemoveCredential(device.User);
        bool known = _hmacs.TryRemove(device.User, out _);
        OnRevoked?.Invoke(device);
        return known;
    }

    /// <summary>The device whose credential this is, or null.</summary>
    public DeviceAddress? Authenticate(string? user, string? password)
    {
        if (password is null || password.Length > 2 * SecretSize
            || !DeviceAddress.TryParseUser(_company, user, out DeviceAddress? device)
            || !_hmacs.TryGetValue(device!.User, out byte[]? expected))
        {
            return null;
        }

        return CryptographicOperations.FixedTimeEquals(expected, Hmac(device.User, password))
            ? device
            : null;
    }

    /// <summary>
    /// A pseudonym that only this company can connect with the device: one per request.
    /// </summary>
    public Digest Pseudonym(DeviceAddress device, MessageId request)
    {
        byte[] driverKey =
            HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes("driver\0" + device.User));
        return new Digest(
            HMACSHA256.HashData(driverKey, Encoding.UTF8.GetBytes(request.ToString())));
    }

    private byte[] Hmac(string user, string secret) =>
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"credential\0{user}\0{secret}"));

    private static byte[] LoadKey(string path)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Configuration.SafeFile.Replace(path, RandomNumberGenerator.GetBytes(SecretSize));
        }

        return File.ReadAllBytes(path);
    }
}
