using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>How a desk's transaction ended.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Outcome">When it is in a block; null when it is in none so far.</param>
/// <param name="Why">For people, when it was not applied.</param>
public sealed record Submission(TransactionId Id, Outcome? Outcome, string? Why);

/// <summary>What the desks need of the ledger: a view, a clock, a way in.</summary>
/// <param name="Self">Whose desks they are.</param>
/// <param name="State">The newest applied state.</param>
/// <param name="Now">The ledger clock.</param>
/// <param name="Submit">Signs, queues and waits for the end.</param>
/// <param name="Follow">Every applied block above a height, in order, while it is read.</param>
public sealed record DeskLedger(
    CompanyId Self,
    Func<LedgerState> State,
    Func<Timestamp> Now,
    Func<Body, CancellationToken, Task<Submission>> Submit,
    Func<long, CancellationToken, IAsyncEnumerable<AppliedBlock>> Follow)
{
    /// <summary>The desks' view of the node's ledger.</summary>
    public static DeskLedger Of(LedgerDesk desk) => new(
        desk.Self,
        () => desk.State,
        desk.Now,
        async (body, ct) =>
        {
            // A car must not be told no while its trip may still be held. Every other duty is read
            // from the state again, and done again where it is still owed.
            TransactionResult end = await (body is ProposeTrip
                ? desk.SubmitUntilCertainAsync(body, ct)
                : desk.SubmitAsync(body, ct)).ConfigureAwait(false);
            return new Submission(end.Id, end.Outcome, end.IsApplied ? null : end.Explain());
        },
        desk.FollowAsync);

    /// <summary>Every effect of a block, in the log's order.</summary>
    public static IEnumerable<Effect> EffectsOf(AppliedBlock block) => block.Entries.SelectMany(
        entry => entry switch
        {
            TransactionEntry transaction => transaction.Effects,
            RuleEntry rules => rules.Effects,
            _ => [],
        });
}
