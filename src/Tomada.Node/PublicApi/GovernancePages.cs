using System.Text.Json;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>
/// Companies, and what is about to change among the members, as docs/http-api.md has them.
/// </summary>
internal sealed class GovernancePages(LedgerDesk desk, Chronicle chronicle)
{
    /// <summary>Members first, then who was one; each in the order of ids.</summary>
    public async Task CompaniesAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        LedgerState state = index.State;
        await ApiJson.AnswerAsync(context, ApiJson.NoCache, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("items");
            foreach (MemberRecord member in state.Members.Values)
            {
                StationJson.WriteCompany(json, index, member, null);
            }

            foreach (Party party in state.Parties.Values)
            {
                StationJson.WriteCompany(json, index, party.Member, party);
            }

            json.WriteEndArray();
            json.WriteNull("next");
            json.WriteNumber("treeSize", state.Size);
            json.WriteEndObject();
        });
    }

    /// <summary>One company, member or not any more.</summary>
    public async Task CompanyAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        CompanyId id = ApiQuery.PathId(context, "id", CompanyId.Allowed, CompanyId.Parse);
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        Party? party = index.State.Parties.GetValueOrDefault(id);
        MemberRecord member = index.State.Members.GetValueOrDefault(id) ?? party?.Member
            ?? throw new ApiProblemException(ApiProblem.NotFound($"Company {id}"));
        await ApiJson.AnswerAsync(context, ApiJson.NoCache, json =>
            StationJson.WriteCompany(json, index, member, party));
    }

    /// <summary>Open changes of the members, the oldest first.</summary>
    public async Task ProposalsAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        LedgerState state = (await chronicle.CurrentAsync(context.RequestAborted)).State;
        await ApiJson.AnswerAsync(context, ApiJson.NoCache, json =>
        {
            json.WriteStartObject();
            ApiJson.Array(
                json,
                "items",
                state.Proposals.OrderBy(each => each.Value.ProposedAt),
                each => Write(json, state, each.Key, each.Value));
            json.WriteNull("next");
            json.WriteNumber("treeSize", state.Size);
            json.WriteEndObject();
        });
    }

    /// <summary>One open change.</summary>
    public async Task ProposalAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        Digest id = ApiQuery.PathId(context, "id", Digest.Codec.Allowed, Digest.Parse);
        LedgerState state = (await chronicle.CurrentAsync(context.RequestAborted)).State;
        MemberProposal proposal = state.Proposals.GetValueOrDefault(id)
            ?? throw new ApiProblemException(ApiProblem.NotFound($"Open proposal {id}"));
        await ApiJson.AnswerAsync(
            context, ApiJson.NoCache, json => Write(json, state, id, proposal));
    }

    private void Write(
        Utf8JsonWriter json, LedgerState state, Digest id, MemberProposal proposal)
    {
        ProposalAnswer shown = NetworkDesk.Describe(state, id, proposal, desk.Now());
        json.WriteStartObject();
        json.WriteString("id", shown.Id);
        json.WriteString("kind", shown.Kind);
        json.WriteString("leaving", shown.Leaving);
        json.WriteString("joining", shown.Joining);
        ApiJson.Record(json, "change", MemberChange.Codec, proposal.Change);
        json.WriteString("proposedBy", shown.ProposedBy);
        json.WriteString("proposedAt", shown.ProposedAt);
        json.WriteBoolean("approved", shown.Approved);
        json.WriteNumber("votesNeeded", shown.VotesNeeded);
        Names(json, "votes", shown.Votes);
        json.WriteNumber("readyNeeded", shown.ReadyNeeded);
        Names(json, "ready", shown.Ready);
        Names(json, "awaited", shown.Awaited);
        json.WriteEndObject();
    }

    private static void Names(Utf8JsonWriter json, string name, string[] companies) =>
        ApiJson.Array(json, name, companies, json.WriteStringValue);
}
