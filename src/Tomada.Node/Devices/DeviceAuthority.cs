using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>
/// The company's own certificate authority for its devices: ECDSA P-256. It signs the client
/// certificates of devices and the certificate that the broker shows them, and nothing else.
/// </summary>
public sealed class DeviceAuthority : IDisposable
{
    private const string KeyPath = "keys/device-authority.pem";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string P256 = "1.2.840.10045.3.1.7";
    private const int SerialSize = 16;

    private readonly X509Certificate2 _authority;

    private DeviceAuthority(X509Certificate2 authority) => _authority = authority;

    /// <summary>What devices trust, in PEM.</summary>
    public string Pem => _authority.ExportCertificatePem();

    /// <summary>How long a device's certificate is good; it enrols again before the end.</summary>
    public static TimeSpan DeviceValidity { get; } = TimeSpan.FromDays(397);

    /// <summary>How long the authority itself is good.</summary>
    public static TimeSpan AuthorityValidity { get; } = TimeSpan.FromDays(3_650);

    /// <summary>
    /// How long before its making a certificate counts as good: clocks of devices are wrong.
    /// </summary>
    public static TimeSpan Backdated { get; } = TimeSpan.FromDays(1);

    /// <summary>Reads the authority of a data directory, made at the first time.</summary>
    public static DeviceAuthority LoadOrCreate(
        CompanyId company, string dataDirectory, TimeProvider wall)
    {
        string path = Path.Combine(dataDirectory, KeyPath);
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            CertificateRequest request = new(
                $"CN={company} devices", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(
                new X509BasicConstraintsExtension(true, true, 0, true));
            request.CertificateExtensions.Add(
                new X509KeyUsageExtension(
                    X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
            using X509Certificate2 made = request.CreateSelfSigned(
                wall.GetUtcNow() - Backdated, wall.GetUtcNow() + AuthorityValidity);
            string pem = made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem();
            Configuration.SafeFile.Replace(path, System.Text.Encoding.ASCII.GetBytes(pem));
        }

        string text = File.ReadAllText(path);
        return new DeviceAuthority(X509Certificate2.CreateFromPem(text, text));
    }

    /// <summary>
    /// Signs a device's request; its subject is what the device is, not what it says.
    /// </summary>
    /// <param name="device">For whom.</param>
    /// <param name="csr">PKCS #10 in PEM, signed with the device's key.</param>
    /// <param name="wall">The wall clock.</param>
    /// <param name="why">When null: what is wrong with the request.</param>
    public X509Certificate2? Certify(
        DeviceAddress device, string csr, TimeProvider wall, out string? why)
    {
        try
        {
            CertificateRequest asked = CertificateRequest.LoadSigningRequestPem(
                csr, HashAlgorithmName.SHA256);
            using ECDsa? key = asked.PublicKey.GetECDsaPublicKey();
            if (key is null || key.ExportParameters(false).Curve.Oid.Value != P256)
            {
                why = "csr: allowed is an ECDSA P-256 key";
                return null;
            }

            why = null;
            CertificateRequest request = new(
                $"CN={device.User}", key, HashAlgorithmName.SHA256);
            return Sign(request, ClientAuthentication, wall);
        }
        catch (Exception malformed) when (malformed is CryptographicException or ArgumentException)
        {
            why = "csr: allowed is one PKCS #10 request in PEM with a good signature";
            return null;
        }
    }

    /// <summary>The certificate that the broker shows; made anew at each start.</summary>
    public X509Certificate2 ForBroker(IPAddress listen, TimeProvider wall)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=broker", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddDnsName(Environment.MachineName);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(listen);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = Sign(request, ServerAuthentication, wall);
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>The list of revoked certificates (RFC 5280), for a broker that checks.</summary>
    /// <param name="serials">Their serial numbers in hexadecimal.</param>
    /// <param name="wall">The wall clock.</param>
    public string RevokedPem(IEnumerable<string> serials, TimeProvider wall)
    {
        DateTimeOffset now = wall.GetUtcNow();
        CertificateRevocationListBuilder list = new();
        foreach (string serial in serials)
        {
            list.AddEntry(Convert.FromHexString(serial), now);
        }

        // A list that has run out would lock every device out.
        byte[] made = list.Build(
            _authority, now.ToUnixTimeMilliseconds(), now + AuthorityValidity,
            HashAlgorithmName.SHA256, thisUpdate: now - Backdated);
        return PemEncoding.WriteString("X509 CRL", made) + "\n";
    }

    /// <summary>Whether this authority signed it and it is good now.</summary>
    public bool IsOwn(X509Certificate2 certificate, TimeProvider wall)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = wall.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain.Build(certificate);
    }

    public void Dispose() => _authority.Dispose();

    private X509Certificate2 Sign(CertificateRequest request, string usage, TimeProvider wall)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        DateTimeOffset from = wall.GetUtcNow() - Backdated;
        DateTimeOffset until = wall.GetUtcNow() + DeviceValidity;
        return request.Create(
            _authority,
            from > _authority.NotBefore ? from : _authority.NotBefore,
            until < _authority.NotAfter ? until : _authority.NotAfter,
            RandomNumberGenerator.GetBytes(SerialSize));
    }
}
