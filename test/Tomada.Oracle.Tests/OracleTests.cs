using System.Text;
using Tomada.Primitives;
using Tomada.Transparency;
using Tomada.Transparency.Tests;
using Xunit;

namespace Tomada.Oracle.Tests;

/// <summary>
/// Programs that were written by others, after the same specifications, judge what we write; and
/// of what is cut, extended or changed they say the same as we do.
/// </summary>
public class OracleTests
{
    private const int SmallMax = 70;
    private const int LargeMax = 70_000;

    private static readonly Lazy<Log> s_log = new(() => new Log(LargeMax));

    [Fact]
    public Task Go_agrees_on_every_inclusion_proof_of_every_small_log() =>
        Oracle.GoAgreesAsync(new Cases { Inclusions = SmallInclusions() });

    [Fact]
    public Task Go_agrees_on_every_consistency_proof_of_every_small_log() =>
        Oracle.GoAgreesAsync(new Cases { Consistencies = SmallConsistencies() });

    [Fact]
    public Task Node_agrees_on_every_inclusion_proof_of_every_small_log() =>
        Oracle.NodeAgreesAsync(new Cases { Inclusions = SmallInclusions() });

    [Fact]
    public Task Node_agrees_on_every_consistency_proof_of_every_small_log() =>
        Oracle.NodeAgreesAsync(new Cases
        {
            // Of a log that did not grow there is no proof, and that library takes none.
            Consistencies =
            [
                .. SmallConsistencies().Where(
                    each => each.OldSize < each.Size && each.Proof.Count > 0),
            ],
        });

    [Fact]
    public Task Node_agrees_on_the_root_of_every_small_log() =>
        Oracle.NodeAgreesAsync(new Cases
        {
            Roots =
            [
                .. Enumerable.Range(1, SmallMax).Select(size => new RootCase(
                    s_log.Value.Entries(size), s_log.Value.Root(size), Valid: true)),
                new RootCase(s_log.Value.Entries(5), s_log.Value.Root(6), Valid: false),
            ],
        });

    [Fact]
    public Task Go_reads_whole_logs_through_our_tiles_and_proves_as_we_do()
    {
        int[] sizes = [1, 2, 3, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, LargeMax];
        List<TreeCase> trees = [.. sizes.Select(size => s_log.Value.Tree(size, Places(size)))];
        TreeCase damaged = s_log.Value.Tree(300, [7, 299]);
        foreach (string path in damaged.Tiles.Keys)
        {
            Dictionary<string, byte[]> tiles = new(damaged.Tiles);
            tiles[path] = [.. tiles[path]];
            tiles[path][^1] ^= 1;
            trees.Add(damaged with { Tiles = tiles, Valid = false });
        }

        return Oracle.GoAgreesAsync(new Cases { Trees = trees });
    }

    [Fact]
    public Task Go_reads_our_checkpoints_and_cosignatures()
    {
        List<CheckpointCase> checkpoints = [];
        List<CosignatureCase> cosignatures = [];
        for (int size = 0; size <= SmallMax; size++)
        {
            string note = Encoding.UTF8.GetString(Signer.Note(size, 1, 2).Encode());
            string another = note.Replace($"\n{size}\n", $"\n{size + 1}\n");
            Digest root = s_log.Value.Root(size);
            string key = Signer.Number(1).LogKey.ToString();
            checkpoints.Add(new(key, note, size, root, Valid: true));
            checkpoints.Add(new(key, another, size + 1, root, Valid: false));
            checkpoints.Add(new(
                Signer.Number(2).LogKey.ToString(), note, size, root, Valid: false));
            foreach (Signer signer in new[] { Signer.Number(1), Signer.Number(2) })
            {
                CosignatureCase cosigned = new(
                    signer.WitnessKey.Name, signer.Public.ToArray(), Signer.Time, note, true);
                cosignatures.Add(cosigned);
                cosignatures.Add(cosigned with { Note = another, Valid = false });
                cosignatures.Add(cosigned with { Time = Signer.Time + 1, Valid = false });
                cosignatures.Add(cosigned with { Name = Signer.Origin, Valid = false });
            }
        }

        return Oracle.GoAgreesAsync(
            new Cases { Checkpoints = checkpoints, Cosignatures = cosignatures });
    }

    [Fact]
    public Task Go_reads_our_receipts()
    {
        string key = Signer.Number(1).LogKey.ToString();
        List<ReceiptCase> receipts = [];
        for (int size = 1; size <= SmallMax; size++)
        {
            int index = size * 5 / 7;
            TlogProof proof = Signer.Receipt(index, size, 1, 2, 3);
            string text = Encoding.UTF8.GetString(proof.Encode());
            receipts.Add(new(key, text, Signer.Entry(index), Valid: true));
            receipts.Add(new(key, text, Signer.Entry(index + 1), Valid: false));
            string extra = Encoding.UTF8.GetString((proof with { Extra = [1, 2] }).Encode());
            receipts.Add(new(key, extra, Signer.Entry(index), Valid: true));
        }

        return Oracle.GoAgreesAsync(new Cases { Receipts = receipts });
    }

    private static List<InclusionCase> SmallInclusions()
    {
        List<InclusionCase> cases = [];
        for (int size = 1; size <= SmallMax; size++)
        {
            for (int index = 0; index < size; index++)
            {
                InclusionCase each = s_log.Value.Inclusion(index, size);
                Assert.True(each.Valid);
                cases.Add(each);
                cases.Add(each with { Index = (index + 1) % size });
                cases.Add(each with { Size = size + 1 });
                cases.Add(each with { Size = size + 1, Root = s_log.Value.Root(size + 1) });
                cases.Add(each with { Proof = [.. each.Proof.Skip(1)] });
                cases.Add(each with { Proof = [.. each.Proof.SkipLast(1)] });
                cases.Add(each with { Proof = [.. each.Proof, each.Root] });
                cases.Add(each with { Leaf = each.Root });
            }
        }

        return cases;
    }

    private static List<ConsistencyCase> SmallConsistencies()
    {
        List<ConsistencyCase> cases = [];
        for (int size = 1; size <= SmallMax; size++)
        {
            for (int old = 1; old <= size; old++)
            {
                ConsistencyCase each = s_log.Value.Consistency(old, size);
                Assert.True(each.Valid);
                cases.Add(each);
                cases.Add(each with { OldRoot = s_log.Value.Root(old - 1) });
                cases.Add(each with { Root = s_log.Value.Root(size - 1) });
                cases.Add(each with { Proof = [.. each.Proof.Skip(1)] });
                cases.Add(each with { Proof = [.. each.Proof.SkipLast(1)] });
                cases.Add(each with { Proof = [.. each.Proof, each.Root] });
            }
        }

        return cases;
    }

    private static IEnumerable<int> Places(int size) =>
        new[] { 0, 1, 254, 255, 256, 511, 65_535, size / 3, size / 2, size - 2, size - 1 }
            .Where(place => place >= 0 && place < size).Distinct();
}
