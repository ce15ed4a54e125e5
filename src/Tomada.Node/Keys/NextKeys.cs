using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Primitives;
using PublicKey = Tomada.Primitives.PublicKey;

namespace Tomada.Node.Keys;

/// <summary>Which of a company's three keys.</summary>
public enum KeyKind
{
    /// <summary>Signs transactions and cosignatures.</summary>
    Identity = 1,

    /// <summary>Signs votes.</summary>
    Voting = 2,

    /// <summary>Serves TLS between nodes.</summary>
    Tls = 3,
}

/// <content>
/// Keys that shall follow: made and synced before the ledger is asked for them, and taken over when
/// it names them, so that no crash in between leaves a company without the key that counts.
/// </content>
public sealed partial class NodeKeys
{
    private const string IdentityNextFile = "identity.next.seed";
    private const string VotingNextFile = "voting.next.seed";
    private const string TlsNextKeyFile = "tls.next.p8";
    private const string TlsNextCertificateFile = "tls.next.crt";

    private volatile Ed25519Key? _nextVoting;
    private Ed25519Key? _retired;

    /// <summary>
    /// Signs votes with the key that is asked for, the present one or the next; null when neither
    /// is it. From any thread.
    /// </summary>
    public SignMessage? SignerOf(PublicKey votingKey)
    {
        if (_voting is { } now && now.Public == votingKey)
        {
            return now.Sign;
        }

        return _nextVoting is { } next && next.Public == votingKey ? next.Sign : null;
    }

    /// <summary>
    /// Makes the key that shall follow, unless one was made before and never named by the ledger.
    /// </summary>
    /// <param name="kind">Which key.</param>
    /// <param name="network">The network id.</param>
    /// <param name="company">Whose key.</param>
    /// <param name="wall">Dates the TLS certificate.</param>
    /// <returns>What the ledger is asked for.</returns>
    public KeyChange Prepare(KeyKind kind, Digest network, CompanyId company, TimeProvider wall)
    {
        switch (kind)
        {
            case KeyKind.Identity:
                using (Ed25519Key identity = NextSeed(IdentityNextFile))
                {
                    return new KeyChange.IdentityKey(
                        identity.Public, ProofOf(identity, network, company));
                }

            case KeyKind.Voting:
                Ed25519Key voting = _nextVoting ??= NextSeed(VotingNextFile);
                return new KeyChange.VotingKey(voting.Public, ProofOf(voting, network, company));
            case KeyKind.Tls:
                return new KeyChange.TlsKey(NextCertificate(company, wall));
            default:
                throw new System.Diagnostics.UnreachableException(kind.ToString());
        }
    }

    /// <summary>Takes over what the ledger names by now.</summary>
    /// <param name="known">This company's record on the ledger.</param>
    /// <returns>
    /// Whether the identity or TLS key is another: connections and desks hold the old one, and the
    /// node must open anew.
    /// </returns>
    public bool Adopt(MemberRecord known)
    {
        if (_nextVoting is { } voting && voting.Public == known.VotingKey)
        {
            Move(VotingNextFile, VotingFile);

            // Somebody may be signing with it at this moment.
            _retired?.Dispose();
            _retired = _voting;
            _voting = voting;
            _nextVoting = null;
        }

        bool opensAnew = false;
        if (known.IdentityKey != IdentityKey && TryNextIdentity() == known.IdentityKey)
        {
            Move(IdentityNextFile, IdentityFile);
            opensAnew = true;
        }

        if (known.TlsKeyHash != TlsKeyHash && TryNextTls() == known.TlsKeyHash)
        {
            Move(TlsNextKeyFile, TlsKeyFile);
            Move(TlsNextCertificateFile, TlsCertificateFile);
            opensAnew = true;
        }

        return opensAnew;
    }

    private static void FinishAdoption(string folder)
    {
        string certificate = Path.Combine(folder, TlsNextCertificateFile);

        // The key goes first: a certificate that is left alone belongs to the key that went.
        if (File.Exists(certificate) && !File.Exists(Path.Combine(folder, TlsNextKeyFile)))
        {
            File.Move(certificate, Path.Combine(folder, TlsCertificateFile), overwrite: true);
        }
    }

    private static byte[] ProofOf(Ed25519Key key, Digest network, CompanyId company) =>
        key.Sign(KeyChange.SignedMessage(network, company, key.Public));

    private Ed25519Key NextSeed(string file)
    {
        string path = Path.Combine(_folder, file);
        if (!File.Exists(path))
        {
            SafeFile.Replace(path, RandomNumberGenerator.GetBytes(SeedSize));
        }

        return new Ed25519Key(Secret(_folder, file));
    }

    private Digest NextCertificate(CompanyId company, TimeProvider wall)
    {
        if (TryNextTls() is { } made)
        {
            return made;
        }

        using ECDsa tls = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = SelfSigned(tls, company, wall.GetUtcNow());

        // The key first: a certificate alone would be taken for the end of an adoption.
        SafeFile.Replace(Path.Combine(_folder, TlsNextKeyFile), tls.ExportPkcs8PrivateKey());
        SafeFile.Replace(Path.Combine(_folder, TlsNextCertificateFile), certificate.RawData);
        return KeyHash(certificate);
    }

    private PublicKey? TryNextIdentity()
    {
        if (!File.Exists(Path.Combine(_folder, IdentityNextFile)))
        {
            return null;
        }

        using Ed25519Key next = new(Secret(_folder, IdentityNextFile));
        return next.Public;
    }

    private Digest? TryNextTls()
    {
        if (!File.Exists(Path.Combine(_folder, TlsNextCertificateFile)))
        {
            return null;
        }

        using X509Certificate2 next =
            X509CertificateLoader.LoadCertificate(Secret(_folder, TlsNextCertificateFile));
        return KeyHash(next);
    }

    private void Move(string from, string to) => File.Move(
        Path.Combine(_folder, from), Path.Combine(_folder, to), overwrite: true);
}
