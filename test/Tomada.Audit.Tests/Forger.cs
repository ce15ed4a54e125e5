using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Simulation.Cluster;
using Tomada.Simulation.Consensus;
using Tomada.Transparency;

namespace Tomada.Audit.Tests;

/// <summary>
/// What liars with their own keys can make: blocks that no rule makes, certified by whoever signs,
/// at the end of a chain that is otherwise sound.
/// </summary>
internal sealed class Forger
{
    private readonly Genesis _genesis;

    private Forger(Genesis genesis, LedgerState state, ImmutableArray<
        (ConsensusMessage.Decided Proof, Block Block)> before)
    {
        _genesis = genesis;
        State = state;
        Before = before;
        Members = MemberSets.Of(state);
    }

    /// <summary>The state that the next block begins at.</summary>
    public LedgerState State { get; }

    /// <summary>Who decides the next block.</summary>
    public MemberSet Members { get; }

    public ImmutableArray<(ConsensusMessage.Decided Proof, Block Block)> Before { get; }

    /// <summary>Stands after the first blocks of a chain.</summary>
    public static Forger After(ClusterChain chain, long height)
    {
        LedgerState state = LedgerState.FromGenesis(chain.Genesis);
        var before = ImmutableArray.CreateBuilder<(ConsensusMessage.Decided, Block)>();
        foreach (ConsensusMessage.Decided decided in chain.Blocks.Take((int)height))
        {
            Block block = Block.Codec.Decode(decided.Value);
            Assert(BlockExecution.TryApply(
                state, block, StandInSignatures.Verify, out AppliedBlock? applied, out _));
            state = applied!.After;
            before.Add((decided, block));
        }

        return new Forger(chain.Genesis, state, before.ToImmutable());
    }

    /// <summary>Stands at the genesis of a network of so many companies.</summary>
    public static Forger Founded(int members) => new(
        ClusterCompanies.Found(members, simulated: true),
        LedgerState.FromGenesis(ClusterCompanies.Found(members, simulated: true)), []);

    /// <summary>A block of the rules with these transactions.</summary>
    public Block Sound(long afterMs, params SignedTransaction[] transactions) =>
        BlockExecution.Build(
            State,
            transactions,
            new Timestamp(State.Time.UnixMs + afterMs),
            Members.Members[0].Company,
            Before.IsEmpty ? null : Certificate.Codec.Encode(Before[^1].Proof.Certificate),
            StandInSignatures.Verify).Block;

    /// <summary>A transaction of a member, with its true signature, on a lane of its own.</summary>
    public SignedTransaction Sign(CompanyId company, Body body) => SignedTransaction.Sign(
        new Transaction(
            State.Network, company, LedgerLimits.LaneMax, 1,
            new Timestamp(State.Time.UnixMs + 60_000), body),
        StandInSignatures.SignerOf(State.Members[company].IdentityKey));

    /// <summary>A block whose seal fits its entries.</summary>
    public static Block Reseal(Block block, Func<Seal, Seal>? change = null)
    {
        Seal seal = (Seal)Entry.Codec.Decode(block.Entries[^1]);
        ImmutableArray<byte[]> entries = block.Entries[..^1];
        Seal fitting = seal with
        {
            Count = entries.Length,
            TransactionRoot = MerkleTree.Root(
                entries.Select(entry => MerkleTree.LeafHash(entry))),
        };
        return new Block(
            [.. entries, Entry.Codec.Encode(change is null ? fitting : change(fitting))]);
    }

    /// <summary>Certifies a block by the first q members, in ballot 0.</summary>
    public ConsensusMessage.Decided Decide(Block block) =>
        Decide(block, 0, Members.Members.Take(Members.Q).Select(each => each.Company), null);

    /// <summary>Certifies a block by these members.</summary>
    public ConsensusMessage.Decided Decide(
        Block block, int ballot, IEnumerable<CompanyId> signers, Justification? promises) => new(
            Block.Codec.Encode(block),
            Certify(VoteType.Accept, ballot, block.Digest, signers),
            promises);

    public Certificate Certify(
        VoteType type, int ballot, Digest digest, IEnumerable<CompanyId> signers)
    {
        VoteContent content = new(type, State.Height + 1, ballot, digest);
        return new Certificate(
            type,
            State.Height + 1,
            ballot,
            digest,
            [.. signers.Order().Select(each => new VoteSeal(each, Sign(content, each)))]);
    }

    /// <summary>Promises of these members; with a lock or without.</summary>
    public Justification Promise(
        int ballot, IEnumerable<CompanyId> signers, Certificate? held = null,
        IReadOnlyCollection<CompanyId>? holders = null) => new(
        State.Height + 1,
        ballot,
        [.. signers.Order().Select(each =>
        {
            bool holds = held is not null && (holders?.Contains(each) ?? true);
            VoteContent content = new(
                VoteType.Promise, State.Height + 1, ballot, holds ? held!.Digest : Digest.Zero,
                holds ? held!.Ballot : VoteContent.Unlocked);
            return new PromiseSeal(
                each, content.LockedBallot, content.Digest, Sign(content, each));
        })],
        held);

    /// <summary>The mirror of the chain with this block at its end.</summary>
    public TestMirror Mirror(ConsensusMessage.Decided tip) =>
        TestMirror.Of(_genesis, [.. Before, (tip, Block.Codec.Decode(tip.Value))]);

    /// <summary>The mirror, its head signed by these.</summary>
    public TestMirror Mirror(ConsensusMessage.Decided tip, IEnumerable<CompanyId> cosigners) =>
        TestMirror.Of(
            _genesis,
            [.. Before, (tip, Block.Codec.Decode(tip.Value))],
            TestMirror.Cosigned(cosigners.Select(each => State.Members[each])));

    private byte[] Sign(in VoteContent content, CompanyId signer) =>
        StandInSignatures.SignerOf(Members.Find(signer)!.VotingKey)(
            content.SignedBytes(State.Network, Members.Hash));

    private static void Assert(bool condition) =>
        Invariant.Require(condition, "the chain of a simulation can be run");
}
