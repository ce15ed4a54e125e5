using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tomada.Primitives;
using Tomada.Simulation.Consensus;

namespace Tomada.Consensus.Tests.Scripts;

/// <summary>
/// A cluster that does only what a script says, one message at a time. Members are named A, B, C…;
/// T0 is 1 s. Commands: members N · work · idle · tick WHO MS · deliver FROM TO [TYPE] ·
/// drop FROM TO [TYPE] · stabilize · crash WHO · restart WHO ·
/// forget WHO (what its disk holds: a liar's twin) ·
/// complain WHO (from the next height on) · content WHO · flight. WHO, FROM and TO may be *.
/// </summary>
internal sealed class ScriptedCluster(ProtocolMutation mutation = ProtocolMutation.None)
{
    private const int T0Ms = 1_000;
    private static readonly Digest Network = Digest.Of("scripted network"u8);
    private readonly List<Node> _nodes = [];
    private readonly List<(Node From, Node To, ConsensusMessage Message)> _flight = [];
    private readonly StringBuilder _said = new();
    private MemberSet? _members;
    private long _number;

    /// <summary>Runs one command and returns what the members did, line by line.</summary>
    public string Run(string command)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["members", string n]:
                Found(int.Parse(n, CultureInfo.InvariantCulture));
                break;
            case ["work"]:
                _nodes.ForEach(node => Do(node, new Input.WorkWaiting(node.HasWork = true)));
                break;
            case ["idle"]:
                _nodes.ForEach(node => Do(node, new Input.WorkWaiting(node.HasWork = false)));
                break;
            case ["tick", string who, string ms]:
                Select(who).ForEach(node =>
                    Tick(node, long.Parse(ms, CultureInfo.InvariantCulture)));
                break;
            case ["deliver", string from, string to, .. string[] types]:
                Take(from, to, types).ForEach(each =>
                    Do(each.To, new Input.Received(each.From.Company, each.Message)));
                break;
            case ["drop", string from, string to, .. string[] types]:
                Take(from, to, types);
                break;
            case ["stabilize"]:
                Stabilize();
                break;
            case ["crash", string who]:
                Select(who).ForEach(node => node.Replica = null);
                break;
            case ["forget", string who]:
                Select(who).ForEach(node => node.Disk.Clear());
                break;
            case ["restart", string who]:
                Select(who).ForEach(Restart);
                break;
            case ["complain", string who]:
                Select(who).ForEach(node => node.Complains = true);
                break;
            case ["content", string who]:
                Select(who).ForEach(node => node.Complains = false);
                break;
            case ["flight"]:
                _flight.ForEach(each =>
                    Say($"{each.From.Name} to {each.To.Name}: {MessageText.Of(each.Message)}"));
                break;
            default:
                throw new UnreachableException(command);
        }

        string said = _said.ToString();
        _said.Clear();
        return said;
    }

    private void Found(int n)
    {
        for (int i = 0; i < n; i++)
        {
            _nodes.Add(new Node(i, () => ++_number));
        }

        _members = new MemberSet(
            _nodes.Select(node => new Member(node.Company, node.Key)), Digest.Of("members"u8));
        _nodes.ForEach(Restart);
    }

    private void Restart(Node node)
    {
        ReplicaOptions options = new()
        {
            Self = node.Company,
            Network = Network,
            BaseTimeoutMs = T0Ms,
            Mutation = mutation,
        };
        node.Replica = new Replica(
            options, node.Rules, StandInSignatures.SignerOf(node.Key), StandInSignatures.Verify,
            node.Disk);
        Do(node, new Input.PeersReachable([.. _nodes.Select(each => each.Company)]));
        Tick(node, 0);
        Do(node, new Input.WorkWaiting(node.HasWork));
        Do(node, StartOf(node));
    }

    private Input.StartHeight StartOf(Node node) => new(
        node.Chain.Count + 1, node.Rules.Tip, node.Rules.TipTime, _members!,
        node.Chain.Count == 0 ? 0 : _members!.IndexOf(node.LastProposer),
        node.Chain.Count == 0 ? null : node.Chain[^1],
        node.Complains);

    private void Tick(Node node, long ms)
    {
        node.WallMs += ms;
        Do(node, new Input.Tick(node.WallMs, new Timestamp(1_000_000 + node.WallMs)));
    }

    private void Stabilize()
    {
        while (_flight.Count > 0)
        {
            (Node from, Node to, ConsensusMessage message) = _flight[0];
            _flight.RemoveAt(0);
            Do(to, new Input.Received(from.Company, message));
        }
    }

    private List<(Node From, Node To, ConsensusMessage Message)> Take(
        string from, string to, string[] types)
    {
        bool Fits((Node From, Node To, ConsensusMessage Message) each) =>
            (from == "*" || each.From.Name == from) && (to == "*" || each.To.Name == to)
            && (types.Length == 0 || types.Contains(each.Message.GetType().Name));
        List<(Node From, Node To, ConsensusMessage Message)> taken = _flight.FindAll(Fits);
        _flight.RemoveAll(Fits);
        return taken;
    }

    private List<Node> Select(string who) =>
        _nodes.FindAll(node => who == "*" || node.Name == who);

    private void Do(Node node, Input input)
    {
        if (node.Replica is null)
        {
            return;
        }

        Output output = node.Replica.Step(input);
        foreach (Refusal refusal in output.Refusals)
        {
            Say($"{node.Name} refuses {refusal.Reason}");
        }

        foreach (DurableRecord row in output.Persist)
        {
            node.Disk.Add(row);
            Say($"{node.Name} persists {row.Kind} {row.Height}/{row.Ballot}");
        }

        foreach (Outgoing sent in output.Send)
        {
            Send(node, sent);
        }

        if (output.Decided is { } decided)
        {
            Say($"{node.Name} DECIDES {MessageText.Of(decided.Proof)}");
            node.Append(decided);
            node.HasWork = false;
            Do(node, new Input.WorkWaiting(false));
            Do(node, StartOf(node));
        }
    }

    private void Send(Node node, Outgoing sent)
    {
        if (sent.Message is not ConsensusMessage.Tip || sent.To is not null)
        {
            string to = sent.To is { } one ? _nodes.Find(each => each.Company == one)!.Name : "all";
            Say($"{node.Name} to {to}: {MessageText.Of(sent.Message)}");
        }

        foreach (Node other in _nodes)
        {
            if (other != node && (sent.To is null || other.Company == sent.To))
            {
                _flight.Add((node, other, sent.Message));
            }
        }
    }

    private void Say(string line) => _said.Append("  ").Append(line).Append('\n');

    private sealed class Node
    {
        public Node(int index, Func<long> nextNumber)
        {
            Name = ((char)('A' + index)).ToString();
            Company = CompanyId.Parse($"br-{new string((char)('a' + index), 3)}");
            Key = StandInSignatures.KeyOf(index);
            Rules = new ToyRules(Company, nextNumber);
        }

        public string Name { get; }

        public CompanyId Company { get; }

        public PublicKey Key { get; }

        public ToyRules Rules { get; }

        public List<DurableRecord> Disk { get; } = [];

        public List<ConsensusMessage.Decided> Chain { get; } = [];

        public CompanyId LastProposer { get; private set; }

        public Replica? Replica { get; set; }

        public bool HasWork { get; set; }

        public bool Complains { get; set; }

        public long WallMs { get; set; }

        public void Append(Decision decision)
        {
            Chain.Add(decision.Proof);
            LastProposer = decision.Value.Proposer;
            Rules.TipHeight = decision.Value.Height;
            Rules.Tip = decision.Value.Digest;
            Rules.TipTime = decision.Value.Time;
        }
    }
}
