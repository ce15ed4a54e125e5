using System.Collections.Immutable;
using System.Numerics;
using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>
/// Every schedule of four members, one of whom is two replicas with one key (Bano et al., *Twins:
/// BFT Systems Made Robust*), in which each ballot sees the five replicas cut in two in some way.
/// Then all are connected, and must decide. Random search rarely cuts so precisely.
/// </summary>
public static class TwinsSchedules
{
    /// <summary>Ways to cut five replicas in two: the first is always in the first half.</summary>
    public const int CutsPerBallot = 16;

    /// <summary>Members; also ways to choose the twin.</summary>
    public const int Members = 4;

    private const int BallotsAfter = 12;

    /// <summary>How many schedules there are over so many ballots.</summary>
    public static int Count(int ballots) => Members * (int)BigInteger.Pow(CutsPerBallot, ballots);

    /// <summary>Runs one schedule.</summary>
    /// <param name="number">0 up to, but not including, <see cref="Count"/>.</param>
    /// <param name="ballots">Ballots with a cut; 1 to 4.</param>
    /// <returns>The rule that was broken; null when none was.</returns>
    public static string? Run(int number, int ballots) =>
        Run(number, ballots, ProtocolMutation.None);

    internal static string? Run(int number, int ballots, ProtocolMutation mutation)
    {
        try
        {
            TwinsWorld world = new(number % Members, mutation);
            int rest = number / Members;
            for (int ballot = 0; ballot < ballots; ballot++)
            {
                world.Play((uint)(rest % CutsPerBallot) << 1);
                rest /= CutsPerBallot;
            }

            for (int ballot = 0; ballot < BallotsAfter && !world.IsDecided; ballot++)
            {
                world.Play(0);
            }

            return world.IsDecided ? null : "no decision after the cuts ended";
        }
        catch (Exception broken) when (broken is ViolationException or InvariantBrokenException)
        {
            return broken.Message;
        }
    }
}

/// <summary>Five replicas of four members, and the messages between them.</summary>
internal sealed class TwinsWorld
{
    private const int BaseTimeoutMs = 100;
    private readonly List<TwinsNode> _nodes = [];
    private readonly Queue<(TwinsNode From, TwinsNode To, ConsensusMessage Message)> _flight = [];
    private readonly Oracles _oracles;
    private readonly MemberSet _members;
    private long _nowMs = 1_000;
    private long _number;

    public TwinsWorld(int twin, ProtocolMutation mutation)
    {
        VoteVerifier verifier = new(Digest.Of("twins"u8), StandInSignatures.Verify);
        _members = new MemberSet(
            Enumerable.Range(0, TwinsSchedules.Members).Select(i => new Member(
                CompanyId.Parse($"br-{new string((char)('a' + i), 3)}"),
                StandInSignatures.KeyOf(i))),
            Digest.Of("members"u8));
        _oracles = new Oracles(_ => _members, verifier, checksProofs: true, liars: 1);
        for (int i = 0; i <= TwinsSchedules.Members; i++)
        {
            // The fifth replica is the twin of one of the four.
            int member = i < TwinsSchedules.Members ? i : twin;
            bool isLiar = member == twin;
            ReplicaOptions options = new()
            {
                Self = _members.Members[member].Company,
                Network = verifier.Network,
                BaseTimeoutMs = BaseTimeoutMs,
                Mutation = isLiar ? ProtocolMutation.None : mutation,
            };
            _nodes.Add(new TwinsNode(i, isLiar, options, member, () => ++_number));
        }

        _nodes.ForEach(node => Do(node, new Input.Tick(_nowMs, LedgerNow)));
        _nodes.ForEach(node => Do(node, new Input.WorkWaiting(true)));
        _nodes.ForEach(node => Do(node, new Input.StartHeight(
            1, Digest.Zero, new Timestamp(0), _members, 0, null)));
    }

    /// <summary>Whether every honest member has decided.</summary>
    public bool IsDecided => _nodes.TrueForAll(node => node.IsLiar || node.Decided is not null);

    private Timestamp LedgerNow => new(1_000_000 + _nowMs);

    /// <summary>One ballot: all messages within each half arrive, then the time is over.</summary>
    /// <param name="half">Bit i: replica i is in the second half.</param>
    public void Play(uint half)
    {
        bool IsTogether(TwinsNode a, TwinsNode b) =>
            ((half >> a.Index) & 1) == ((half >> b.Index) & 1);
        foreach (TwinsNode node in _nodes)
        {
            Do(node, new Input.PeersReachable(
            [
                .. _nodes.Where(other => IsTogether(node, other))
                    .Select(other => other.Company),
            ]));
        }

        while (_flight.TryDequeue(out var next))
        {
            if (IsTogether(next.From, next.To))
            {
                Do(next.To, new Input.Received(next.From.Company, next.Message));
            }
        }

        _nowMs += (BaseTimeoutMs * (long)Limits.TimeoutFactorMax) + 1;
        _nodes.ForEach(node => Do(node, new Input.Tick(_nowMs, LedgerNow)));
    }

    private void Do(TwinsNode node, Input input)
    {
        Output output = node.Replica.Step(input);
        node.Disk.AddRange(output.Persist);
        foreach (Outgoing sent in output.Send)
        {
            Send(node, sent);
        }

        if (output.Decided is not { } decided || node.Decided is not null)
        {
            return;
        }

        node.Decided = decided;
        node.Rules.TipHeight = 1;
        node.Rules.Tip = decided.Value.Digest;
        node.Rules.TipTime = decided.Value.Time;
        if (!node.IsLiar)
        {
            _oracles.Decided(node.Company, decided, new Timestamp(long.MaxValue));
        }

        Do(node, new Input.WorkWaiting(false));
        Do(node, new Input.StartHeight(
            2, decided.Value.Digest, decided.Value.Time, _members,
            _members.IndexOf(decided.Value.Proposer), decided.Proof));
    }

    private void Send(TwinsNode node, Outgoing sent)
    {
        if (!node.IsLiar)
        {
            _oracles.Signed(sent.Message, node.Company, node.HasEndorsed);
        }

        foreach (TwinsNode other in _nodes)
        {
            if (other.Company != node.Company && (sent.To is null || sent.To == other.Company))
            {
                _flight.Enqueue((node, other, sent.Message));
            }
        }
    }
}

/// <summary>One replica of a twins schedule.</summary>
internal sealed class TwinsNode
{
    public TwinsNode(
        int index, bool isLiar, ReplicaOptions options, int member, Func<long> nextNumber)
    {
        Index = index;
        IsLiar = isLiar;
        Company = options.Self;
        Rules = new ToyRules(options.Self, nextNumber);
        Replica = new Replica(
            options, Rules, StandInSignatures.SignerOf(StandInSignatures.KeyOf(member)),
            StandInSignatures.Verify, ImmutableArray<DurableRecord>.Empty);
    }

    public int Index { get; }

    public bool IsLiar { get; }

    public CompanyId Company { get; }

    public ToyRules Rules { get; }

    public Replica Replica { get; }

    public List<DurableRecord> Disk { get; } = [];

    public Decision? Decided { get; set; }

    public bool HasEndorsed(long height, int ballot, Digest digest) => Disk.Exists(row =>
        row.Kind == DurableKind.Endorsed && row.Height == height && row.Ballot == ballot
        && new Digest(row.Bytes) == digest);
}
