using System.Text;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Fuzz.Tests;

/// <summary>The forms of C2SP and the small texts: what is no codec.</summary>
internal static class TextTargets
{
    private const string Log = "Log";
    private const string Names = "Primitives";
    private const string Origin = "tomada/net";

    private static readonly PublicKey s_key = new(Digest.Of([1]));

    private static readonly string s_head =
        new Checkpoint(Origin, 5, Digest.Of([2])).ToText();

    private static readonly SignedNote s_note = new(
        s_head,
        [
            new NoteSignature(Origin, 7, new byte[64]),
            NoteKey.OfCompany(Origin, CompanyId.Parse("br-abc"), s_key)
                .Sign(s_head, 5, _ => new byte[64]),
        ]);

    public static IEnumerable<Target> All { get; } =
    [
        Of("SignedNote", s_note.Encode(), bytes =>
            SignedNote.TryParse(bytes, out SignedNote? note, out _) ? note.Encode() : null),
        Of("TlogProof", new TlogProof(3, [s_key.Bytes], s_note, [1, 2]).Encode(), bytes =>
            TlogProof.TryParse(bytes, out TlogProof? proof, out _) ? Judged(proof) : null),
        Of("AddCheckpoint", new AddCheckpoint(3, [s_key.Bytes], s_note).Encode(), bytes =>
            AddCheckpoint.TryParse(bytes, out AddCheckpoint? asked, out _) ? Judged(asked) : null),
        Policy(),
        Bundle(),
        Tile(),
        Text(Log, "Checkpoint", s_head, text =>
            Checkpoint.TryParse(text, out Checkpoint? head, out _) ? head.ToText() : null),
        Text(Log, "NoteKey", NoteKey.OfLog(Origin, s_key).ToString(), text =>
            NoteKey.TryParse(text, out NoteKey? key, out _) ? key.ToString() : null),
        Text(Log, "TileId", "tile/entries/x001/234.p/5", text =>
            TileId.TryParse(text, out TileId tile, out _) ? Judged(tile) : null),
        Text(Names, "CompanyId.text", "br-abc", text =>
            CompanyId.TryParse(text, out CompanyId id) ? id.ToString() : null),
        Text(Names, "Digest.text", new string('a', 64), text =>
            Digest.TryParse(text, out Digest digest) ? digest.ToString() : null),
        Text(Names, "GuiltId.text", "br-abc.1.2.3", text =>
            GuiltId.TryParse(text, out GuiltId id) ? id.ToString() : null),
    ];

    private static Target Of(string name, byte[] seed, Func<byte[], byte[]?> again) => new(
        Log,
        name,
        bytes =>
        {
            byte[]? written = again(bytes);
            if (written is not null)
            {
                Target.Same(bytes, written);
            }

            return written is not null;
        })
    {
        Seeds = [seed],
    };

    private static Target Text(
        string group, string name, string seed, Func<string, string?> again) =>
        Target.OfText(group, name, again) with { Seeds = [Encoding.UTF8.GetBytes(seed)] };

    /// <summary>A policy has comments: what is written reads as the same policy.</summary>
    private static Target Policy() => new(
        Log,
        "TlogPolicy",
        bytes =>
        {
            if (!TlogPolicy.TryParse(bytes, out TlogPolicy? policy, out _))
            {
                return false;
            }

            byte[] written = policy.Encode();
            if (!TlogPolicy.TryParse(written, out TlogPolicy? again, out string? why))
            {
                throw new FindingException($"what it writes is refused: {why}");
            }

            Target.Same(written, again.Encode());
            _ = policy.IsQuorum(policy.Witnesses.Select(each => each.Name));
            _ = policy.TryAccept(s_note, (_, _, _) => true, out _, out _);
            return true;
        })
    {
        Seeds =
        [
            TlogPolicy.OfCompanies(
                Origin,
                [
                    KeyValuePair.Create(CompanyId.Parse("br-abc"), s_key),
                    KeyValuePair.Create(CompanyId.Parse("br-def"), new PublicKey(Digest.Zero)),
                ],
                2).Encode(),
            "# comment\n\nquorum none\n"u8.ToArray(),
        ],
    };

    private static Target Bundle() => new(
        Log,
        "EntryBundle",
        bytes =>
        {
            // The first byte says how many entries the bundle's name promises.
            if (bytes.Length == 0)
            {
                return false;
            }

            TileId tile = new(TileId.Entries, 0, 1 + bytes[0]);
            if (!EntryBundle.TryParse(tile, bytes.AsMemory(1), out var entries, out _))
            {
                return false;
            }

            Target.Same(
                bytes.AsSpan(1), EntryBundle.Encode([.. entries.Select(each => each.ToArray())]));
            return true;
        })
    {
        Seeds = [[1, .. EntryBundle.Encode([[7, 8], []])]],
    };

    private static Target Tile() => new(
        Log,
        "Tile",
        bytes =>
        {
            TileId tile = new(0, 0, Math.Clamp(bytes.Length / Digest.Size, 1, TileId.WidthMax));
            if (!Tiles.TryParse(tile, bytes, out var hashes, out _))
            {
                return false;
            }

            Target.Same(bytes, Tiles.Encode(tile, (_, index) => hashes[(int)index]));
            return true;
        })
    {
        Seeds = [new byte[64]],
    };

    /// <summary>Whatever a tile's name says, asking about it answers.</summary>
    private static string Judged(TileId tile)
    {
        _ = tile.IsIn(70_000);
        _ = tile.IsWithin(TreeLimits.LogSizeMax);
        return tile.Path;
    }

    /// <summary>Whatever a proof says, checking it answers: its signatures pass here.</summary>
    private static byte[] Judged(TlogProof proof)
    {
        TlogPolicy policy = TlogPolicy.OfCompanies(
            Origin, [KeyValuePair.Create(CompanyId.Parse("br-abc"), s_key)], 1);
        _ = proof.TryVerify(Digest.Zero, policy, (_, _, _) => true, out _, out _);
        if (Checkpoint.TryParse(proof.Checkpoint.Text, out Checkpoint? head, out _))
        {
            _ = MerkleTree.VerifyInclusion(
                Digest.Zero, proof.Index, head.Size, proof.Hashes.AsSpan(), head.Root);
        }

        return proof.Encode();
    }

    /// <summary>Whatever is asked of a witness, it answers: signatures pass here.</summary>
    private static byte[] Judged(AddCheckpoint asked)
    {
        NoteKey[] keys =
        [
            .. asked.Checkpoint.Signatures.Take(1).Select(each =>
                new NoteKey(each.Name, NoteSignatureKind.Ed25519, s_key)),
        ];
        string origin = asked.Checkpoint.Text.Split('\n')[0];
        _ = WitnessRule.Decide(
            asked, origin, keys, new LogHead(asked.OldSize, Digest.Zero), (_, _, _) => true);
        return asked.Encode();
    }
}
