using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Tomada.Api.Tests;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Node.Storage;
using Tomada.Primitives;

[assembly: AssemblyFixture(typeof(OneCompany))]

namespace Tomada.Api.Tests;

/// <summary>
/// A network of one company, which decides alone, with a history of every kind: a trip from its
/// proposal to its CDR, refusals of three sorts, and a closed period. All over a real port.
/// </summary>
public sealed class OneCompany : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tomada-test-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly ShiftedTime _time = new();
    private readonly Ed25519Key _station = new(RandomNumberGenerator.GetBytes(32));
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private NodeKeys _keys = null!;
    private Task _running = Task.CompletedTask;

    public static CompanyId Company { get; } = CompanyId.Parse("br-abc");

    public static LocationId Location { get; } = new(Company, "salvador");

    public static EvseId Evse { get; } = new(Company, "salvador-1");

    public static TariffId TariffName { get; } = new(Company, "dc");

    internal LedgerDesk Desk { get; private set; } = null!;

    internal NodeStore Store { get; private set; } = null!;

    internal PublicLog Log { get; private set; } = null!;

    internal NodeMetrics Metrics { get; } = new();

    internal PublicApiHost Host { get; private set; } = null!;

    internal TimeProvider Wall => _time;

    internal ApiClient Client { get; private set; } = null!;

    internal TripId Driven { get; private set; }

    internal TripId NotAccepted { get; private set; }

    internal TripId NeverHeld { get; private set; }

    internal SessionId Session => new(new LegId(Driven, 1), 1);

    public async ValueTask InitializeAsync()
    {
        _keys = NodeKeys.Create(_directory, Company, _time);
        Store = NodeStore.Open(_directory);
        GenesisDraft draft = new(
            "Test <network>",
            [_keys.SignedMember(Company, "Alfa")],
            Rules.Default,
            Now(),
            Simulated: false);
        ReplicationLoop loop = ReplicationLoop.Open(
            new Genesis(draft, [_keys.SignIdentity(draft.SignedMessage())]),
            Company,
            _keys,
            Store,
            new Nobody(),
            _time,
            NullLogger.Instance,
            Metrics);
        (Desk, Log) = (loop.Desk, loop.Log);
        _running = Task.Run(() => loop.RunAsync(_stop.Token));
        Host = await StartHostAsync(new AddressRate(100_000, 100_000, TimeSpan.FromSeconds(1)));
        Client = new ApiClient(Host.Endpoint);
        await LiveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Store.Dispose();
        _keys.Dispose();
        _station.Dispose();
        Metrics.Dispose();
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    internal Task<PublicApiHost> StartHostAsync(AddressRate rate) => PublicApiHost.StartAsync(
        new IPEndPoint(IPAddress.Loopback, 0), Desk, Store, Log, Metrics, _time, rate: rate);

    /// <summary>One more block with one applied transaction.</summary>
    internal Task<TransactionResult> AddBlockAsync() =>
        ApplyAsync(Place("=cmd|' /C calc'!A0, \"Posto\" á"));

    /// <summary>Reports two endorsements of one height by its own voting key.</summary>
    internal Task<TransactionResult> ContradictItselfAsync(long height)
    {
        Digest members = Governance.Of(Desk.State.Members).Root();
        SignedVote Endorse(string value)
        {
            VoteContent content = new(
                VoteType.Endorse, height, 0, Digest.Of(Encoding.ASCII.GetBytes(value)));
            return SignedVote.Of(
                content,
                Company,
                _keys.SignVote(content.SignedBytes(Desk.State.Network, members)));
        }

        return ApplyAsync(new ReportEquivocation(Evidence.Of(
            Desk.State.Network, members, Endorse("one"), Endorse("other"))!));
    }

    internal async Task<TransactionResult> SubmitAsync(Body body)
    {
        Task<TransactionResult> end = Desk.SubmitAsync(body, _stop.Token);
        // A loop that failed decides nothing more: say so instead of waiting.
        if (await Task.WhenAny(end, _running) == _running)
        {
            await _running;
        }

        return await end.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private async Task LiveAsync()
    {
        Tariff tariff = new(Currency.Brl, [new TariffElement([
            new PriceComponent(TariffDimension.Energy, 1_950_000, 1)])]);
        await ApplyAsync(new PutTariff(TariffName, tariff));
        await ApplyAsync(Place("Posto Salvador"));
        await ApplyAsync(new PutEvse(
            Evse,
            Location,
            _station.Public,
            [new Connector(1, ConnectorStandard.Iec62196T2Combo, PowerType.Dc, 150_000)],
            TariffName));
        await ApplyAsync(new SetEvseAvailability(
            Evse, Availability.Available, new Timestamp(Now().UnixMs + (20L * 24 * 3_600_000))));

        Timestamp start = OnGrid(2);
        ProposeTrip trip = Trip(start, tariff);
        Driven = IdOf(await ApplyAsync(trip));
        await ApplyAsync(new AnswerLeg(new LegId(Driven, 1), null));
        TransactionResult taken = await SubmitAsync(trip);
        Assert.Equal(OutcomeCode.WindowTaken, taken.Outcome!.Code);
        NeverHeld = IdOf(taken);
        NotAccepted = IdOf(await ApplyAsync(Trip(start.Plus(TimeSpan.FromHours(5)), tariff)));
        await ApplyAsync(new AnswerLeg(new LegId(NotAccepted, 1), RefusalReason.Occupied));
        await DriveAsync(start);
        await ApplyAsync(new ClosePeriod(1));
    }

    private async Task DriveAsync(Timestamp start)
    {
        _time.JumpTo(start.Plus(TimeSpan.FromMinutes(10)));
        SessionStart begun =
            new(Session, Evse, _secret, start.Plus(TimeSpan.FromMinutes(1)), 1_000);
        await ApplyAsync(
            new StartSession(begun, _station.Sign(begun.SignedMessage(Desk.State.Network))));
        SessionEnd end = new(
            Session, 1, start.Plus(TimeSpan.FromMinutes(9)), 21_000, EndReason.Complete);
        await ApplyAsync(new EndSession(end, _station.Sign(end.SignedMessage(Desk.State.Network))));
        await ApplyAsync(new AcknowledgeCdr(Session));
        await ApplyAsync(new AcceptCdr(Session));
    }

    private ProposeTrip Trip(Timestamp start, Tariff tariff) => new(
        Digest.Zero,
        PriorityClass.Normal,
        60_000,
        [
            new LegRequest(
                Evse,
                new TimeWindow(start, start.Plus(TimeSpan.FromMinutes(30))),
                20_000,
                tariff.Hash(),
                new Money(6_000, Currency.Brl),
                LegRequest.HashSecret(_secret)),
        ]);

    private static PutLocation Place(string name) => new(
        Location, name, "BR-324, km 600", "Salvador", -12_971_111, -38_510_833, "America/Bahia");

    private async Task<TransactionResult> ApplyAsync(Body body)
    {
        TransactionResult result = await SubmitAsync(body);
        Assert.True(result.IsApplied, $"{body.Kind}: {result.Explain()}");
        return result;
    }

    private static TripId IdOf(TransactionResult result) => new(result.Id.Digest);

    private Timestamp Now() => new(_time.GetUtcNow().ToUnixTimeMilliseconds());

    private Timestamp OnGrid(int steps) =>
        new(((Now().UnixMs / Rules.Default.GridMs) + steps) * Rules.Default.GridMs);

    private sealed class Nobody : IPeerChannel
    {
        private readonly Channel<PeerEvent> _silence = Channel.CreateBounded<PeerEvent>(1);

        public ChannelReader<PeerEvent> Incoming => _silence.Reader;

        public void Send(CompanyId? to, ReadOnlyMemory<byte> message)
        {
        }
    }

    /// <summary>The real clock, which may jump ahead.</summary>
    private sealed class ShiftedTime : TimeProvider
    {
        private TimeSpan _ahead = TimeSpan.Zero;

        public void JumpTo(Timestamp time) => _ahead = time.ToDateTimeOffset() - base.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
    }
}
