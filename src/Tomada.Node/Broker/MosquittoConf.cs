using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tomada.DeviceApi;
using Tomada.Node.Configuration;
using Tomada.Node.Devices;
using Tomada.Primitives;

namespace Tomada.Node.Broker;

/// <summary>Where Mosquitto shall listen.</summary>
/// <param name="Node">For the node alone; keep it on an own wire.</param>
/// <param name="Tls">For devices with a secret or a token.</param>
/// <param name="Certificates">For devices with a certificate.</param>
/// <param name="Plain">For devices on an own wire; null: nowhere.</param>
public sealed record MosquittoListeners(
    IPEndPoint Node, IPEndPoint Tls, IPEndPoint Certificates, IPEndPoint? Plain = null);

/// <summary>
/// Writes everything that Mosquitto 2 needs to serve a company's devices, so that no operator
/// writes an access rule by hand.
/// </summary>
public static class MosquittoConf
{
    /// <summary>The file that Mosquitto is started with.</summary>
    public const string FileName = "mosquitto.conf";

    /// <summary>The node's user at the broker.</summary>
    public const string NodeUser = "node";

    /// <summary>The node's password, in a file for the node to read.</summary>
    public const string NodePasswordFile = "node.password";

    private const string NodePasswords = "node.passwords";
    private const string NodeRules = "node.acl";
    private const string DeviceRules = "devices.acl";
    private const string AuthorityFile = "authority.pem";
    private const string CertificateFile = "broker.pem";
    private const string KeyFile = "broker.key";

    /// <summary>
    /// Writes the folder <see cref="MosquittoFiles.FolderName"/> of a data directory; what devices
    /// have there stays. The broker's certificate is good for 397 days: write again before.
    /// </summary>
    /// <param name="company">Whose devices they are.</param>
    /// <param name="dataDirectory">The node's.</param>
    /// <param name="listen">Where Mosquitto shall listen.</param>
    /// <param name="wall">The wall clock.</param>
    /// <returns>The folder.</returns>
    public static string Write(
        CompanyId company, string dataDirectory, MosquittoListeners listen, TimeProvider wall)
    {
        string folder = Path.GetFullPath(
            Path.Combine(dataDirectory, MosquittoFiles.FolderName));
        Directory.CreateDirectory(folder);
        using DeviceAuthority authority =
            DeviceAuthority.LoadOrCreate(company, dataDirectory, wall);
        WriteSecrets(folder);
        using (X509Certificate2 certificate = authority.ForBroker(listen.Tls.Address, wall))
        using (ECDsa key = certificate.GetECDsaPrivateKey()!)
        {
            Write(folder, CertificateFile, certificate.ExportCertificatePem() + "\n");
            Write(folder, KeyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
        }

        Write(folder, AuthorityFile, authority.Pem + "\n");
        string branch = $"{DeviceAddress.Root}{company}/";
        Write(folder, NodeRules, $"""
            user {NodeUser}
            topic read {branch}+/+/up/#
            topic write {branch}+/+/dn/#

            """);
        Write(folder, DeviceRules, $"""
            pattern write {branch}%u/up/#
            pattern read {branch}%u/dn/#

            """);
        Write(folder, FileName, Text(folder, listen));
        WriteEmpty(folder, MosquittoFiles.Passwords, "");
        WriteEmpty(folder, MosquittoFiles.RevokedList, authority.RevokedPem([], wall));
        return folder;
    }

    private static void WriteSecrets(string folder)
    {
        string path = Path.Combine(folder, NodePasswordFile);
        if (!File.Exists(path))
        {
            Write(folder, NodePasswordFile, Convert.ToHexStringLower(
                RandomNumberGenerator.GetBytes(DeviceRegistry.SecretSize)));
        }

        Write(
            folder, NodePasswords,
            MosquittoFiles.PasswordLine(NodeUser, File.ReadAllText(path).Trim()) + "\n");
    }

    /// <summary>
    /// Rules and passwords of the node and of devices are apart, by listener. A device's client id
    /// is its user name whatever it asks for, so that none ends another's session.
    /// </summary>
    private static string Text(string folder, MosquittoListeners listen)
    {
        string Listener(IPEndPoint at, params string[] lines) =>
            $"\nlistener {at.Port} {at.Address}\nallow_anonymous false\n"
            + string.Concat(lines.Select(each => each + "\n"));
        string File(string name) => Path.Combine(folder, name);
        string[] devices =
            [$"acl_file {File(DeviceRules)}", "use_username_as_clientid true"];
        string passwords = $"password_file {File(MosquittoFiles.Passwords)}";
        string[] tls =
        [
            $"cafile {File(AuthorityFile)}", $"certfile {File(CertificateFile)}",
            $"keyfile {File(KeyFile)}",
        ];
        return $"""
            # Written by 'tomada broker mosquitto-conf'; start: mosquitto -c {File(FileName)}
            per_listener_settings true
            user {Environment.UserName}
            pid_file {File(MosquittoFiles.PidFile)}
            persistence true
            persistence_location {folder}/
            autosave_interval 60
            set_tcp_nodelay true
            max_inflight_messages {BrokerLimits.WorkerUnackedMax}
            max_queued_messages 100000
            message_size_limit {BrokerLimits.PacketMax}
            max_packet_size {BrokerLimits.PacketMax}
            persistent_client_expiration 7d
            log_dest stderr
            log_type error
            log_type warning
            log_type notice

            """
            + Listener(
                listen.Node, $"acl_file {File(NodeRules)}", $"password_file {File(NodePasswords)}")
            + Listener(listen.Tls, [.. devices, passwords, .. tls])
            + Listener(
                listen.Certificates,
                [
                    .. devices, .. tls, $"crlfile {File(MosquittoFiles.RevokedList)}",
                    "require_certificate true", "use_identity_as_username true",
                ])
            + (listen.Plain is { } plain ? Listener(plain, [.. devices, passwords]) : "");
    }

    private static void Write(string folder, string name, string text) =>
        SafeFile.Replace(Path.Combine(folder, name), Encoding.ASCII.GetBytes(text));

    /// <summary>What the node keeps there later is left alone.</summary>
    private static void WriteEmpty(string folder, string name, string text)
    {
        if (!System.IO.File.Exists(Path.Combine(folder, name)))
        {
            Write(folder, name, text);
        }
    }
}
