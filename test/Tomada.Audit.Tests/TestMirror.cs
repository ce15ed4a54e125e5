using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Simulation.Cluster;
using Tomada.Simulation.Consensus;
using Tomada.Transparency;

namespace Tomada.Audit.Tests;

/// <summary>A mirror in a folder of its own, which goes with it.</summary>
internal sealed class TestMirror : IDisposable
{
    private TestMirror(string path) => Folder = new MirrorFolder(path);

    public MirrorFolder Folder { get; }

    public string Path => Folder.Path;

    /// <summary>The mirror of a chain, its head cosigned by all its members.</summary>
    public static TestMirror Of(ClusterChain chain) =>
        Of(chain.Genesis, [.. chain.Blocks.Select(each => (each, Block.Codec.Decode(each.Value)))]);

    /// <summary>The mirror of blocks, whatever they are.</summary>
    public static TestMirror Of(
        Genesis genesis,
        ImmutableArray<(ConsensusMessage.Decided Proof, Block Block)> blocks,
        Func<Checkpoint, SignedNote>? sign = null)
    {
        TestMirror mirror = New();
        MirrorWriter writer = new(mirror.Folder, genesis);
        for (int i = 0; i < blocks.Length; i++)
        {
            writer.Append(
                blocks[i].Block, i + 1, BlockProof.Of(blocks[i].Proof), i == blocks.Length - 1);
        }

        writer.Finish((sign ?? Cosigned(MembersAfter(genesis, blocks)))(writer.Head));
        return mirror;
    }

    /// <summary>An empty folder.</summary>
    public static TestMirror New() =>
        new(Directory.CreateTempSubdirectory("tomada-audit-").FullName);

    /// <summary>The same files in another folder.</summary>
    public TestMirror Copy()
    {
        TestMirror copy = New();
        foreach (string file in Files())
        {
            string target = System.IO.Path.Combine(
                copy.Path, System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    public string[] Files() =>
        [.. Directory.GetFiles(Path, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)];

    /// <summary>The stand-in, which looks at its first bytes alone, and the other ones.</summary>
    public static bool Verify(
        PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        StandInSignatures.Verify(key, message, signature)
        && !signature[sizeof(ulong)..].ContainsAnyExcept((byte)0);

    public AuditReport Fsck() => ChainFsck.Run(Folder, verify: Verify);

    public AuditReport Replay() => LogReplay.Run(Folder, verify: Verify);

    /// <summary>A head signed as log and cosigned by these companies.</summary>
    public static Func<Checkpoint, SignedNote> Cosigned(
        IEnumerable<MemberRecord> members) => head =>
        new SignedNote(
            head.ToText(),
            [.. members.SelectMany(member => new[]
            {
                NoteKey.OfLog(head.Origin, member.IdentityKey),
                NoteKey.OfCompany(head.Origin, member.Company, member.IdentityKey),
            }.Select(key => key.Sign(
                head.ToText(), 1_790_000_000, StandInSignatures.SignerOf(key.Key))))]);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static ImmutableArray<MemberRecord> MembersAfter(
        Genesis genesis, ImmutableArray<(ConsensusMessage.Decided Proof, Block Block)> blocks)
    {
        MembershipTrail trail = new(genesis);
        foreach (byte[] bytes in blocks.SelectMany(each => each.Block.Entries))
        {
            if (Entry.Codec.TryDecode(bytes, out Entry? entry, out _))
            {
                trail.Take(entry, (entry as TransactionEntry) is { } each
                    && SignedTransaction.TryDecode(each.Transaction, out var one, out _)
                        ? one : null);
            }
        }

        return [.. trail.Members.Values];
    }
}
