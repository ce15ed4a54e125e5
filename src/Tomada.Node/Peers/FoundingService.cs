using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Peers;

/// <summary>
/// Runs founding over the peers until the genesis is stored, and afterwards tells it to founders
/// that missed it and to candidates that come too late.
/// </summary>
public sealed partial class FoundingService : IAsyncDisposable
{
    /// <summary>Under this name the store keeps the genesis.</summary>
    public const string GenesisKey = "genesis";

    /// <summary>The named value in which the steps of founding are kept.</summary>
    internal const string RecordKey = "founding";
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    private readonly PeerNetwork _peers;
    private readonly NodeStore _store;
    private readonly TimeProvider _wall;
    private readonly ILogger _log;
    private readonly FoundingMachine _machine;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<Genesis> _founded =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SortedDictionary<CompanyId, SignedMember> _up = [];
    private readonly Task _running;
    private volatile FoundingStatus _status;
    private volatile NetworkId? _joining;
    private int _operatorAbandons;

    private FoundingService(
        FoundingPlan plan,
        PeerNetwork peers,
        NodeKeys keys,
        NodeStore store,
        TimeProvider wall,
        ILogger<FoundingService> log)
    {
        _peers = peers;
        _store = store;
        _wall = wall;
        _log = log;
        FoundingRecord record = store.ReadMeta(RecordKey) is { } bytes
            ? FoundingRecord.Codec.Decode(bytes) : FoundingRecord.Empty;
        _machine =
            new FoundingMachine(plan, peers.Self, keys.SignIdentity, Ed25519.Verify, record, Now());
        _status = _machine.Status;
        if (record.Held is { } held)
        {
            _founded.SetResult(held.Genesis);
        }

        _running = Task.Run(RunAsync);
    }

    /// <summary>
    /// The genesis, once it is stored; never, while others founded without this company.
    /// </summary>
    public Task<Genesis> Founded => _founded.Task;

    /// <summary>
    /// Ends when the service is disposed, or fails when a write did: then the node must stop.
    /// </summary>
    public Task Completion => _running;

    /// <summary>Where founding stands; from any thread.</summary>
    public FoundingStatus Status => _status;

    /// <summary>The stored genesis; null before there is one.</summary>
    public static Genesis? ReadGenesis(NodeStore store) =>
        store.ReadMeta(GenesisKey) is { } bytes ? Genesis.Codec.Decode(bytes) : null;

    /// <summary>Starts or resumes founding.</summary>
    public static FoundingService Start(
        FoundingPlan plan,
        PeerNetwork peers,
        NodeKeys keys,
        NodeStore store,
        TimeProvider wall,
        ILogger<FoundingService> log) => new(plan, peers, keys, store, wall, log);

    /// <summary>
    /// Gives up the draft that binds this company; only when its founders are gone for ever.
    /// </summary>
    public void AbandonByOperator() => Interlocked.Exchange(ref _operatorAbandons, 1);

    /// <summary>
    /// Takes over the genesis of this network when a peer shows it; told by a person.
    /// </summary>
    public void Join(Digest network) => _joining = new NetworkId(network);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        try
        {
            await _running.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }

    private async Task RunAsync()
    {
        try
        {
            using PeriodicTimer timer = new(s_tick, _wall);
            do
            {
                SeeWhoIsConnected();
                while (_peers.Founding.TryRead(out FoundingFrame? frame))
                {
                    Receive(frame);
                }

                if (Interlocked.Exchange(ref _operatorAbandons, 0) == 1)
                {
                    Step(new FoundingInput.OperatorAbandons());
                }

                if (_joining is { } network)
                {
                    _joining = null;
                    Step(new FoundingInput.OperatorJoins(network.Digest));
                }

                Step(new FoundingInput.Tick(Now()));
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (Exception fatal) when (fatal is not OperationCanceledException)
        {
            // A failed write is fatal; who waits for the genesis learns it.
            _founded.TrySetException(fatal);
            throw;
        }
    }

    private void SeeWhoIsConnected()
    {
        SortedDictionary<CompanyId, SignedMember> now = [];
        foreach (SignedMember each in _peers.Connected)
        {
            now[each.Member.Company] = each;
        }

        foreach (CompanyId gone in _up.Keys.Where(company => !now.ContainsKey(company)).ToArray())
        {
            _up.Remove(gone);
            Step(new FoundingInput.CandidateDown(gone));
        }

        foreach ((CompanyId company, SignedMember member) in now)
        {
            if (_up.GetValueOrDefault(company)?.Member != member.Member)
            {
                _up[company] = member;
                Step(new FoundingInput.CandidateUp(member));
            }
        }
    }

    private void Receive(FoundingFrame frame)
    {
        if (FoundingMessage.Codec.TryDecode(
            frame.Bytes, out FoundingMessage? message, out string? why))
        {
            Step(new FoundingInput.Received(frame.From, message));
        }
        else
        {
            PeerMetrics.FrameRefused("founding");
            LogMalformed(frame.From, why);
        }
    }

    private void Step(FoundingInput input)
    {
        foreach (FoundingEffect effect in _machine.Step(input))
        {
            switch (effect)
            {
                case FoundingEffect.Persist persist:
                    Persist(persist.Record);
                    break;
                case FoundingEffect.Send send:
                    _peers.TrySendFounding(send.To, FoundingMessage.Codec.Encode(send.Message));
                    break;
                case FoundingEffect.Founded founded:
                    LogFounded(founded.Genesis.Draft.Name, founded.Genesis.NetworkId);
                    _founded.TrySetResult(founded.Genesis);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException(effect.ToString());
            }
        }

        _status = _machine.Status;
    }

    private void Persist(FoundingRecord record)
    {
        MetaRecord[] genesis = record.Held is { } held
            ? [new MetaRecord(GenesisKey, Genesis.Codec.Encode(held.Genesis))] : [];
        _store.Write(new StoreBatch
        {
            Meta = [new MetaRecord(RecordKey, FoundingRecord.Codec.Encode(record)), .. genesis],
        });
    }

    private Timestamp Now() => new(_wall.GetUtcNow().ToUnixTimeMilliseconds());

    [LoggerMessage(Level = LogLevel.Information, Message = "Network {Name} founded: {Network}")]
    private partial void LogFounded(string name, Digest network);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "A founding message of {Company} is malformed: {Why}")]
    private partial void LogMalformed(CompanyId company, string why);
}
