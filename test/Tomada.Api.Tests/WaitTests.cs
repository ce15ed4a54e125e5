using System.Net;
using Tomada.Node;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Api.Tests;

/// <summary>Asking for a transaction before it is in a block.</summary>
public sealed class WaitTests(OneCompany company)
{
    [Fact]
    public async Task A_decided_transaction_is_there_at_once()
    {
        TransactionResult added = await company.AddBlockAsync();
        ApiAnswer answer = await company.Client.GetAsync($"/v1/transactions/{added.Id}?wait=2s");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(added.Index, answer.Body.GetProperty("index").GetInt64());
    }

    [Fact]
    public async Task A_transaction_that_still_waits_is_answered_with_202_and_when_to_ask_again()
    {
        TransactionId id = new(Digest.Of("waiting"u8));
        company.Store.Write(new StoreBatch { PendingAdded = [new PendingTransaction(id, [1])] });
        ApiAnswer answer = await company.Client.GetAsync($"/v1/transactions/{id}?wait=1s");
        company.Store.Write(new StoreBatch { PendingRemoved = [id] });
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal("1", answer.Header("Retry-After"));
        Assert.Equal("PENDING", answer.Body.GetProperty("state").GetString());
        Assert.Equal("no-store", answer.Header("Cache-Control"));
    }
}
