using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// What the node does by itself about the members: says that it is ready for an approved change,
/// lets in who was invited where the operator chose so, takes over its new keys, and tells the
/// peers' side whom the ledger knows.
/// </summary>
internal sealed partial class MembershipService(
    LedgerDesk desk,
    NodeConfig config,
    NodeKeys keys,
    LostKey lostKey,
    PeerNetwork peers,
    TimeProvider wall,
    ILogger<MembershipService> log)
{
    /// <summary>How often it looks, in wall time.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private LedgerState? _seen;

    /// <summary>
    /// Runs until stopped; ends by itself only when the node must open anew with its new keys.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Task<TransactionResult>? sent = null;
        using PeriodicTimer timer = new(Period, wall);
        do
        {
            LedgerState state = desk.State;
            if (IsNews(state))
            {
                peers.KnownChanged();
                if (state.Members.TryGetValue(desk.Self, out MemberRecord? own)
                    && keys.Adopt(own))
                {
                    LogOpensAnew();
                    return;
                }
            }

            // One at a time: the next decision is made on a state that knows the last one.
            if (sent is null or { IsCompleted: true } && NextDuty(state) is { } duty)
            {
                sent = SubmitAsync(duty, stop);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    private bool IsNews(LedgerState state)
    {
        LedgerState? before = _seen;
        _seen = state;
        return before is null
            || !ReferenceEquals(before.Members, state.Members)
            || !ReferenceEquals(before.Parties, state.Parties)
            || !ReferenceEquals(before.Proposals, state.Proposals);
    }

    private Body? NextDuty(LedgerState state)
    {
        // Almost always there is nothing to think about. Who cannot vote is not ready.
        if (!state.Proposals.IsEmpty
            && !lostKey.IsNamed(desk)
            && MemberDuties.NextReady(
                state,
                new MemberRecord(
                    config.Company,
                    config.Name,
                    keys.IdentityKey,
                    keys.VotingKey,
                    keys.TlsKeyHash),
                peers.Reachable,
                desk.Now()) is { } ready)
        {
            return ready;
        }

        return config.Network.Admission == AdmissionPolicy.Invited
            ? MemberDuties.NextAdmission(
                state,
                desk.Self,
                peers.Connected.Where(each =>
                    !state.Members.ContainsKey(each.Member.Company)))
            : null;
    }

    private async Task<TransactionResult> SubmitAsync(Body duty, CancellationToken stop)
    {
        TransactionResult result = await desk.SubmitAsync(duty, stop);
        string kind = duty.Kind;
        string how = result.Explain();
        LogDone(kind, how);
        return result;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Kind}: {Result}")]
    private partial void LogDone(string kind, string result);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The ledger names a new key of this company; the node opens anew with it")]
    private partial void LogOpensAnew();
}
