using System.Net;
using System.Security.Cryptography;
using Grpc.Core;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Primitives;

namespace Tomada.Node.Tests.Peers;

/// <summary>Whoever got hold of a member's keys and speaks the protocol as it likes.</summary>
internal sealed class Impostor(
    NetworkConfig network, Digest networkId, NodeKeys keys, CompanyId company)
{
    /// <summary>What the member itself would say.</summary>
    public Hello Hello() => new(
        Node.Peers.Hello.CurrentVersion,
        new Invitation(network).Tag,
        new NetworkId(networkId),
        keys.SignedMember(company, company.Value),
        new Digest(RandomNumberGenerator.GetBytes(Digest.Size)));

    /// <summary>Shakes hands as an honest dialler would: its proof.</summary>
    public async Task<Proof?> ShakeAsync(
        PeerStream stream, CancellationToken stop, Hello? mine = null)
    {
        Hello hello = mine ?? Hello();
        Handshake handshake = new(hello, isDialer: true, new Invitation(network), _ => null);
        await stream.WriteAsync(hello, stop);
        if (await stream.ReadHandshakeAsync(stop) is not Hello theirs)
        {
            return null;
        }

        Proof proof = handshake.Prove(theirs, keys.SignIdentity);
        Assert.IsType<Proof>(await stream.ReadHandshakeAsync(stop));
        await stream.WriteAsync(proof, stop);
        return proof;
    }

    /// <summary>Connects with the member's TLS key; the node may end it at any time.</summary>
    public Task DialAsync(IPEndPoint at, Func<PeerStream, Task> run, CancellationToken stop) =>
        DialAsync(at, keys, run, stop);

    /// <summary>The same with any TLS key.</summary>
    public static async Task DialAsync(
        IPEndPoint at, NodeKeys shown, Func<PeerStream, Task> run, CancellationToken stop)
    {
        try
        {
            await PeerDialer.DialAsync(at, shown, (stream, _) => run(stream), stop);
        }
        catch (Exception ended) when (
            ended is RpcException or IOException or HttpRequestException
            || (ended is OperationCanceledException && stop.IsCancellationRequested))
        {
            // As it may be.
        }
    }
}
