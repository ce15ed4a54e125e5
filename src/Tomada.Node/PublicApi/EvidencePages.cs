using System.Text.Json;
using Tomada.Ledger;
using Tomada.Primitives;

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
            ApiJson.Array(json, "items", state.Guilts, each => Write(json, each.Key, each.Value));
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
        Guilt guilt = state.Guilts.GetValueOrDefault(id)
            ?? throw new ApiProblemException(ApiProblem.NotFound($"Evidence {id}"));
        context.Response.Headers.ContentDisposition =
            $"attachment; filename=\"evidence-{id}.json\"";
        await ApiJson.AnswerAsync(context, ApiJson.NoCache, json => Write(json, id, guilt));
    }

    private static GuiltId Parse(string text) => GuiltId.TryParse(text, out GuiltId id)
        ? id
        : throw new FormatException("not the id of evidence");

    private static void Write(Utf8JsonWriter json, GuiltId id, Guilt guilt)
    {
        json.WriteStartObject();
        json.WriteString("id", id.ToString());
        json.WriteString("guilty", id.Guilty.Value);
        json.WriteString("kind", ApiJson.Name(id.Kind));
        json.WriteNumber("height", id.Height);
        json.WriteNumber("ballot", id.Ballot);
        json.WriteString("votingKey", guilt.VotingKey.ToString());
        json.WriteString("reportedBy", guilt.ReportedBy.Value);
        json.WriteString("at", guilt.At.ToString());
        json.WritePropertyName("evidence");
        Evidence.Codec.WriteJson(json, guilt.Evidence);
        json.WriteString("bytes", Convert.ToHexStringLower(Evidence.Codec.Encode(guilt.Evidence)));
        json.WriteStartArray("signedBytes");
        foreach (SignedVote vote in (SignedVote[])[guilt.Evidence.First, guilt.Evidence.Second])
        {
            json.WriteStringValue(Convert.ToHexStringLower(vote.Content.SignedBytes(
                guilt.Evidence.Network, guilt.Evidence.Members)));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
