using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Primitives;
using PublicKey = Tomada.Primitives.PublicKey;

namespace Tomada.Node.Keys;

/// <summary>
/// A company's three keys, in <c>keys/</c> of its data directory, each file for its owner alone:
/// <c>identity.seed</c> and <c>voting.seed</c> (Ed25519, 32 bytes), <c>tls.p8</c> (P-256, PKCS#8)
/// and <c>tls.crt</c>, the certificate it signed itself. A key that shall follow lies beside, as
/// <c>voting.next.seed</c>, until the ledger names it.
/// </summary>
public sealed partial class NodeKeys : IDisposable
{
    private const string Folder = "keys";
    private const string IdentityFile = "identity.seed";
    private const string VotingFile = "voting.seed";
    private const string TlsKeyFile = "tls.p8";
    private const string TlsCertificateFile = "tls.crt";
    private const int SeedSize = 32;
    private const int CertificateYears = 10;

    private readonly Ed25519Key _identity;
    private readonly string _folder;
    private volatile Ed25519Key _voting;

    private NodeKeys(
        string folder, Ed25519Key identity, Ed25519Key voting, X509Certificate2 certificate)
    {
        _folder = folder;
        _identity = identity;
        _voting = voting;
        TlsCertificate = certificate;
        TlsKeyHash = KeyHash(certificate);
    }

    /// <summary>Signs transactions, cosignatures, the member record and handshakes.</summary>
    public SignMessage SignIdentity => _identity.Sign;

    /// <summary>Signs consensus votes.</summary>
    public SignMessage SignVote => _voting.Sign;

    public PublicKey IdentityKey => _identity.Public;

    public PublicKey VotingKey => _voting.Public;

    /// <summary>The certificate of the node's peer endpoint, with its private key.</summary>
    public X509Certificate2 TlsCertificate { get; }

    /// <summary>SHA-256 of the TLS key's SubjectPublicKeyInfo: what the ledger pins.</summary>
    public Digest TlsKeyHash { get; }

    /// <summary>SHA-256 of a certificate's SubjectPublicKeyInfo.</summary>
    public static Digest KeyHash(X509Certificate2 certificate) =>
        Digest.Of(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>Whether the data directory already has keys.</summary>
    public static bool Exist(string dataDirectory) =>
        File.Exists(Path.Combine(dataDirectory, Folder, IdentityFile));

    /// <summary>Makes new keys and writes them.</summary>
    /// <exception cref="DataDirectoryException">There are keys already: they are never
    /// overwritten.</exception>
    public static NodeKeys Create(string dataDirectory, CompanyId company, TimeProvider wall)
    {
        if (Exist(dataDirectory))
        {
            throw new DataDirectoryException(
                $"{dataDirectory} already has keys; they are never overwritten.");
        }

        string folder = Path.Combine(dataDirectory, Folder);
        Directory.CreateDirectory(folder);
        using ECDsa tls = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = SelfSigned(tls, company, wall.GetUtcNow());
        SafeFile.Replace(Path.Combine(folder, TlsKeyFile), tls.ExportPkcs8PrivateKey());
        SafeFile.Replace(Path.Combine(folder, TlsCertificateFile), certificate.RawData);
        SafeFile.Replace(
            Path.Combine(folder, VotingFile), RandomNumberGenerator.GetBytes(SeedSize));
        // Last, because its presence means that the set is whole.
        SafeFile.Replace(
            Path.Combine(folder, IdentityFile), RandomNumberGenerator.GetBytes(SeedSize));
        return Load(dataDirectory);
    }

    /// <summary>Reads the keys.</summary>
    /// <exception cref="DataDirectoryException">A file is missing, malformed, or open to other
    /// users.</exception>
    public static NodeKeys Load(string dataDirectory)
    {
        string folder = Path.Combine(dataDirectory, Folder);
        try
        {
            FinishAdoption(folder);
            using ECDsa tls = ECDsa.Create();
            tls.ImportPkcs8PrivateKey(Secret(folder, TlsKeyFile), out _);
            using X509Certificate2 bare =
                X509CertificateLoader.LoadCertificate(Secret(folder, TlsCertificateFile));
            return new NodeKeys(
                folder,
                new Ed25519Key(Secret(folder, IdentityFile)),
                new Ed25519Key(Secret(folder, VotingFile)),
                bare.CopyWithPrivateKey(tls))
            {
                _nextVoting = File.Exists(Path.Combine(folder, VotingNextFile))
                    ? new Ed25519Key(Secret(folder, VotingNextFile))
                    : null,
            };
        }
        catch (Exception malformed) when (malformed
            is IOException or UnauthorizedAccessException or CryptographicException
            or FormatException or ArgumentException)
        {
            throw new DataDirectoryException(
                $"The keys in {folder} cannot be read: {malformed.Message}", malformed);
        }
    }

    /// <summary>Reads the keys, or makes them when the directory has none.</summary>
    public static NodeKeys LoadOrCreate(
        string dataDirectory, CompanyId company, TimeProvider wall) =>
        Exist(dataDirectory) ? Load(dataDirectory) : Create(dataDirectory, company, wall);

    /// <summary>The company's record with these keys, signed by the identity key.</summary>
    public SignedMember SignedMember(CompanyId company, string name)
    {
        MemberRecord member = new(company, name, IdentityKey, VotingKey, TlsKeyHash);
        return new SignedMember(member, SignIdentity(member.SignedMessage()));
    }

    public void Dispose()
    {
        _identity.Dispose();
        _voting.Dispose();
        _nextVoting?.Dispose();
        _retired?.Dispose();
        TlsCertificate.Dispose();
    }

    private static byte[] Secret(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (!OperatingSystem.IsWindows()
            && (File.GetUnixFileMode(path) & ~SafeFile.OwnerOnly) is var open and not 0)
        {
            throw new DataDirectoryException(
                $"{path} is open to others ({open}); keys are for their owner alone: "
                + $"chmod 600 {path}");
        }

        return File.ReadAllBytes(path);
    }

    // Peers pin the key, never the name or the dates; both are there because TLS wants a
    // certificate.
    private static X509Certificate2 SelfSigned(ECDsa key, CompanyId company, DateTimeOffset now)
    {
        CertificateRequest request = new($"CN={company}", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(CertificateYears));
    }
}
