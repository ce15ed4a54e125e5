using System.Globalization;
using System.Security.Cryptography;
using Tomada.Audit;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Cli.Bench;

/// <summary>
/// A chain of three companies with real signatures, made without a network: what a mirror of a busy
/// network holds.
/// </summary>
internal sealed class AuditChain : IDisposable
{
    /// <summary>Transactions of a block.</summary>
    public const int BlockTransactions = 256;

    private const int Companies = 3;
    private readonly CompanyId[] _companies =
        [.. Enumerable.Range(0, Companies).Select(i => CompanyId.Parse($"br-{i:d3}"))];

    private readonly Ed25519Key[] _identities = Keys();
    private readonly Ed25519Key[] _voters = Keys();
    private readonly long[] _numbers = new long[Companies];
    private LedgerState _state;
    private BlockProof? _tip;

    public AuditChain()
    {
        SignedMember[] founders = [.. _companies.Select((company, i) =>
        {
            MemberRecord member = new(
                company, $"Company {i}", _identities[i].Public, _voters[i].Public,
                Digest.Of([(byte)i]));
            return new SignedMember(member, _identities[i].Sign(member.SignedMessage()));
        })];
        GenesisDraft draft = new(
            "bench", [.. founders], Rules.Default, Timestamp.Parse("2026-11-23T12:00:00Z"), false);
        byte[] message = draft.SignedMessage();
        Genesis = new Genesis(draft, [.. _identities.Select(key => key.Sign(message))]);
        _state = LedgerState.FromGenesis(Genesis);
    }

    public Genesis Genesis { get; }

    /// <summary>Signatures in the log so far: of transactions, and of the votes in the
    /// seals.</summary>
    public long Signatures { get; private set; }

    /// <summary>Writes a mirror of so many transactions, from the genesis on.</summary>
    public void Write(MirrorFolder folder, int transactions)
    {
        MirrorWriter writer = new(folder, Genesis);
        for (int left = transactions; left > 0; left -= BlockTransactions)
        {
            Append(writer, Math.Min(left, BlockTransactions), left <= BlockTransactions);
        }

        string text = writer.Head.ToText();
        writer.Finish(new SignedNote(
            text,
            [
                .. _companies.SelectMany((company, i) => new[]
                {
                    NoteKey.OfLog(writer.Head.Origin, _identities[i].Public),
                    NoteKey.OfCompany(writer.Head.Origin, company, _identities[i].Public),
                }.Select(key => key.Sign(text, 1_790_000_000, _identities[i].Sign))),
            ]));
    }

    public void Dispose()
    {
        foreach (Ed25519Key key in _identities.Concat(_voters))
        {
            key.Dispose();
        }
    }

    private static Ed25519Key[] Keys() => [.. Enumerable.Range(0, Companies)
        .Select(_ => new Ed25519Key(RandomNumberGenerator.GetBytes(32)))];

    private void Append(MirrorWriter writer, int count, bool isTip)
    {
        SignedTransaction[] transactions =
            [.. Enumerable.Range(0, count).Select(i => Next(i % Companies))];
        AppliedBlock block = BlockExecution.Build(
            _state,
            transactions,
            new Timestamp(_state.Time.UnixMs + 50),
            _companies[0],
            _tip is null ? null : Certificate.Codec.Encode(_tip.Certificate),
            static (_, _, _) => true);
        _tip = new BlockProof(Certify(block), null);
        writer.Append(block.Block, block.Seal.Height, _tip, isTip);
        Signatures += block.Seal.Count + _tip.Certificate.Seals.Length;
        _state = block.After;
    }

    private SignedTransaction Next(int company)
    {
        long number = ++_numbers[company];
        string site = string.Create(
            CultureInfo.InvariantCulture, $"site-{number % BenchBody.Slots:d4}");
        PutLocation body = BenchBody.Padded(
            _companies[company], site,
            number.ToString("d12", CultureInfo.InvariantCulture), BenchBody.BodyBytes);
        return SignedTransaction.Sign(
            new Transaction(
                _state.Network, _companies[company], 0, number,
                _state.Time.Plus(TimeSpan.FromMinutes(1)), body),
            _identities[company].Sign);
    }

    private Certificate Certify(AppliedBlock block)
    {
        MemberSet members = MemberSets.Of(_state);
        VoteContent content = new(VoteType.Accept, block.Seal.Height, 0, block.Digest);
        byte[] message = content.SignedBytes(_state.Network, members.Hash);
        return new Certificate(
            content.Type, content.Height, 0, content.Digest,
            [
                .. Enumerable.Range(0, members.Q)
                    .Select(i => new VoteSeal(_companies[i], _voters[i].Sign(message))),
            ]);
    }
}
