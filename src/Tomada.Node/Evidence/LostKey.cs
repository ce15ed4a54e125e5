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
        if (damaged is not [var first, ..]
            || !state.Members.TryGetValue(self, out MemberRecord? member))
        {
            return votes;
        }

        byte[] key = member.VotingKey.ToArray();
        _store.Write(new StoreBatch
        {
            Meta = [new MetaRecord(MetaKey, key)],
            Also = connection => NodeStore.RemoveVotes(connection, damaged),
        });
        _lost = key;
        LogDamaged(_logger, damaged.Count, first.Height);
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
        : "";

    /// <summary>Asks for a fresh key until the ledger names another than the lost one.</summary>
    public async Task RunAsync(LedgerDesk desk, TimeProvider wall, CancellationToken stop)
    {
        using PeriodicTimer timer = new(s_look, wall);
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (!IsNamed(desk))
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Asked for a fresh voting key: {Outcome}")]
    private static partial void LogAsked(ILogger logger, string outcome);
}
