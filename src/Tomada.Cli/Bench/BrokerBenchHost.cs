using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Threading.Channels;
using Tomada.DeviceApi;
using Tomada.Node.Broker;
using Tomada.Node.Devices;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Cli.Bench;

/// <summary>
/// The node's own broker alone, in a process of its own: its registry, its log on disk and its
/// order, without desks behind. Told by lines what to do, and says by lines what came of it.
/// </summary>
internal static class BrokerBenchHost
{
    /// <summary>Where the secrets of the stations are written, a line each.</summary>
    public const string SecretsFile = "secrets";

    // One station speaks as fast as here a thousand would.
    private const int RatePerSecond = 1_000_000;

    public static async Task<int> RunAsync(
        DirectoryInfo folder, int devices, CancellationToken stop)
    {
        using NodeStore store = NodeStore.Open(folder.FullName, DeviceStore.Extension);
        DeviceStore kept = new(store);
        using DeviceRegistry registry = new(
            BrokerLoad.StationOf(0).Company, kept, folder.FullName, TimeProvider.System);
        await File.WriteAllLinesAsync(
            Path.Combine(folder.FullName, SecretsFile),
            Enumerable.Range(0, devices).Select(
                number => registry.Enroll(DeviceKind.Station, BrokerLoad.StationOf(number).Id)),
            stop);
        await using DeviceLog log = new(kept);
        NodeBody node = new(true, 1, new Timestamp(0), 1, [DeviceAddress.Major]);
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(
            new BrokerListeners(new IPEndPoint(IPAddress.Loopback, 0)), registry, log, () => node,
            TimeProvider.System, stop, RatePerSecond);
        Channel<Received> acks = Channel.CreateUnbounded<Received>();
        _ = DrainAsync(broker, acks.Writer, stop);
        Console.WriteLine(broker.EndPoint);
        while (await Console.In.ReadLineAsync(stop) is { } line)
        {
            string[] words = line.Split(' ');
            Console.WriteLine(words[0] == "roundtrip"
                ? await RoundTripAsync(
                    broker, acks.Reader, devices,
                    int.Parse(words[1], CultureInfo.InvariantCulture), stop)
                : "unknown");
        }

        return ExitCodes.Passed;
    }

    /// <summary>Takes in what came, one after another, as the desks' task does.</summary>
    private static async Task DrainAsync(
        EmbeddedBroker broker, ChannelWriter<Received> acks, CancellationToken stop)
    {
        await foreach (Received each in broker.Inbox.ReadAllAsync(stop))
        {
            if (each.Topic is UpTopic.Ack)
            {
                acks.TryWrite(each);
            }
        }
    }

    /// <summary>Commands one after another, from sending to the station's answer on disk.</summary>
    private static async Task<string> RoundTripAsync(
        EmbeddedBroker broker, ChannelReader<Received> acks, int devices, int count,
        CancellationToken stop)
    {
        double[] ms = new double[count];
        for (int i = 0; i < count; i++)
        {
            MessageId id = broker.NewId();
            long started = Stopwatch.GetTimestamp();
            if (!broker.TrySend(
                BrokerLoad.StationOf(i % devices), new DownTopic.Command(CommandOp.Resend), id,
                new ResendCommand(Bs: 1, FromSeq: 1, UntilSeq: 2)))
            {
                return $"failed station {i % devices} is not connected";
            }

            Received ack = await acks.ReadAsync(stop);
            ms[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (!ack.Envelope.TryRead(out Reply? reply, out _) || reply.Re != id)
            {
                return "failed another answer came";
            }
        }

        double[] sorted = [.. ms.Order()];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sorted[count / 2]:F3} {sorted[(int)(0.99 * (count - 1))]:F3}");
    }
}
