using System.Net;
using System.Net.Sockets;
using DotNext.Net.Cluster.Consensus.Raft;

namespace Tomada.Bench.DotNext;

/// <summary>
/// Takes requests of <see cref="Values.ValueBytes"/> bytes and answers each with one byte. The
/// first byte says what is asked: 0 replicates the whole request, 1 asks whether this member leads.
/// The answer is 1 for done or yes, 0 for neither.
/// </summary>
internal sealed class Server(RaftCluster cluster)
{
    private const byte Replicate = 0;

    public async Task RunAsync(IPEndPoint listen, CancellationToken stop)
    {
        using TcpListener listener = new(listen);
        listener.Start();
        try
        {
            while (true)
            {
                Socket client = await listener.AcceptSocketAsync(stop);
                _ = Task.Run(() => ServeAsync(client, stop), CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C.
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken stop)
    {
        using (client)
        {
            client.NoDelay = true;
            byte[] request = new byte[Values.ValueBytes];
            byte[] answer = new byte[1];
            try
            {
                using NetworkStream stream = new(client);
                while (true)
                {
                    await stream.ReadExactlyAsync(request, stop);
                    bool isDone = request[0] == Replicate
                        ? await ReplicateAsync(request, stop)
                        : IsLeader;
                    answer[0] = isDone ? (byte)1 : (byte)0;
                    await client.SendAsync(answer, stop);
                }
            }
            catch (Exception gone) when (gone
                is IOException or SocketException or OperationCanceledException)
            {
                // The client left, or this member ends.
            }
        }
    }

    private bool IsLeader => !cluster.LeadershipToken.IsCancellationRequested;

    private async Task<bool> ReplicateAsync(byte[] request, CancellationToken stop)
    {
        try
        {
            await cluster.ReplicateAsync(
                new BinaryLogEntry { Content = request.ToArray(), Term = cluster.Term }, stop);
            return true;
        }
        catch (Exception refused) when (refused is InvalidOperationException
            or OperationCanceledException && !stop.IsCancellationRequested)
        {
            // Another leads, or no majority answered.
            return false;
        }
    }
}
