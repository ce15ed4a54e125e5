using System.Text;
using CsCheck;
using NSec.Cryptography;
using Tomada.Primitives;
using Xunit;
using PublicKey = Tomada.Primitives.PublicKey;

namespace Tomada.Transparency.Tests;

public class SignedNoteTests
{
    private const string Text = "origin\n1\nroot\n";

    // The example of C2SP signed-note, Verifier keys.
    private const string KnownKey =
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    private const string KnownNote =
        "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6T"
        + "fXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    private static readonly Key s_signer = Key.Import(
        SignatureAlgorithm.Ed25519, new byte[32], KeyBlobFormat.RawPrivateKey);

    private static readonly PublicKey s_public = new(
        s_signer.PublicKey.Export(KeyBlobFormat.RawPublicKey));

    private static readonly NoteKey s_log = NoteKey.OfLog("tomada/net", s_public);

    private static readonly NoteKey s_company =
        NoteKey.OfCompany("tomada/net", CompanyId.Parse("br-abc"), s_public);

    [Fact]
    public void The_published_example_verifies()
    {
        Assert.True(NoteKey.TryParse(KnownKey, out NoteKey? key, out string? why), why);
        Assert.Equal(KnownKey, key.ToString());
        SignedNote note = Parse(KnownNote);
        Assert.True(note.TryVerify([key], Verify, out var verified, out why), why);
        Assert.Equal(key, Assert.Single(verified).Key);
        Assert.Equal(KnownNote, Encoding.UTF8.GetString(note.Encode()));
    }

    [Fact]
    public void A_log_and_its_companies_sign_one_note()
    {
        SignedNote signed =
            new(Text, [s_log.Sign(Text, 0, Sign), s_company.Sign(Text, 1679315147, Sign)]);
        SignedNote note = Parse(Encoding.UTF8.GetString(signed.Encode()));
        Assert.True(
            note.TryVerify([s_company, s_log], Verify, out var verified, out string? why), why);
        Assert.Equal([s_log, s_company], verified.Select(each => each.Key));
        Assert.Equal([0, 1679315147], verified.Select(each => each.UnixSeconds));
        Assert.True(note.TryVerify([s_company], Verify, out verified, out why), why);
        Assert.Single(verified);
    }

    [Fact]
    public void A_cosignature_signs_header_time_and_text()
    {
        byte[] bytes = s_company.Sign(Text, 1679315147, Sign).Bytes;
        Assert.Equal(8 + 64, bytes.Length);
        Assert.True(Verify(s_public, Encoding.UTF8.GetBytes(
            "cosignature/v1\ntime 1679315147\n" + Text), bytes.AsSpan(8)));
        Assert.Equal("00000000641850CB", Convert.ToHexString(bytes[..8]));
    }

    [Fact]
    public void A_signature_of_one_kind_never_serves_as_the_other()
    {
        NoteSignature cosigned = s_company.Sign(Text, 5, Sign);
        NoteKey asLog = new(s_company.Name, NoteSignatureKind.Ed25519, s_public);
        Assert.NotEqual(s_company.Id, asLog.Id);
        Assert.False(asLog.Names(cosigned));
        Assert.False(
            asLog.Verify(Text, cosigned with { Bytes = cosigned.Bytes[8..] }, Verify, out _));
    }

    [Fact]
    public void A_damaged_note_never_verifies()
    {
        SignedNote note = new(Text, [s_company.Sign(Text, 1679315147, Sign)]);
        byte[] bytes = note.Encode();
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            byte[] damaged = [.. bytes];
            damaged[at] = value;
            bool accepted = SignedNote.TryParse(damaged, out SignedNote? read, out _)
                && read.TryVerify([s_company], Verify, out _, out _);
            Assert.Equal(damaged.SequenceEqual(bytes), accepted);
        });
    }

    [Fact]
    public void A_wrong_signature_of_a_known_key_refuses_the_note_an_unknown_one_does_not()
    {
        NoteSignature good = s_log.Sign(Text, 0, Sign);
        NoteSignature wrong = s_company.Sign("other\n", 5, Sign);
        SignedNote note = new(Text, [good, wrong]);
        Assert.True(note.TryVerify([s_log], Verify, out _, out _));
        Assert.False(note.TryVerify([s_log, s_company], Verify, out var verified, out string? why));
        Assert.Empty(verified);
        Assert.Equal("the signature of tomada/net/br-abc is wrong", why);
        Assert.False(note.TryVerify([], Verify, out _, out why));
        Assert.Equal("no known key signed this note", why);
    }

    [Fact]
    public void A_key_that_signs_twice_counts_once()
    {
        SignedNote note = new(Text, [s_company.Sign(Text, 5, Sign), s_company.Sign(Text, 6, Sign)]);
        Assert.True(note.TryVerify([s_company], Verify, out var verified, out _));
        Assert.Single(verified);
    }

    [Fact]
    public void A_key_whose_id_collides_with_a_members_does_not_spoil_the_members_line()
    {
        Dictionary<uint, NoteKey> seen = [];
        NoteKey[] pair = [];
        for (int i = 0; pair.Length == 0; i++)
        {
            NoteKey key = NoteKey.OfLog("origin", new PublicKey(
                Digest.Of(BitConverter.GetBytes(i))));
            pair = seen.TryGetValue(key.Id, out NoteKey? other) ? [other, key] : [];
            seen[key.Id] = key;
        }

        SignedNote note = new(Text, [pair[1].Sign(Text, 0, _ => new byte[64])]);
        bool OfSecond(PublicKey key, ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) =>
            key == pair[1].Key;
        Assert.True(note.TryVerify(pair, OfSecond, out var verified, out _));
        Assert.Equal(pair[1], Assert.Single(verified).Key);
        Assert.False(note.TryVerify(pair, (_, _, _) => false, out _, out _));
    }

    public static TheoryData<string, string> BadNotes() => new()
    {
        { "", "a note is a text" },
        { "text\n", "a note is a text" },
        { "text\n\n", "0 signatures" },
        { "text\n\n\u2014 name AAAAAAE=", "a note is a text" },
        { "text\n\n- name AAAAAAE=\n", "signature 1" },
        { "text\n\n\u2014 na+me AAAAAAE=\n", "signature 1" },
        { "text\n\n\u2014 na\u00A0me AAAAAAE=\n", "signature 1" },
        { "text\n\n\u2014  AAAAAAE=\n", "signature 1" },
        { "text\n\n\u2014 name AAAAAA==\n", "signature 1" },
        { "text\n\n\u2014 name AAAAAAF=\n", "signature 1" },
        { "text\n\n\u2014 name AAAA AAE=\n", "signature 1" },
        { "text\n\n\u2014 name AAAAAAE=\n\u2014 name x\n", "signature 2" },
        { "te\txt\n\n\u2014 name AAAAAAE=\n", "control characters" },
        { "te\rxt\n\n\u2014 name AAAAAAE=\n", "control characters" },
    };

    [Theory]
    [MemberData(nameof(BadNotes))]
    public void A_malformed_note_is_refused_with_its_line(string note, string reason)
    {
        Assert.False(SignedNote.TryParse(Encoding.UTF8.GetBytes(note), out _, out string? why));
        Assert.Contains(reason, why);
    }

    [Fact]
    public void A_note_beyond_its_limits_is_refused()
    {
        Assert.False(
            SignedNote.TryParse(new byte[TreeLimits.NoteBytesMax + 1], out _, out string? why));
        Assert.Equal("65537 bytes are more than 65536", why);
        Assert.False(SignedNote.TryParse([0xFF, 0x0A], out _, out why));
        Assert.Equal("a note is UTF-8", why);
        string lines = string.Concat(Enumerable.Repeat("\u2014 name AAAAAAE=\n", 65));
        Assert.False(
            SignedNote.TryParse(Encoding.UTF8.GetBytes("text\n\n" + lines), out _, out why));
        Assert.Equal("65 signatures are not 1 to 64", why);
    }

    [Theory]
    [InlineData("example.com/foo")]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=")]
    [InlineData("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    public void A_malformed_verifier_key_is_refused(string text) =>
        Assert.False(NoteKey.TryParse(text, out _, out _));

    private static SignedNote Parse(string text)
    {
        Assert.True(SignedNote.TryParse(
            Encoding.UTF8.GetBytes(text), out SignedNote? note, out string? why), why);
        return note;
    }

    private static byte[] Sign(ReadOnlySpan<byte> message) =>
        SignatureAlgorithm.Ed25519.Sign(s_signer, message);

    private static bool Verify(
        PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        NSec.Cryptography.PublicKey.TryImport(
            SignatureAlgorithm.Ed25519, key.ToArray(), KeyBlobFormat.RawPublicKey, out var imported)
        && SignatureAlgorithm.Ed25519.Verify(imported!, message, signature);
}
