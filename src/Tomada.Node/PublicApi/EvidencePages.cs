using System.Text.Json;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Node;

/// <summary>Members proven to have contradicted themselves, as docs/http-api.md has them.</summary>
internal sealed class EvidencePages(Chronicle chronicle)
{
    /// <summary>All of them, by member, kind, height and ballot.</summary>
    public async Task ListAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        LedgerState state = (await chronicle.CurrentAsync(context.RequestAborted)).State;
        await ApiJson.AnswerAsync(context, ApiJson.NoCache, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("items");
            foreach (GuiltId id in state.Guilts.Keys.Concat(state.HeadGuilts.Keys).Order())
            {
                Write(json, state, id);
            }

            json.WriteEndArray();
            json.WriteNull("next");
            json.WriteNumber("treeSize", state.Size);
            json.WriteEndObject();
        });
    }

    /// <summary>One, as a file that anybody can check with the key inside it.</summary>
    public async Task OneAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        GuiltId id = ApiQuery.PathId(
            context, "id", "company.kind.height.ballot", Parse);
        LedgerState state = (await chronicle.CurrentAsync(context.RequestAborted)).State;
        if (!state.Guilts.ContainsKey(id) && !state.HeadGuilts.ContainsKey(id))
        {
            throw new ApiProblemException(ApiProblem.NotFound($"Evidence {id}"));
        }

        context.Response.Headers.ContentDisposition =
            $"attachment; filename=\"evidence-{id}.json\"";
        await ApiJson.AnswerAsync(context, ApiJson.NoCache, json => Write(json, state, id));
    }

    private static GuiltId Parse(string text) => GuiltId.TryParse(text, out GuiltId id)
        ? id
        : throw new FormatException("not the id of evidence");

    private static void Write(Utf8JsonWriter json, LedgerState state, GuiltId id)
    {
        json.WriteStartObject();
        json.WriteString("id", id.ToString());
        json.WriteString("guilty", id.Guilty.Value);
        json.WriteString("kind", ApiJson.Name(id.Kind));
        json.WriteNumber("height", id.Height);
        json.WriteNumber("ballot", id.Ballot);
        if (state.Guilts.TryGetValue(id, out Guilt? guilt))
        {
            Write(json, guilt);
        }
        else
        {
            Write(json, state.HeadGuilts[id]);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Guilt guilt)
    {
        json.WriteString("votingKey", guilt.VotingKey.ToString());
        json.WriteString("reportedBy", guilt.ReportedBy.Value);
        json.WriteString("at", guilt.At.ToString());
        Evidence evidence = guilt.Evidence;
        ApiJson.Record(json, "evidence", Evidence.Codec, evidence);
        WriteBytes(
            json,
            Evidence.Codec.Encode(evidence),
            [
                evidence.First.Content.SignedBytes(evidence.Network, evidence.Members),
                evidence.Second.Content.SignedBytes(evidence.Network, evidence.Members),
            ]);
    }

    private static void Write(Utf8JsonWriter json, HeadGuilt guilt)
    {
        json.WriteString("identityKey", guilt.IdentityKey.ToString());
        json.WriteString("reportedBy", guilt.ReportedBy.Value);
        json.WriteString("at", guilt.At.ToString());
        TwoHeads evidence = guilt.Evidence;
        ApiJson.Record(json, "evidence", TwoHeads.Codec, evidence);
        WriteBytes(
            json,
            TwoHeads.Codec.Encode(evidence),
            [
                evidence.First.SignedBytes(evidence.Network),
                evidence.Second.SignedBytes(evidence.Network),
            ]);
    }

    private static void WriteBytes(Utf8JsonWriter json, byte[] bytes, byte[][] signedBytes)
    {
        json.WriteString("bytes", Convert.ToHexStringLower(bytes));
        ApiJson.Array(
            json,
            "signedBytes",
            signedBytes,
            each => json.WriteStringValue(Convert.ToHexStringLower(each)));
    }
}
