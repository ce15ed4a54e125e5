using NSec.Cryptography;
using Tomada.Primitives;
using PublicKey = Tomada.Primitives.PublicKey;

namespace Tomada.Transparency.Tests;

/// <summary>A company with a key made from a number, and a log of small entries.</summary>
internal sealed record Signer(CompanyId Company, PublicKey Public, SignMessage Sign)
{
    public const string Origin = "tomada/net";

    /// <summary>When cosignatures say that they were made, in Unix seconds.</summary>
    public const long Time = 1_790_000_000;

    public static Signer Number(int number)
    {
        byte[] seed = new byte[32];
        seed[0] = (byte)number;
        Key key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        return new Signer(
            CompanyId.Parse($"br-{number:d3}"),
            new PublicKey(key.PublicKey.Export(KeyBlobFormat.RawPublicKey)),
            message => SignatureAlgorithm.Ed25519.Sign(key, message));
    }

    public NoteKey LogKey => NoteKey.OfLog(Origin, Public);

    public NoteKey WitnessKey => NoteKey.OfCompany(Origin, Company, Public);

    public NoteSignature AsLog(string text) => LogKey.Sign(text, 0, Sign);

    public NoteSignature Cosign(string text) => WitnessKey.Sign(text, Time, Sign);

    public static bool Verify(
        PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        NSec.Cryptography.PublicKey.TryImport(
            SignatureAlgorithm.Ed25519, key.ToArray(), KeyBlobFormat.RawPublicKey, out var imported)
        && SignatureAlgorithm.Ed25519.Verify(imported!, message, signature);

    public static TlogPolicy Policy(int companies, int quorum) => TlogPolicy.OfCompanies(
        Origin,
        [
            .. Enumerable.Range(1, companies).Select(Number).Select(
                each => KeyValuePair.Create(each.Company, each.Public)),
        ],
        quorum);

    public static byte[] Entry(int index) =>
        [.. BitConverter.GetBytes(index), .. new byte[index % 5]];

    public static Digest[] Leaves(int size) =>
        [.. Enumerable.Range(0, size).Select(index => MerkleTree.LeafHash(Entry(index)))];

    public static Checkpoint Head(int size) => new(Origin, size, MerkleTree.Root(Leaves(size)));

    /// <summary>
    /// The head of the first entries, signed by 1 as the log and cosigned by the numbers.
    /// </summary>
    public static SignedNote Note(int size, params int[] cosigners)
    {
        string text = Head(size).ToText();
        return new SignedNote(
            text,
            [Number(1).AsLog(text), .. cosigners.Select(number => Number(number).Cosign(text))]);
    }

    public static TlogProof Receipt(int index, int size, params int[] cosigners) => new(
        index,
        MerkleTree.Inclusion(index, size, MerkleTree.NodesOf(Leaves(size))),
        Note(size, cosigners));
}
