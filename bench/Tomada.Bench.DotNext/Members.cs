using System.Net;
using DotNext.Buffers;
using DotNext.Net;
using DotNext.Net.Cluster.Consensus.Raft.Membership;

namespace Tomada.Bench.DotNext;

/// <summary>The members of the cluster, the same for its whole life.</summary>
internal sealed class Members : InMemoryClusterConfigurationStorage<EndPoint>
{
    public Members(IEnumerable<IPEndPoint> members)
    {
        Builder builder = CreateInitialConfigurationBuilder();
        builder.UnionWith(members);
        builder.Build();
    }

    protected override void Encode(EndPoint address, ref BufferWriterSlim<byte> output) =>
        output.WriteEndPoint(address);

    protected override EndPoint Decode(ref SequenceReader reader) => reader.ReadEndPoint();
}
