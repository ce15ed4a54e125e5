using System.Diagnostics;
using System.Net;

namespace Tomada.Network.Tests.Lan;

/// <summary>
/// The cables between namespaces: each has a TUN device, and this process carries the packets from
/// one to the other, later, not always, or not at all. What is lost follows from a seed.
/// </summary>
internal sealed class TunSwitch : IDisposable
{
    private const string Device = "tun0";
    private const int PacketBytesMax = 65_536;
    private const int LookMs = 50;
    private const int IpHeaderBytes = 20;

    private readonly Lock _gate = new();
    private readonly Random _chance;
    private readonly List<Port> _ports = [];
    private readonly HashSet<(IPAddress From, IPAddress To)> _cuts = [];
    private readonly PriorityQueue<(Port To, byte[] Packet), (long At, long Order)> _later = new();
    private readonly Thread _carrier;
    private TimeSpan _delay;
    private int _lossPercent;
    private long _order;
    private volatile bool _ends;

    public TunSwitch(int seed)
    {
        _chance = new Random(seed);
        _carrier = new Thread(Carry) { IsBackground = true, Name = "switch" };
        _carrier.Start();
    }

    /// <summary>Packets that arrived.</summary>
    public long Carried { get; private set; }

    /// <summary>Packets that were lost by chance.</summary>
    public long Lost { get; private set; }

    /// <summary>Packets that met a cut.</summary>
    public long Cut { get; private set; }

    /// <summary>Gives a namespace a device with an address, and a cable to everybody.</summary>
    public void Plug(NetworkNamespace into, IPAddress address)
    {
        int file = into.Run(() => Native.OpenTun(Device));
        lock (_gate)
        {
            _ports.Add(new Port(file, address));
        }

        NetworkNamespace.Ip("-n", into.Name, "addr", "add", $"{address}/24", "dev", Device);
        NetworkNamespace.Ip("-n", into.Name, "link", "set", Device, "up");
    }

    /// <summary>From now on nothing passes this way; the other way is as it was.</summary>
    public void CutOneWay(IPAddress from, IPAddress to)
    {
        lock (_gate)
        {
            _cuts.Add((from, to));
        }
    }

    /// <summary>All cables as new.</summary>
    public void Mend()
    {
        lock (_gate)
        {
            _cuts.Clear();
            _delay = TimeSpan.Zero;
            _lossPercent = 0;
        }
    }

    /// <summary>Every packet takes so long, and some never arrive.</summary>
    /// <param name="delay">One way.</param>
    /// <param name="lossPercent">0 to 100.</param>
    public void Worsen(TimeSpan delay, int lossPercent)
    {
        lock (_gate)
        {
            _delay = delay;
            _lossPercent = lossPercent;
        }
    }

    public void Dispose()
    {
        _ends = true;
        _carrier.Join();
        foreach (Port port in _ports)
        {
            Native.CloseFile(port.File);
        }
    }

    private void Carry()
    {
        byte[] buffer = new byte[PacketBytesMax];
        while (!_ends)
        {
            Port[] ports;
            int waitMs;
            lock (_gate)
            {
                ports = [.. _ports];
                waitMs = _later.TryPeek(out _, out (long At, long Order) next)
                    ? (int)Math.Clamp(
                        Math.Ceiling(Stopwatch.GetElapsedTime(Now(), next.At).TotalMilliseconds),
                        0,
                        LookMs)
                    : LookMs;
            }

            Native.WaitReadable([.. ports.Select(each => each.File)], waitMs);
            foreach (Port from in ports)
            {
                while (Native.ReadPacket(from.File, buffer) is > 0 and int length)
                {
                    Route(from, buffer.AsSpan(0, length));
                }
            }

            Deliver();
        }
    }

    private void Route(Port from, ReadOnlySpan<byte> packet)
    {
        const int VersionShift = 4;
        if (packet.Length < IpHeaderBytes || packet[0] >> VersionShift != 4)
        {
            return;
        }

        IPAddress to = new(packet[16..IpHeaderBytes]);
        bool isForAll = packet[16] is >= 224 and <= 239;
        Port[] plugged;
        lock (_gate)
        {
            // Those of now: one may have been plugged in since this round began to wait.
            plugged = [.. _ports];
        }

        foreach (Port port in plugged)
        {
            if (port != from && (isForAll || port.Address.Equals(to)))
            {
                Send(from, port, packet.ToArray());
            }
        }
    }

    private void Send(Port from, Port to, byte[] packet)
    {
        lock (_gate)
        {
            if (_cuts.Contains((from.Address, to.Address)))
            {
                Cut++;
            }
            else if (_lossPercent > 0 && _chance.Next(100) < _lossPercent)
            {
                Lost++;
            }
            else
            {
                long at = Now() + (long)(_delay.TotalSeconds * Stopwatch.Frequency);
                _later.Enqueue((to, packet), (at, _order++));
            }
        }
    }

    private void Deliver()
    {
        while (true)
        {
            (Port To, byte[] Packet) next;
            lock (_gate)
            {
                if (!_later.TryPeek(out next, out (long At, long Order) due) || due.At > Now())
                {
                    return;
                }

                _later.Dequeue();
                Carried++;
            }

            Native.WritePacket(next.To.File, next.Packet);
        }
    }

    private static long Now() => Stopwatch.GetTimestamp();

    private sealed record Port(int File, IPAddress Address);
}
