using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>
/// Who may connect: per device one credential, which is a random secret of 32 bytes (only an HMAC
/// is kept) or a client certificate (only its SHA-256 is kept); and for new devices a token that is
/// exchanged for one.
/// </summary>
public sealed class DeviceRegistry : IDisposable
{
    /// <summary>Length of a secret, a token and of the HMAC's key, in bytes.</summary>
    public const int SecretSize = 32;

    private const string KeyPath = "keys/devices";

    private static readonly CredentialKind[] s_best =
        [CredentialKind.Secret, CredentialKind.Certificate, CredentialKind.Token];

    private readonly CompanyId _company;
    private readonly DeviceStore _store;
    private readonly TimeProvider _wall;
    private readonly byte[] _key;
    private readonly ConcurrentDictionary<string, KeptProof> _known = new(
        StringComparer.Ordinal);

    /// <param name="company">Whose devices they are.</param>
    /// <param name="store">Where credentials are kept.</param>
    /// <param name="dataDirectory">Where the HMAC's and the authority's keys are kept, apart from
    /// the store.</param>
    /// <param name="wall">The wall clock.</param>
    public DeviceRegistry(
        CompanyId company, DeviceStore store, string dataDirectory, TimeProvider wall)
    {
        _company = company;
        _store = store;
        _wall = wall;
        _key = LoadKey(Path.Combine(dataDirectory, KeyPath));
        Authority = DeviceAuthority.LoadOrCreate(company, dataDirectory, wall);
        IEnumerable<KeptProof> secrets = store.ReadCredentials().Select(
            each => new KeptProof(each.Device, CredentialKind.Secret, each.Hmac, 0));
        foreach (KeptProof each in secrets.Concat(store.ReadProofs()))
        {
            _known[KeyOf(each.Device, each.Kind)] = each;
        }
    }

    /// <summary>How long a token may be used.</summary>
    public static TimeSpan TokenValidity { get; } = TimeSpan.FromHours(24);

    /// <summary>Whose devices they are.</summary>
    public CompanyId Company => _company;

    /// <summary>Signs device certificates and the broker's.</summary>
    public DeviceAuthority Authority { get; }

    /// <summary>Told after each change; the broker acts on it.</summary>
    public Action<CredentialChange>? OnChanged { get; set; }

    /// <summary>
    /// Whether a token makes the credential before it void at once, because whoever checks
    /// passwords keeps one for each device. Default: no, the device goes on until it has enrolled.
    /// </summary>
    public bool TokensReplace { get; set; }

    /// <summary>Every credential, in the order of the devices' names.</summary>
    public IReadOnlyList<KnownCredential> Credentials =>
        [.. _known.Values.Where(IsGood)
            .OrderBy(each => each.Device, StringComparer.Ordinal).ThenBy(each => each.Kind)
            .Select(each => new KnownCredential(
                DeviceOf(each), each.Kind,
                each.UntilMs == 0 ? null : new Timestamp(each.UntilMs)))];

    /// <summary>
    /// Makes a device known, or gives a known one a new secret; the credential before is void.
    /// </summary>
    /// <param name="kind">Car or station.</param>
    /// <param name="id">1 to 40 characters of a-z, 0-9 and '-'.</param>
    /// <returns>The secret, shown once: 64 hexadecimal digits; the MQTT password.</returns>
    /// <exception cref="FormatException">The id is not a name.</exception>
    public string Enroll(DeviceKind kind, string id)
    {
        DeviceAddress device = AddressOf(kind, id);
        string secret = NewSecret();
        Keep(device, CredentialKind.Secret, Hmac("credential", device.User, secret), 0);
        Forget(device, CredentialKind.Certificate);
        OnChanged?.Invoke(new CredentialChange.Password(device, secret));
        return secret;
    }

    /// <summary>
    /// A token for a device that makes its own credential, good for a day and until the device has
    /// first connected with that credential.
    /// </summary>
    /// <exception cref="FormatException">The id is not a name.</exception>
    public string IssueToken(DeviceKind kind, string id)
    {
        DeviceAddress device = AddressOf(kind, id);
        string token = NewSecret();
        Keep(
            device, CredentialKind.Token, Hmac("token", device.User, token),
            (_wall.GetUtcNow() + TokenValidity).ToUnixTimeMilliseconds());
        if (TokensReplace)
        {
            Forget(device, CredentialKind.Secret);
            Forget(device, CredentialKind.Certificate);
        }

        OnChanged?.Invoke(new CredentialChange.Password(device, token));
        return token;
    }

