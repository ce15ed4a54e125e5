using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tomada.Node.Configuration;
using Tomada.Node.Devices;

namespace Tomada.Node.Broker;

/// <summary>
/// What Mosquitto must know of the devices: their passwords, as it hashes them, and the revoked
/// certificates. Whole files are replaced, and the broker is told to read them again.
/// </summary>
public sealed class MosquittoFiles
{
    /// <summary>The folder in the data directory.</summary>
    public const string FolderName = "broker";

    /// <summary>Where Mosquitto writes its process id.</summary>
    public const string PidFile = "mosquitto.pid";

    internal const string Passwords = "passwords";
    internal const string RevokedList = "revoked.pem";
    private const string Certificates = "certificates";
    private const string Good = "good";
    private const string Revoked = "revoked";
    private const int SaltSize = 12;
    private const int HashSize = 64;

    // The passwords are random and of 256 bits: nobody guesses them, however fast a try is.
    private const int Iterations = 101;
    private const int HangUp = 1;

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly DeviceAuthority _authority;
    private readonly TimeProvider _wall;
    private readonly SortedDictionary<string, string> _passwords;
    private readonly SortedDictionary<string, Issued> _certificates;

    /// <param name="folder">Made when it is missing.</param>
    /// <param name="authority">Signs the list of revoked certificates.</param>
    /// <param name="wall">The wall clock.</param>
    public MosquittoFiles(string folder, DeviceAuthority authority, TimeProvider wall)
    {
        _folder = folder;
        _authority = authority;
        _wall = wall;
        Directory.CreateDirectory(folder);
        _passwords = new(
            ReadLines(Passwords).Select(line => line.Split(':', 2))
                .ToDictionary(parts => parts[0], parts => parts[1]),
            StringComparer.Ordinal);
        _certificates = new(
            ReadLines(Certificates).Select(Issued.Parse).ToDictionary(each => each.Serial),
            StringComparer.Ordinal);
    }

    /// <summary>A line of a password file for one user.</summary>
    public static string PasswordLine(string user, string password) =>
        $"{user}:{Hash(password)}";

    /// <summary>
    /// Forgets who has no credential any more, as a process before this one left it, and writes
    /// what is missing.
    /// </summary>
    internal void Begin(IReadOnlyList<KnownCredential> known)
    {
        SortedSet<string> byPassword =
            Users(known, each => each.Kind != CredentialKind.Certificate);
        SortedSet<string> byCertificate =
            Users(known, each => each.Kind == CredentialKind.Certificate);
        lock (_gate)
        {
            foreach (string gone in _passwords.Keys.Except(byPassword).ToArray())
            {
                _passwords.Remove(gone);
            }

            foreach (string gone in _certificates.Values.Select(each => each.User)
                .Except(byCertificate).ToArray())
            {
                Revoke(gone);
            }

            Write();
        }
    }

    /// <summary>Writes what a change means, and has it read.</summary>
    internal void Apply(CredentialChange change)
    {
        string user = change.Device.User;
        lock (_gate)
        {
            _passwords.Remove(user);
            Revoke(user);
            switch (change)
            {
                case CredentialChange.Password password:
                    _passwords[user] = Hash(password.Secret);
                    break;
                case CredentialChange.Certificate certificate:
                    string serial = certificate.Made.SerialNumber;
                    _certificates[serial] = new Issued(
                        serial, user, Good,
                        new DateTimeOffset(certificate.Made.NotAfter).ToUnixTimeMilliseconds());
                    break;
                case CredentialChange.Revoked:
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException(change.GetType().Name);
            }

            Write();
        }

        if (change is CredentialChange.Revoked)
        {
            Reload();
        }
        else
        {
            _ = ReloadLaterAsync();
        }
    }

    /// <summary>
    /// Not at once: the device that asked for its credential is still connected with what it had
    /// before, and would lose the answer.
    /// </summary>
    private async Task ReloadLaterAsync()
    {
        await Task.Delay(BrokerLimits.ReloadAfter, _wall).ConfigureAwait(false);
        Reload();
    }

    private static SortedSet<string> Users(
        IReadOnlyList<KnownCredential> known, Func<KnownCredential, bool> which) =>
        new(known.Where(which).Select(each => each.Device.User), StringComparer.Ordinal);

    /// <summary>mosquitto_passwd's format 7: PBKDF2 with SHA-512.</summary>
    private static string Hash(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltSize);
        byte[] hash = Rfc2898DeriveBytes.Pbkdf2(
            password, salt, Iterations, HashAlgorithmName.SHA512, HashSize);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"$7${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
    }

    private void Revoke(string user)
    {
        foreach (Issued each in _certificates.Values
            .Where(each => each.User == user && each.State == Good).ToArray())
        {
            _certificates[each.Serial] = each with { State = Revoked };
        }
    }

    private void Write()
    {
        long nowMs = _wall.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (string old in _certificates.Values.Where(each => each.UntilMs < nowMs)
            .Select(each => each.Serial).ToArray())
        {
            _certificates.Remove(old);
        }

        Replace(Passwords, _passwords.Select(each => $"{each.Key}:{each.Value}"));
        Replace(Certificates, _certificates.Values.Select(each => each.ToString()));
        SafeFile.Replace(
            Path.Combine(_folder, RevokedList),
            Encoding.ASCII.GetBytes(_authority.RevokedPem(
                _certificates.Values.Where(each => each.State == Revoked)
                    .Select(each => each.Serial),
                _wall)));
    }

    private void Replace(string name, IEnumerable<string> lines) => SafeFile.Replace(
        Path.Combine(_folder, name),
        Encoding.ASCII.GetBytes(string.Concat(lines.Select(each => each + "\n"))));

    private string[] ReadLines(string name)
    {
        string path = Path.Combine(_folder, name);
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }

    /// <summary>
    /// A Mosquitto on this machine reads its files again, and disconnects whoever has no password
    /// there any more. One on another machine is its operator's to tell.
    /// </summary>
    private void Reload()
    {
        string path = Path.Combine(_folder, PidFile);
        if (File.Exists(path) && int.TryParse(
            File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture,
            out int process)
            && process > 1 && NameOf(process) == "mosquitto")
        {
            _ = Kill(process, HangUp);
        }
    }

    /// <summary>A number in an old file may be another process by now.</summary>
    private static string NameOf(int process)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/comm");
        return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);

    private sealed record Issued(string Serial, string User, string State, long UntilMs)
    {
        public static Issued Parse(string line)
        {
            string[] parts = line.Split(' ');
            return parts.Length == 4
                && long.TryParse(parts[3], CultureInfo.InvariantCulture, out long untilMs)
                ? new Issued(parts[0], parts[1], parts[2], untilMs)
                : throw new DataDirectoryException(
                    $"{FolderName}/{Certificates}: '{line}' is not a certificate's line");
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{Serial} {User} {State} {UntilMs}");
    }
}
