using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Devices;
using Tomada.Node.Keys;
using Tomada.Node.Outlooks;
using Tomada.Node.Peers;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Outlooks;

public sealed class OutlookDeskTests : IAsyncDisposable
{
    private static readonly CompanyId s_owner = CompanyId.Parse("br-aaa");
    private static readonly CompanyId s_home = CompanyId.Parse("br-bbb");
    private static readonly EvseId s_evse = new(s_owner, "plug-1");
    private static readonly Timestamp s_start = Timestamp.Parse("2026-11-23T12:00:00Z");

    private readonly FakeTimeProvider _wall =
        new(DateTimeOffset.FromUnixTimeMilliseconds(s_start.UnixMs));

    private readonly Ed25519Key[] _keys =
    [
        .. Enumerable.Range(1, 4)
            .Select(each => new Ed25519Key(Digest.Of([(byte)each]).ToArray())),
    ];

    private readonly CancellationTokenSource _stop = new();
    private readonly Side _owner;
    private readonly Side _home;
    private EvseShown _shown = Shown(EvseStatus.Available);

    public OutlookDeskTests()
    {
        LedgerState state = Published();
        _owner = new Side(s_owner, state, _keys[0], _wall);
        _home = new Side(s_home, state, _keys[1], _wall);
        _owner.Run(() => [new StationShown("st-1", true, [new(s_evse, _shown, [])])], _stop.Token);
        _home.Run(() => [], _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_owner.Running, _home.Running)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        foreach (Ed25519Key key in _keys)
        {
            key.Dispose();
        }
    }

    [Fact]
    public async Task What_a_station_shows_is_believed_elsewhere_until_its_owner_is_silent()
    {
        Assert.Equal(EvseCondition.Unknown, _home.Desk.View.Of(s_evse).Condition);
        _wall.Advance(OutlookDesk.LookPeriod);
        await _home.HearAsync(await _owner.SaidAsync(), s_owner);
        Assert.Equal(EvseCondition.Working, _home.Desk.View.Of(s_evse).Condition);
        Assert.Empty(_home.Desk.View.Of(s_evse).Taken);

        _shown = Shown(EvseStatus.OUTOFORDER);
        _wall.Advance(OutlookDesk.LookPeriod);
        await _home.HearAsync(await _owner.SaidAsync(), s_owner);
        Assert.Equal(EvseCondition.Unusable, _home.Desk.View.Of(s_evse).Condition);

        _wall.Advance(OutlookDesk.Validity);
        Assert.Equal(EvseCondition.Unknown, _home.Desk.View.Of(s_evse).Condition);
    }

    [Fact]
    public async Task Who_charges_without_a_reservation_takes_the_next_half_hour()
    {
        _shown = Shown(EvseStatus.Charging);
        _wall.Advance(OutlookDesk.LookPeriod);
        await _home.HearAsync(await _owner.SaidAsync(), s_owner);
        Believed believed = _home.Desk.View.Of(s_evse);
        Assert.Equal(EvseCondition.Working, believed.Condition);
        TimeWindow taken = Assert.Single(believed.Taken);
        Assert.Equal(s_start, taken.From);
        Assert.Equal(s_start.Plus(TimeSpan.FromMinutes(35)), taken.Until);
    }

    [Fact]
    public async Task An_owner_that_is_asked_answers_with_what_its_station_shows_now()
    {
        Task<ImmutableSortedSet<CompanyId>> asked = _home.Desk.AskAsync([s_evse], _stop.Token);
        _shown = Shown(EvseStatus.Blocked);
        await _owner.HearAsync(await _home.SaidAsync(), s_home, isWord: false);
        await _home.HearAsync(await _owner.SaidAsync(), s_owner);
        Assert.Empty(await asked);
        Assert.NotEmpty(_home.Desk.View.Of(s_evse).Taken);
    }

    [Fact]
    public async Task An_owner_that_does_not_answer_in_time_is_named()
    {
        Task<ImmutableSortedSet<CompanyId>> asked = _home.Desk.AskAsync([s_evse], _stop.Token);
        _wall.Advance(OutlookDesk.AnswerMax);
        Assert.Equal([s_owner], await asked);
    }

    [Fact]
    public async Task Own_EVSEs_need_no_question()
    {
        Assert.Empty(await _owner.Desk.AskAsync([s_evse], _stop.Token));
    }

