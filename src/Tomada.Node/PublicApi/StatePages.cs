using System.Globalization;
using System.Text.Json;
using Tomada.Ledger;
using Tomada.Node.States;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Node;

/// <summary>Proofs of the state after a block, as docs/http-api.md has them.</summary>
internal sealed class StatePages(LedgerDesk desk, NodeStore store, PublicLog log)
{
    private const string Height = "height";
    private const string Wait = "wait";
    private static readonly string[] s_tables =
        [.. Tables.All.Where(each => each.IsProven).Select(each => each.Name)];

    /// <summary>What stands at a path.</summary>
    public async Task PathAsync(HttpContext context)
    {
        ApiQuery query = new(context, Height, Wait);
        Digest path = ApiQuery.PathId(context, "path", Digest.Codec.Allowed, Digest.Parse);
        await AnswerAsync(context, query, path, null);
    }

    /// <summary>The row of a table.</summary>
    public async Task RowAsync(HttpContext context)
    {
        ApiQuery query = new(context, "table", "key", Height, Wait);
        string name = query.Word("table", s_tables)
            ?? throw ApiQuery.Refuse("table", $"one of {string.Join(", ", s_tables)}");
        Table table = Tables.All.Single(each => each.Name == name);
        string key = context.Request.Query["key"].ToString();
        if (!table.TryPathOf(key, out Digest path))
        {
            throw ApiQuery.Refuse("key", table.KeyAllowed);
        }

        await AnswerAsync(context, query, path, table);
    }

    private async Task AnswerAsync(
        HttpContext context, ApiQuery query, Digest path, Table? table)
    {
        long? asked = query.Number(Height, 1, long.MaxValue);
        TimeSpan wait = query.Wait();
        long height = await FindAsync(asked, context.RequestAborted);
        StoredBlock stored = store.ReadBlock(height)
            ?? throw new ApiProblemException(ApiProblem.Busy(
                $"Block {Text(height)} is missing here; peers are asked for it."));
        byte[] seal = stored.Decode().Entries[^1];
        Seal read = (Seal)Entry.Codec.Decode(seal);
        ProvenState proven = Prove(height, path, read.StateRoot);
        StateAnswer answer = new(seal, path, proven.Value, proven.Proof);
        byte[]? receipt = await ReceiptAsync(answer, read, wait, context.RequestAborted);

        // One without a receipt gets it later.
        await ApiJson.AnswerAsync(
            context,
            asked is null || receipt is null ? ApiJson.NoCache : ApiJson.Immutable,
            json => Write(json, answer, read, table, receipt));
    }

    /// <summary>The answer with the place of its seal; null while no head above it has a
    /// quorum.</summary>
    private async Task<byte[]?> ReceiptAsync(
        StateAnswer answer, Seal seal, TimeSpan wait, CancellationToken stop)
    {
        long index = seal.FirstIndex + seal.Count;
        if (await log.CosignedAsync(index, wait, stop) is not { } head)
        {
            return null;
        }

        TlogProof place = new(
            index, MerkleTree.Inclusion(index, head.Head.Size, log.View.Read), head.ToNote());
        return StateReceipt.Codec.Encode(new StateReceipt(answer, place.Encode()));
    }

    private ProvenState Prove(long height, Digest path, Digest root)
    {
        try
        {
            return store.States.Prove(height, path, root) ?? throw Gone(height);
        }
        catch (StateDamagedException damaged)
        {
            throw new ApiProblemException(ApiProblem.Busy(damaged.Message));
        }
    }

    /// <summary>
    /// The height to prove: the writer of the history is a moment behind the chain.
    /// </summary>
    private async Task<long> FindAsync(long? asked, CancellationToken stop)
    {
        long newest = desk.State.Height;
        if (asked > newest || newest == 0)
        {
            throw new ApiProblemException(ApiProblem.NotFound($"Block {Text(asked ?? 1)}"));
        }

        long height = asked ?? newest;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(PublicApiLimits.StateWait);
        while (true)
        {
            Task moved = store.States.Moved;
            if (store.States.Has(height))
            {
                return height;
            }

            if (height < store.States.Newest)
            {
                throw Gone(height);
            }

            try
            {
                await moved.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return asked is null && store.States.Newest > 0
                    ? store.States.Newest
                    : throw new ApiProblemException(ApiProblem.Busy(store.States.Failure
                        ?? $"The state after block {Text(height)} is still being written."));
            }
        }
    }

    private ApiProblemException Gone(long height) => new(ApiProblem.Gone(
        $"The state after block {Text(height)} cannot be proven here. The oldest is that of block "
        + $"{Text(store.States.Oldest ?? 0)}, apart from the ends of periods."));

    private static void Write(
        Utf8JsonWriter json, StateAnswer answer, Seal seal, Table? table, byte[]? receipt)
    {
        json.WriteStartObject();
        json.WriteNumber("height", seal.Height);
        json.WriteString("path", answer.Path.ToString());
        json.WriteString("block", answer.Block.ToString());
        json.WriteString("time", seal.Time.ToString());
        json.WriteString("stateRoot", seal.StateRoot.ToString());
        json.WriteNumber("sealIndex", seal.FirstIndex + seal.Count);
        json.WriteBoolean("present", answer.Value is not null);
        json.WriteString(
            "valueHash", answer.Value is null ? null : Digest.Of(answer.Value).ToString());
        json.WriteString(
            "value", answer.Value is null ? null : Convert.ToHexStringLower(answer.Value));
        json.WritePropertyName("row");
        if (answer.Value is null || table is null || !table.TryWriteJson(json, answer.Value))
        {
            json.WriteNullValue();
        }

        ApiJson.Array(
            json,
            "siblings",
            answer.Proof.Siblings,
            each => json.WriteStringValue(each.ToString()));
        json.WritePropertyName("end");
        if (answer.Proof.End is { } end)
        {
            StateEntry.Codec.WriteJson(json, end);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteString("seal", Convert.ToHexStringLower(answer.Seal));
        json.WriteString("certificate", $"/v1/blocks/{Text(seal.Height)}/certificate");
        json.WriteString("bytes", Convert.ToHexStringLower(StateAnswer.Codec.Encode(answer)));
        json.WriteString("receipt", receipt is null ? null : Convert.ToHexStringLower(receipt));
        json.WriteEndObject();
    }

    private static string Text(long height) => height.ToString(CultureInfo.InvariantCulture);
}
