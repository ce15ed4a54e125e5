using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Cluster;
using Tomada.Simulation.Consensus;

namespace Tomada.Replication.Tests;

/// <summary>
/// Replicators that hear each other at once, under one clock that only the test moves. What they
/// say is kept, so that a test can look at it.
/// </summary>
internal sealed class SmallNetwork
{
    private readonly SortedDictionary<CompanyId, Replicator> _nodes = [];
    private readonly Queue<(CompanyId From, OutgoingMessage Message)> _sent = [];

    public SmallNetwork(Genesis genesis, params CompanyId[] running)
    {
        Genesis = genesis;
        Running = [.. running.Length > 0
            ? running
            : genesis.Draft.Founders.Select(each => each.Member.Company)];
        foreach (CompanyId company in Running)
        {
            Start(company, [], []);
        }

        // Who started first asked when nobody was there to answer.
        foreach (CompanyId company in Running)
        {
            Give(company, new ReplicatorInput.PeersReachable([.. Running]));
        }
    }

    public Genesis Genesis { get; }

    public List<CompanyId> Running { get; }

    public long NowMs { get; private set; } = 1_000;

    public Timestamp Now => new(ClusterCompanies.Epoch.UnixMs + NowMs);

    /// <summary>Which messages arrive; all of them unless a test says otherwise.</summary>
    public Func<CompanyId, CompanyId, PeerMessage, bool> Arrives { get; set; } =
        (_, _, _) => true;

    /// <summary>Voting keys that a company holds besides its first one.</summary>
    public Dictionary<CompanyId, List<PublicKey>> Held { get; } = [];

    public Dictionary<CompanyId, List<ReplicatorOutput>> Outputs { get; } = [];

    public Replicator this[CompanyId company] => _nodes[company];

    public IEnumerable<EndedTransaction> EndedAt(CompanyId company) =>
        Outputs[company].SelectMany(each => each.Ended);

    public IEnumerable<SignedTransaction> PendingAddedAt(CompanyId company) =>
        Outputs[company].SelectMany(each => each.PendingAdded);

    public IEnumerable<AppendedBlock> BlocksOf(CompanyId company) =>
        Outputs[company].SelectMany(each => each.Append);

    /// <summary>Starts a node anew on what its store kept.</summary>
    public void Start(
        CompanyId company, IEnumerable<DurableRecord> votes, IEnumerable<SignedTransaction> pending,
        IEnumerable<AppendedBlock>? chain = null, Standing? standing = null)
    {
        Replicator node = new(
            new ReplicatorOptions(
                company, ClusterCompanies.VoterOf(company), StandInSignatures.Verify)
            {
                SignerOf = key => Held.GetValueOrDefault(company, []).Contains(key)
                    ? StandInSignatures.SignerOf(key)
                    : key == ClusterCompanies.Member(
                        ClusterCompanies.NumberOf(company)).Member.VotingKey
                        ? ClusterCompanies.VoterOf(company)
                        : null,
            },
            Genesis);
        if (standing is not null)
        {
            node.Resume(standing);
        }

        foreach (AppendedBlock block in chain ?? [])
        {
            node.Restore(block.Proof);
        }

        _nodes[company] = node;
        Outputs[company] = [];
        Keep(company, node.Start(votes, pending, NowMs, Now));
        Give(company, new ReplicatorInput.PeersReachable([.. Running]));
    }

    public void Submit(CompanyId company, SignedTransaction transaction) =>
        Give(company, new ReplicatorInput.Submitted(transaction));

    public void Give(CompanyId company, ReplicatorInput input)
    {
        Keep(company, _nodes[company].Step(input));
        Deliver();
    }

    /// <summary>Lets time pass in steps of 50 ms.</summary>
    public void Pass(long ms)
    {
        for (long end = NowMs + ms; NowMs < end;)
        {
            NowMs += 50;
            foreach (CompanyId company in Running)
            {
                Give(company, new ReplicatorInput.Tick(NowMs, Now));
            }
        }
    }

    private void Keep(CompanyId company, ReplicatorOutput output)
    {
        Outputs[company].Add(output);
        foreach (OutgoingMessage message in output.Send)
        {
            _sent.Enqueue((company, message));
        }

        foreach (BlockService service in output.Serve)
        {
            IEnumerable<ConsensusMessage.Decided> asked = BlocksOf(company)
                .Select(each => each.Proof)
                .Where(each => each.Height >= service.FromHeight)
                .Take(ReplicationLimits.BlocksPerAnswerMax);
            _sent.Enqueue((company, new OutgoingMessage(
                service.To, new PeerMessage.BlockAnswer([.. asked]))));
        }
    }

    private void Deliver()
    {
        while (_sent.TryDequeue(out (CompanyId From, OutgoingMessage Message) sent))
        {
            foreach (CompanyId to in Running.Where(each => each != sent.From
                && _nodes.ContainsKey(each)
                && (sent.Message.To is null || sent.Message.To == each)))
            {
                if (Arrives(sent.From, to, sent.Message.Message))
                {
                    byte[] bytes = PeerMessage.Codec.Encode(sent.Message.Message);
                    Keep(to, _nodes[to].Step(new ReplicatorInput.Received(sent.From, bytes)));
                }
            }
        }
    }
}
