using System.Collections.Immutable;
using Tomada.Ledger;
using Xunit;

namespace Tomada.Audit.Tests.Replay;

/// <summary>A sound chain whose last block is forged, and what the audit says of it.</summary>
internal static class ForgedLog
{
    public static Finding FindingOf(long after, Func<Block, Block> change) =>
        Assert.Single(ReportOf(after, (block, _) => change(block)).Findings);

    public static AuditReport ReportOf(long after, Func<Block, Forger, Block> change)
    {
        Forger forger = Forger.After(Chains.Trip, after);
        Block sound = Block.Codec.Decode(Chains.Trip.Blocks[(int)after].Value);
        using TestMirror mirror = forger.Mirror(forger.Decide(change(sound, forger)));
        AuditReport fsck = mirror.Fsck();
        AuditReport replay = mirror.Replay();
        // Whatever needs no rule is found without them.
        Assert.All(fsck.Findings, each => Assert.Contains(each, replay.Findings));
        Assert.DoesNotContain(fsck.Findings, each => each.Class == FindingClass.Rules);
        return replay;
    }

    public static Block Replace(Block block, int at, Func<Entry, Entry> change) =>
        Forger.Reseal(new Block(block.Entries.SetItem(
            at, Entry.Codec.Encode(change(Entry.Codec.Decode(block.Entries[at]))))));

    public static Entry WithEffects(
        Entry entry, Func<ImmutableArray<Effect>, ImmutableArray<Effect>> change) => entry switch
        {
            TransactionEntry each => each with { Effects = change(each.Effects) },
            RuleEntry each => each with { Effects = change(each.Effects) },
            _ => entry,
        };

    public static ImmutableArray<Effect> EffectsOf(Entry entry) => entry switch
    {
        TransactionEntry each => each.Effects,
        RuleEntry each => each.Effects,
        _ => [],
    };

    public static (long Height, int At) Find(Predicate<Entry> wanted)
    {
        for (int i = 0; i < Chains.Trip.Blocks.Length; i++)
        {
            Block block = Block.Codec.Decode(Chains.Trip.Blocks[i].Value);
            for (int at = 0; at < block.Entries.Length; at++)
            {
                if (wanted(Entry.Codec.Decode(block.Entries[at])))
                {
                    return (i + 1, at);
                }
            }
        }

        throw new InvalidOperationException("the chain has no such entry");
    }

    public static long FirstIndexOf(long height)
    {
        Block block = Block.Codec.Decode(Chains.Trip.Blocks[(int)height - 1].Value);
        return ((Seal)Entry.Codec.Decode(block.Entries[^1])).FirstIndex;
    }

    /// <summary>The block with one more entry.</summary>
    public static Block Insert(Block block, int at, params ImmutableArray<Effect> effects) =>
        Forger.Reseal(new Block(block.Entries.Insert(
            at, Entry.Codec.Encode(new RuleEntry(effects)))));

    /// <summary>What the replay finds in a block that liars put at the end of a chain.</summary>
    public static Finding FindingIn(Forger forger, Block block)
    {
        using TestMirror mirror = forger.Mirror(forger.Decide(block));
        Assert.True(mirror.Fsck().Passed);
        return Assert.Single(mirror.Replay().Findings);
    }
}
