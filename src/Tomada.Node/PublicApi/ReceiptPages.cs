using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>Receipts of what the ledger knows by a name of its own.</summary>
internal sealed class ReceiptPages(Chronicle chronicle, LogPages log)
{
    /// <summary>The receipt of a transaction, whether it was applied or refused.</summary>
    public async Task TransactionAsync(HttpContext context)
    {
        TimeSpan wait = new ApiQuery(context, "wait").Wait();
        TransactionId id = new(ApiQuery.PathId(context, "id", Digest.Codec.Allowed, Digest.Parse));
        if (await chronicle.FindAsync(id, wait, context.RequestAborted) is { } found)
        {
            await log.ReceiptAsync(context, found.Entry.Index, wait);
        }
        else if (chronicle.IsPending(id))
        {
            await LogPages.PendingAsync(context);
        }
        else
        {
            throw new ApiProblemException(ApiProblem.NotFound($"Transaction {id}"));
        }
    }

    /// <summary>
    /// The receipt of a trip: the entry that confirmed it. That it was proposed proves nothing, for
    /// a refused one was proposed just as well.
    /// </summary>
    public async Task TripAsync(HttpContext context)
    {
        TimeSpan wait = new ApiQuery(context, "wait").Wait();
        TripId id = new(ApiQuery.PathId(context, "id", Digest.Codec.Allowed, Digest.Parse));
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        Trip trip = index.State.Trips.GetValueOrDefault(id)
            ?? throw new ApiProblemException(ApiProblem.NotFound($"Trip {id}"));
        long at = ConfirmedAt(index, trip)
            ?? throw new ApiProblemException(ApiProblem.NotFound($"The confirmation of trip {id}"));
        await log.ReceiptAsync(context, at, wait);
    }

    private long? ConfirmedAt(ChainIndex index, Trip trip) => trip.Legs
        .SelectMany(leg => index.Legs
            .GetValueOrDefault(new LegId(trip.Id, leg.Number), LegTrace.Empty).Transactions)
        .Select(each => chronicle.Transaction(each)?.Entry)
        .FirstOrDefault(each => each?.Entry is TransactionEntry entry
            && entry.Effects.Contains(new TripConfirmed(trip.Id)))?.Index;
}
