using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// The amnesiac's half of the rule: a voting key whose votes the disk does not know signs never
/// again, not after a restart either, and the ledger is asked for a fresh one.
/// </summary>
internal sealed partial class LostKey
{
    private const string MetaKey = "lost-voting-key";

    /// <summary>
    /// Looks in a row that must find a key on the ledger that is not on this disk: a node that
    /// still reads the chain sees old keys for a moment.
    /// </summary>
    private const int UnknownLooks = 5;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private readonly NodeStore _store;
    private readonly NodeKeys _keys;
    private readonly ILogger _logger;
    private volatile byte[]? _lost;

    public LostKey(NodeStore store, NodeKeys keys, ILogger logger)
    {
        _store = store;
        _keys = keys;
        _logger = logger;
        _lost = store.ReadMeta(MetaKey);
    }

    /// <summary>Signs with a voting key of the company, but not with the lost one.</summary>
    public SignMessage? SignerOf(PublicKey key) => IsLost(key) ? null : _keys.SignerOf(key);

    /// <summary>
    /// The votes at the height after a state and above. A damaged one is a vote that this disk does
    /// not know any more: its key is lost from here on, before anything else is signed.
    /// </summary>
    /// <param name="state">Where the node starts.</param>
    /// <param name="self">Whose votes they are.</param>
    public IReadOnlyList<VoteRecord> ReadVotes(LedgerState state, CompanyId self)
    {
        IReadOnlyList<VoteRecord> votes =
            _store.ReadSoundVotes(state.Height + 1, out IReadOnlyList<VoteRecord> damaged);
        // A malformed file was set aside, with votes that nobody can count.
        bool areLost = _store.ReadMeta(Salvage.VotesLostKey) is not null;
        if ((!areLost && damaged.Count == 0)
            || !state.Members.TryGetValue(self, out MemberRecord? member))
        {
            return votes;
        }

        byte[] key = member.VotingKey.ToArray();
        _store.Write(new StoreBatch
        {
            Meta = [new MetaRecord(MetaKey, key)],
            Also = connection =>
            {
                NodeStore.RemoveVotes(connection, damaged);
                NodeStore.RemoveVotesLost(connection);
            },
        });
        _lost = key;
        if (areLost)
        {
            LogSetAside(_logger);
        }
        else
        {
            LogDamaged(_logger, damaged.Count, damaged[0].Height);
        }

        return votes;
    }

    /// <summary>What is to be written in the same write as the output that says so.</summary>
    public MetaRecord? Keep(IEnumerable<ReplicatorOutput> outputs)
    {
        LostVote? lost = outputs.Select(each => each.Lost).LastOrDefault(each => each is not null);
        if (lost is null)
        {
            return null;
        }

        LogLost(_logger, lost.ShownBy, lost.Vote.Type, lost.Vote.Height);
        byte[] key = lost.Key.ToArray();
        _lost = key;
        return new MetaRecord(MetaKey, key);
    }

    /// <summary>Why the node does not vote; empty when no lost key is in force.</summary>
    public string WhyNotVoting(LedgerDesk desk) => IsNamed(desk)
        ? "this disk is not the one it voted with; it votes again once the ledger has a fresh key"
        : IsUnknown(desk)
            ? "the ledger names a voting key that is not on this disk; it asks for a fresh one"
            : "";

    /// <summary>Asks for a fresh key until the ledger names another than the lost one.</summary>
    /// <param name="desk">The ledger.</param>
    /// <param name="networkHeight">The newest block that an honest member has.</param>
    /// <param name="wall">Clock.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(
        LedgerDesk desk, Func<long> networkHeight, TimeProvider wall, CancellationToken stop)
    {
        using PeriodicTimer timer = new(s_look, wall);
        int unknown = 0;
        while (await timer.WaitForNextTickAsync(stop))
        {
            // A copy of a whole directory can be older than the key that the ledger names.
            unknown = IsUnknown(desk) && desk.State.Height >= networkHeight() ? unknown + 1 : 0;
            if (!IsNamed(desk) && unknown < UnknownLooks)
            {
                continue;
            }

            RotateKey body = new(
                _keys.Prepare(KeyKind.Voting, desk.State.Network, desk.Self, wall));
            TransactionResult result = await desk.SubmitAsync(body, stop);
            LogAsked(_logger, result.Outcome?.Detail ?? result.Why ?? result.End.ToString());
        }
    }

    /// <summary>Whether the ledger still names a key that is lost: this node cannot vote.</summary>
    public bool IsNamed(LedgerDesk desk) =>
        desk.State.Members.TryGetValue(desk.Self, out MemberRecord? member)
        && IsLost(member.VotingKey);

    private bool IsUnknown(LedgerDesk desk) =>
        desk.State.Members.TryGetValue(desk.Self, out MemberRecord? member)
        && _keys.SignerOf(member.VotingKey) is null;

    private bool IsLost(PublicKey key) =>
        _lost is { } lost && key.ToArray().AsSpan().SequenceEqual(lost);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{ShownBy} holds a vote of this node ({Type} at height {Height}) that this disk "
            + "does not know: it is not the disk that voted. This voting key signs no more; the "
            + "ledger is asked for a fresh one.")]
    private static partial void LogLost(
        ILogger logger, CompanyId shownBy, VoteType type, long height);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Count} vote records from height {Height} on do not match their checksum: what "
            + "this node signed there is not known any more. This voting key signs no more; the "
            + "ledger is asked for a fresh one.")]
    private static partial void LogDamaged(ILogger logger, int count, long height);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "What this node signed was in a malformed file and is not known any more. This "
            + "voting key signs no more; the ledger is asked for a fresh one.")]
    private static partial void LogSetAside(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Asked for a fresh voting key: {Outcome}")]
    private static partial void LogAsked(ILogger logger, string outcome);
}
