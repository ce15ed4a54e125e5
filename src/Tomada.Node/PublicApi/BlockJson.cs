using System.Text.Json;
using Tomada.Ledger;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>Blocks and transactions as docs/http-api.md has them.</summary>
internal static class BlockJson
{
    public static void WriteSummary(Utf8JsonWriter json, BlockView block, BlockProof proof)
    {
        Seal seal = block.Seal;
        json.WriteNumber("height", seal.Height);
        json.WriteString("digest", block.Digest.ToString());
        json.WriteString("time", seal.Time.ToString());
        json.WriteString("proposer", seal.Proposer.Value);
        json.WriteNumber("ballot", proof.Certificate.Ballot);
        json.WriteNumber("entries", block.Entries.Length);
        json.WriteNumber("transactions", block.Entries.Count(each => each.Outcome is not null));
        json.WriteNumber(
            "refused", block.Entries.Count(each => each.Outcome is { IsApplied: false }));
        json.WriteString("stateRoot", seal.StateRoot.ToString());
        json.WriteString("transactionRoot", seal.TransactionRoot.ToString());
        json.WriteString("previous", seal.Previous.ToString());
        ApiJson.Array(
            json,
            "signers",
            proof.Certificate.Seals,
            each => json.WriteStringValue(each.Company.Value));
    }

    public static void WriteBlock(Utf8JsonWriter json, BlockView block, BlockProof proof)
    {
        json.WriteStartObject();
        WriteSummary(json, block, proof);
        json.WriteNumber("firstIndex", block.Seal.FirstIndex);
        ApiJson.Array(json, "log", block.Entries, each => WriteEntry(json, block, each));
        ApiJson.Record(json, "seal", Seal.Codec, block.Seal);
        json.WriteEndObject();
    }

    public static void WriteTransaction(Utf8JsonWriter json, BlockView block, EntryView entry)
    {
        Transaction content = entry.Transaction!.Content;
        json.WriteStartObject();
        json.WriteString("id", entry.Transaction.Id.ToString());
        json.WriteNumber("height", block.Seal.Height);
        json.WriteNumber("index", entry.Index);
        json.WriteString("company", content.Company.Value);
        json.WriteString("kind", content.Body.Kind);
        json.WriteNumber("lane", content.Lane);
        json.WriteNumber("number", content.Number);
        json.WriteString("validUntil", content.ValidUntil.ToString());
        json.WriteStartObject("outcome");
        json.WriteString("code", ApiJson.Name(entry.Outcome!.Code));
        ApiJson.Optional(json, "reason", entry.Outcome.Detail);
        json.WriteEndObject();
        json.WriteString("time", block.Seal.Time.ToString());
        ApiJson.Body(json, content.Body);
        ApiJson.Effects(json, ((TransactionEntry)entry.Entry).Effects);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, BlockView block, EntryView entry)
    {
        json.WriteStartObject();
        json.WriteNumber("index", entry.Index);
        switch (entry.Entry)
        {
            case TransactionEntry:
                json.WriteString("type", "TRANSACTION");
                json.WritePropertyName("transaction");
                WriteTransaction(json, block, entry);
                break;
            case RuleEntry rule:
                json.WriteString("type", "RULE");
                ApiJson.Effects(json, rule.Effects);
                break;
            case Seal:
                json.WriteString("type", "SEAL");
                break;
            default:
                throw new System.Diagnostics.UnreachableException(
                    $"entry {entry.Entry.GetType().Name}");
        }

        json.WriteEndObject();
    }
}
