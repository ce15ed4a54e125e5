using System.Runtime.CompilerServices;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Node.Devices;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Devices.Tests;

/// <summary>
/// The real rules with one member, who makes a block of each transaction at once.
/// </summary>
internal sealed class LocalLedger : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _wall;
    private readonly Ed25519Key _identity = new(Digest.Of([1]).ToArray());
    private readonly List<AppliedBlock> _blocks = [];
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _number;

    /// <param name="company">The only member.</param>
    /// <param name="rules">The first rules.</param>
    /// <param name="wall">The wall clock; default: the machine's.</param>
    public LocalLedger(CompanyId company, Rules rules, TimeProvider? wall = null)
    {
        _wall = wall ?? TimeProvider.System;
        using Ed25519Key voting = new(Digest.Of([2]).ToArray());
        MemberRecord member = new(company, "One", _identity.Public, voting.Public, Digest.Of([3]));
        SignedMember founder = new(member, _identity.Sign(member.SignedMessage()));
        GenesisDraft draft = new("test", [founder], rules, WallNow, Simulated: true);
        State =
            LedgerState.FromGenesis(new Genesis(draft, [_identity.Sign(draft.SignedMessage())]));
        Desk = new DeskLedger(
            company, () => State, Now, (body, _) => Task.FromResult(Submit(body)), FollowAsync);
    }

    public LedgerState State { get; private set; }

    public DeskLedger Desk { get; }

    /// <summary>
    /// Whether no block is remembered, as when they come faster than they are read.
    /// </summary>
    public bool IsTooFast { get; init; }

    private Timestamp WallNow => new(_wall.GetUtcNow().ToUnixTimeMilliseconds());

    public Timestamp Now() => State.Clock.ToLedger(WallNow);

    public Submission Submit(Body body)
    {
        TaskCompletionSource moved;
        TransactionEntry entry;
        SignedTransaction signed;
        lock (_gate)
        {
            Timestamp time = Now() > State.Time ? Now() : new Timestamp(State.Time.UnixMs + 1);
            Transaction content = new(
                State.Network, Desk.Self, 0, ++_number, time.Plus(TimeSpan.FromMinutes(1)), body);
            signed = SignedTransaction.Sign(content, _identity.Sign);
            AppliedBlock block = BlockExecution.Build(
                State, [signed], time, Desk.Self, State.Height == 0 ? null : [1], Ed25519.Verify);
            entry = block.Entries.OfType<TransactionEntry>().Single();
            State = block.After;
            _blocks.Add(block);
            moved = _moved;
            _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        moved.SetResult();
        return new Submission(signed.Id, entry.Outcome, entry.Outcome.Detail);
    }

    /// <summary>Offers an EVSE of 60 kW, at a site and a price per kWh of its own.</summary>
    public void Offer(EvseId evse, PublicKey stationKey, Timestamp until)
    {
        LocationId site = new(evse.Company, "site");
        TariffId day = new(evse.Company, "day");
        Tariff tariff = new(
            Currency.Brl,
            [new TariffElement([new PriceComponent(TariffDimension.Energy, 2_000_000, 1)])]);
        Body[] bodies =
        [
            new PutLocation(
                site, "Posto", "BR-101", "Salvador", -12_970_000, -38_500_000, "America/Bahia"),
            new PutTariff(day, tariff),
            new PutEvse(
                evse, site, stationKey,
                [new Connector(1, ConnectorStandard.Iec62196T2Combo, PowerType.Dc, 60_000)], day),
            new SetEvseAvailability(evse, Availability.Available, until),
        ];
        Assert.All(bodies, body => Assert.Equal(Outcome.Applied, Submit(body).Outcome));
    }

    public void Dispose() => _identity.Dispose();

    /// <summary>Waits for a state that has what the caller looks for.</summary>
    public async Task<T> WaitForAsync<T>(Func<LedgerState, T?> look)
        where T : class
    {
        while (true)
        {
            Task moved = _moved.Task;
            if (look(State) is { } found)
            {
                return found;
            }

            await moved.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    private async IAsyncEnumerable<AppliedBlock> FollowAsync(
        long after, [EnumeratorCancellation] CancellationToken ct)
    {
        for (long known = after; ; known++)
        {
            AppliedBlock? next = null;
            while (next is null)
            {
                Task moved;
                lock (_gate)
                {
                    moved = _moved.Task;
                    next = _blocks.Count > known ? _blocks[(int)known] : null;
                }

                if (next is null)
                {
                    await moved.WaitAsync(ct);
                }
            }

            if (IsTooFast)
            {
                throw new FollowerTooSlowException(known + 1);
            }

            yield return next;
        }
    }
}