    [Fact]
    public async Task A_word_that_another_company_signed_changes_nothing()
    {
        _wall.Advance(OutlookDesk.LookPeriod);
        PeerMessage said = await _owner.SaidAsync();
        _home.Desk.Hear([new OutlookInput(s_home, said)]);
        await _home.HearAsync(said, s_owner);
        Assert.Equal(EvseCondition.Working, _home.Desk.View.Of(s_evse).Condition);
        Assert.Contains("allowed are its own EVSEs", Assert.Single(_home.Lines));
    }

    private static EvseShown Shown(EvseStatus status) =>
        new(status, null, s_start, s_start, StatusSource.Station);

    /// <summary>A network of the two, with one EVSE of the owner.</summary>
    private LedgerState Published()
    {
        SignedMember[] founders = [Founder(s_owner, 0), Founder(s_home, 1)];
        GenesisDraft draft = new("test", [.. founders], Rules.Default, s_start, Simulated: false);
        LedgerState genesis = LedgerState.FromGenesis(new Genesis(
            draft,
            [_keys[0].Sign(draft.SignedMessage()), _keys[1].Sign(draft.SignedMessage())]));
        LocationId site = new(s_owner, "site");
        TariffId tariff = new(s_owner, "tariff");
        Body[] bodies =
        [
            new PutLocation(
                site, "Posto", "BR-324", "Salvador", -12_971_111, -38_510_833, "America/Bahia"),
            new PutTariff(tariff, new Tariff(
                Currency.Brl,
                [new TariffElement([new PriceComponent(TariffDimension.Energy, 1_000_000, 1)])])),
            new PutEvse(
                s_evse, site, _keys[2].Public,
                [new Connector(1, ConnectorStandard.Iec62196T2Combo, PowerType.Dc, 150_000)],
                tariff),
        ];
        SignedTransaction[] transactions =
        [
            .. bodies.Select((body, i) => SignedTransaction.Sign(
                new Transaction(
                    genesis.Network, s_owner, 0, i + 1,
                    s_start.Plus(TimeSpan.FromMinutes(1)), body),
                _keys[0].Sign)),
        ];
        AppliedBlock block = BlockExecution.Build(
            genesis, transactions, s_start.Plus(TimeSpan.FromMilliseconds(1)), s_owner, null,
            Ed25519.Verify);
        Assert.True(block.After.Evses.ContainsKey(s_evse));
        return block.After;
    }

    private SignedMember Founder(CompanyId company, int key)
    {
        MemberRecord member = new(
            company, "One", _keys[key].Public, _keys[key + 2].Public, Digest.Of([(byte)key]));
        return new SignedMember(member, _keys[key].Sign(member.SignedMessage()));
    }

    /// <summary>One company's desk; what it sends waits to be passed on.</summary>
    private sealed class Side : IPeerChannel, ILogger
    {
        private readonly Channel<PeerMessage> _sent = Channel.CreateBounded<PeerMessage>(100);

        public Side(CompanyId self, LedgerState state, Ed25519Key key, FakeTimeProvider wall)
        {
            Channel<ReplicatorInput> inputs = Channel.CreateBounded<ReplicatorInput>(1);
            Desk = new OutlookDesk(
                new LedgerDesk(self, key.Sign, inputs.Writer, wall, state, lastNumber: 0),
                key.Sign, this, wall, this);
        }

        public OutlookDesk Desk { get; }

        public Task Running { get; private set; } = Task.CompletedTask;

        public List<string> Lines { get; } = [];

        public ChannelReader<PeerEvent> Incoming => throw new NotSupportedException();

        public void Run(Func<IReadOnlyList<StationShown>> stations, CancellationToken stop) =>
            Running = Desk.RunAsync(_ => Task.FromResult(stations()), stop);

        public void Send(CompanyId? to, ReadOnlyMemory<byte> message) =>
            Assert.True(_sent.Writer.TryWrite(PeerMessage.Codec.Decode(message)));

        public async Task<PeerMessage> SaidAsync()
        {
            Task<PeerMessage> said =
                _sent.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();
            await StillRunsAsync(said);
            return await said;
        }

        /// <summary>Passes a message on, and waits until a word in it was taken.</summary>
        public async Task HearAsync(PeerMessage message, CompanyId from, bool isWord = true)
        {
            Task moved = Desk.Moved;
            Desk.Hear([new OutlookInput(from, message)]);
            if (isWord)
            {
                await StillRunsAsync(moved.WaitAsync(TestContext.Current.CancellationToken));
            }
        }

        /// <summary>Waits for something that the desk does, or fails with it.</summary>
        private async Task StillRunsAsync(Task does)
        {
            if (await Task.WhenAny(does, Running) == Running)
            {
                await Running;
            }

            await does;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
