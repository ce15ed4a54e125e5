using System.Globalization;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.States;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Node.Tests.States;

/// <summary>A chain of one company, executed without a node.</summary>
internal sealed class GrowingState
{
    private const int PerBlock = 100;
    private static readonly CompanyId s_company = CompanyId.Parse("br-aaa");
    private static readonly Ed25519Key s_identity = new(new byte[32]);
    private LedgerState _state;
    private long _timeMs = 1_800_000_000_000;
    private long _number;
    private int _sites;

    public GrowingState(string name = "test")
    {
        MemberRecord member = new(
            s_company, "Alone", s_identity.Public, s_identity.Public, Digest.Zero);
        GenesisDraft draft = new(
            name,
            [new SignedMember(member, new byte[64])],
            Rules.Default,
            new Timestamp(_timeMs),
            Simulated: false);
        _state = LedgerState.FromGenesis(new Genesis(draft, []));
    }

    public List<AppliedBlock> Blocks { get; } = [];

    /// <summary>Paths of the rows that are there.</summary>
    public static IEnumerable<Digest> PathsOf(LedgerState state) => StatePart.Of(state)
        .SelectMany(part => part.Sections)
        .SelectMany(section => section.Rows.Select(
            row => StateTree.Path(section.Table, row.Key)));

    /// <summary>Blocks that add a row or change one; the states after them.</summary>
    public IEnumerable<LedgerState> Grow(StateHistory history, int blocks)
    {
        for (int i = 0; i < blocks; i++)
        {
            yield return Apply(
                history,
                [_state.Height % 2 == 0 ? Place(_sites++) : Place(_sites - 1, "moved")]);
        }
    }

    /// <summary>Adds locations, at most a hundred a block.</summary>
    public LedgerState Put(StateHistory history, int locations)
    {
        for (int left = locations; left > 0; left -= PerBlock)
        {
            Apply(history, [.. Enumerable.Range(0, Math.Min(left, PerBlock))
                .Select(_ => Place(_sites++))]);
        }

        return _state;
    }

    public LedgerState ClosePeriod(StateHistory history) =>
        Apply(history, [new ClosePeriod(_state.Periods.Keys.Last())]);

    public void Pass(TimeSpan time) => _timeMs += (long)time.TotalMilliseconds;

    private LedgerState Apply(StateHistory history, Body[] bodies)
    {
        _timeMs += 1_000;
        AppliedBlock block = BlockExecution.Build(
            _state,
            [.. bodies.Select(Sign)],
            new Timestamp(_timeMs),
            s_company,
            _state.Height == 0 ? null : [1],
            Ed25519.Verify);
        Assert.Equal(bodies.Length, block.Entries.Length);
        Assert.All(block.Entries.OfType<TransactionEntry>(), entry => Assert.True(
            entry.Outcome.IsApplied, entry.Outcome.Detail));
        Blocks.Add(block);
        _state = block.After;
        Assert.True(history.OfferPatiently(block));
        return _state;
    }

    private SignedTransaction Sign(Body body) => SignedTransaction.Sign(
        new Transaction(
            _state.Network, s_company, 0, ++_number, new Timestamp(_timeMs + 60_000), body),
        s_identity.Sign);

    private static LocationId IdOf(int number) =>
        new(s_company, string.Create(CultureInfo.InvariantCulture, $"site-{number}"));

    private static PutLocation Place(int number, string name = "Posto") => new(
        IdOf(number), name, "BR-324", "Salvador", -12_971_111, -38_510_833, "America/Bahia");
}
