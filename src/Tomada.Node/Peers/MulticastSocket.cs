using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Tomada.Node.Configuration;

namespace Tomada.Node.Peers;

/// <summary>Sends and receives announcements on one interface only.</summary>
internal sealed class MulticastSocket : IDisposable
{
    private readonly Socket _receiver;
    private readonly Socket _sender;
    private readonly IPEndPoint _group;

    public MulticastSocket(MulticastConfig config)
    {
        (IPAddress address, int index) = FindInterface(config.Interface);
        _group = new IPEndPoint(config.Group, config.Port);
        _receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        // Several nodes of one machine share the port.
        _receiver.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _receiver.Bind(new IPEndPoint(config.Group, config.Port));
        _receiver.SetSocketOption(
            SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(
                config.Group, index));

        _sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _sender.Bind(new IPEndPoint(address, 0));
        _sender.SetSocketOption(
            SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(
                index));
        _sender.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, true);
        _sender.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 1);
    }

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken stop) =>
        _sender.SendToAsync(datagram, SocketFlags.None, _group, stop);

    public async ValueTask<(int Length, IPAddress Source)> ReceiveAsync(
        Memory<byte> buffer, CancellationToken stop)
    {
        SocketReceiveFromResult got = await _receiver.ReceiveFromAsync(
            buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), stop).ConfigureAwait(false);
        return (got.ReceivedBytes, ((IPEndPoint)got.RemoteEndPoint).Address);
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _sender.Dispose();
    }

    /// <exception cref="DataDirectoryException">This machine has no such interface.</exception>
    private static (IPAddress Address, int Index) FindInterface(string nameOrAddress)
    {
        NetworkInterface[] all = NetworkInterface.GetAllNetworkInterfaces();
        foreach (NetworkInterface each in all)
        {
            IPInterfaceProperties properties = each.GetIPProperties();
            foreach (UnicastIPAddressInformation unicast in properties.UnicastAddresses)
            {
                if (unicast.Address.AddressFamily == AddressFamily.InterNetwork
                    && (each.Name == nameOrAddress || unicast.Address.ToString() == nameOrAddress))
                {
                    return (unicast.Address, properties.GetIPv4Properties().Index);
                }
            }
        }

        throw new DataDirectoryException(
            $"multicast.interface: this machine has no '{nameOrAddress}' with an IPv4 address; "
            + $"there are {string.Join(", ", all.Select(each => each.Name))}");
    }
}