    /// <summary>Gives a device a client certificate; the credential before is void.</summary>
    /// <returns>The certificate in PEM; null when the request is bad, and why.</returns>
    public string? Certify(DeviceAddress device, string csr, out string? why)
    {
        using X509Certificate2? made = Authority.Certify(device, csr, _wall, out why);
        if (made is null)
        {
            return null;
        }

        Keep(device, CredentialKind.Certificate, SHA256.HashData(made.RawData), 0);
        Forget(device, CredentialKind.Secret);
        OnChanged?.Invoke(new CredentialChange.Certificate(device, made));
        return made.ExportCertificatePem();
    }

    /// <summary>Ends a device's right to connect; false when it had none.</summary>
    public bool Revoke(DeviceKind kind, string id)
    {
        DeviceAddress device = new(_company, kind, id);
        bool known = false;
        foreach (CredentialKind each in Enum.GetValues<CredentialKind>())
        {
            known |= Forget(device, each);
        }

        OnChanged?.Invoke(new CredentialChange.Revoked(device));
        return known;
    }

    /// <summary>
    /// As what a device counts that another broker let in; null when it may not be heard. A token
    /// counts only while there is nothing better.
    /// </summary>
    public DeviceLogin? LoginOf(DeviceAddress device)
    {
        foreach (CredentialKind kind in s_best)
        {
            if (_known.TryGetValue(KeyOf(device.User, kind), out KeptProof? kept) && IsGood(kept))
            {
                return new DeviceLogin(device, kind);
            }
        }

        return null;
    }

    /// <summary>The device whose credential this is, or null.</summary>
    /// <param name="user">kind/id; may be absent with a certificate.</param>
    /// <param name="password">The secret or the token.</param>
    /// <param name="certificate">Of the TLS connection; already held against the authority.</param>
    public DeviceLogin? Authenticate(
        string? user, string? password, X509Certificate2? certificate = null)
    {
        if (certificate is not null)
        {
            string name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
            return DeviceAddress.TryParseUser(_company, name, out DeviceAddress? shown)
                && (string.IsNullOrEmpty(user) || user == name)
                && Is(shown!, CredentialKind.Certificate, SHA256.HashData(certificate.RawData))
                && Authority.IsOwn(certificate, _wall)
                ? Connected(new DeviceLogin(shown!, CredentialKind.Certificate))
                : null;
        }

        return password is null || password.Length > 2 * SecretSize
            || !DeviceAddress.TryParseUser(_company, user, out DeviceAddress? device)
            ? null
            : Is(device!, CredentialKind.Secret, Hmac("credential", device!.User, password))
                ? Connected(new DeviceLogin(device, CredentialKind.Secret))
            : Is(device, CredentialKind.Token, Hmac("token", device.User, password))
                ? new DeviceLogin(device, CredentialKind.Token)
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

    public void Dispose() => Authority.Dispose();

    private static string NewSecret() =>
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretSize));

    private static string KeyOf(string user, CredentialKind kind) => $"{kind} {user}";

    private DeviceAddress AddressOf(DeviceKind kind, string id) => IdRules.IsName(id)
        ? new DeviceAddress(_company, kind, id)
        : throw new FormatException($"id: '{id}'; allowed are {IdRules.NameAllowed}");

    /// <summary>It has its credential for sure: the token that led there is spent.</summary>
    private DeviceLogin Connected(DeviceLogin login)
    {
        Forget(login.Device, CredentialKind.Token);
        return login;
    }

    private bool Is(DeviceAddress device, CredentialKind kind, byte[] proof) =>
        _known.TryGetValue(KeyOf(device.User, kind), out KeptProof? kept)
        && IsGood(kept)
        && CryptographicOperations.FixedTimeEquals(kept.Proof, proof);

    private bool IsGood(KeptProof kept) =>
        kept.UntilMs == 0 || _wall.GetUtcNow().ToUnixTimeMilliseconds() < kept.UntilMs;

    private DeviceAddress DeviceOf(KeptProof kept) =>
        DeviceAddress.TryParseUser(_company, kept.Device, out DeviceAddress? device)
            ? device!
            : throw new InvariantBrokenException($"'{kept.Device}' is a device's user name");

    private void Keep(DeviceAddress device, CredentialKind kind, byte[] proof, long untilMs)
    {
        KeptProof kept = new(device.User, kind, proof, untilMs);
        if (kind == CredentialKind.Secret)
        {
            _store.PutCredential(device.User, proof);
        }
        else
        {
            _store.PutProof(kept);
        }

        _known[KeyOf(device.User, kind)] = kept;
    }

    private bool Forget(DeviceAddress device, CredentialKind kind)
    {
        if (!_known.TryRemove(KeyOf(device.User, kind), out _))
        {
            return false;
        }

        if (kind == CredentialKind.Secret)
        {
            _store.RemoveCredential(device.User);
        }
        else
        {
            _store.RemoveProof(device.User, kind);
        }

        return true;
    }

    private byte[] Hmac(string purpose, string user, string secret) =>
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{purpose}\0{user}\0{secret}"));

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
