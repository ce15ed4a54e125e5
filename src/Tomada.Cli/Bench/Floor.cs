using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tomada.Node.Keys;

namespace Tomada.Cli.Bench;

/// <summary>
/// What one decision cannot do without, each part measured alone on this machine, in ms.
/// </summary>
/// <param name="OneWay">A message of the size of a vote over a TLS 1.3 stream on loopback, one
/// way.</param>
/// <param name="Sync">A small append to a file in the folder of the nodes, until it is on
/// disk.</param>
/// <param name="Sign">An Ed25519 signature.</param>
/// <param name="Verify">Its check.</param>
internal sealed record Floor(double OneWay, double Sync, double Sign, double Verify)
{
    private const int MessageBytes = 256;
    private const int AppendBytes = 4_096;
    private const int Rounds = 1_000;

    /// <summary>
    /// The least for one block: three messages one way to the q-th fastest and three syncs, one
    /// after the other, two signatures, and two certificates of q votes and the transaction to
    /// check. One member waits for nobody.
    /// </summary>
    public double BlockMs(int members)
    {
        int liars = (members - 1) / 3;
        int quorum = (members + liars + 2) / 2;
        return (members == 1 ? 0 : 3 * OneWay) + (3 * Sync) + (2 * Sign)
            + (((2 * quorum) + 1) * Verify);
    }

    /// <summary>Measures the medians.</summary>
    /// <param name="folder">On the disk that the nodes write to.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<Floor> MeasureAsync(string folder, CancellationToken stop)
    {
        using Ed25519Key key = new(RandomNumberGenerator.GetBytes(32));
        byte[] message = RandomNumberGenerator.GetBytes(MessageBytes);
        byte[] signature = key.Sign(message);
        return new Floor(
            await OneWayAsync(stop),
            SyncMs(folder),
            MedianMs(() => key.Sign(message)),
            MedianMs(() => Ed25519.Verify(key.Public, message, signature)));
    }

    private static double SyncMs(string folder)
    {
        string path = Path.Combine(folder, "floor");
        byte[] bytes = new byte[AppendBytes];
        using FileStream file = new(
            path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        double median = MedianMs(() =>
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        });
        file.Dispose();
        File.Delete(path);
        return median;
    }

    private static async Task<double> OneWayAsync(CancellationToken stop)
    {
        using X509Certificate2 certificate = SelfSigned();
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using TcpClient near = new() { NoDelay = true };
        Task<TcpClient> accepting = listener.AcceptTcpClientAsync(stop).AsTask();
        await near.ConnectAsync((IPEndPoint)listener.LocalEndpoint, stop);
        using TcpClient far = await accepting;
        far.NoDelay = true;
        using SslStream server = new(far.GetStream());
        string expected = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        using SslStream client = new(
            near.GetStream(),
            leaveInnerStreamOpen: false,
            (_, shown, _, _) =>
                shown?.GetCertHashString(HashAlgorithmName.SHA256) == expected);
        Task serving = server.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                EnabledSslProtocols = SslProtocols.Tls13,
            },
            stop);
        await client.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "floor" }, stop);
        await serving;
        Task echoing = Task.Run(() => Echo(server), stop);
        byte[] message = new byte[MessageBytes];
        double roundTrip = MedianMs(() =>
        {
            client.Write(message);
            client.ReadExactly(message);
        });
        near.Dispose();
        await echoing;
        return roundTrip / 2;
    }

    private static void Echo(SslStream stream)
    {
        byte[] message = new byte[MessageBytes];
        while (stream.ReadAtLeast(message, message.Length, throwOnEndOfStream: false)
            == message.Length)
        {
            stream.Write(message);
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=floor", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
    }

    private static double MedianMs(Action operation)
    {
        double[] each = new double[Rounds];
        for (int i = 0; i < Rounds; i++)
        {
            long started = Stopwatch.GetTimestamp();
            operation();
            each[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(each);
        return each[Rounds / 2];
    }
}
