using System.Text.Json.Nodes;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Spec.Tests;

/// <summary>A signed transaction of each kind, and the log's entries and effects.</summary>
internal static class TransactionVectors
{
    public static VectorFile Transactions()
    {
        VectorFile file = new("transactions", "One signed transaction of each kind.");
        long number = 0;
        foreach ((CompanyId sender, Body body) in Bodies.All())
        {
            number++;
            string suffix = body switch
            {
                AnswerLeg answer => answer.Accepted ? " accepted" : " refused",
                BreakLeg broken => broken.StationSignature is null ? " unsigned" : " signed",
                ProposeMember proposal => $" {proposal.Change.Kind}",
                RotateKey rotation => $" {rotation.Key.GetType().Name}",
                _ => string.Empty,
            };
            file.Add($"{body.Kind}{suffix}", "transaction", Envelope(sender, number, body));
        }

        return file;
    }

    public static VectorFile Log()
    {
        VectorFile file = new("log", "Entries, outcomes and effects.");
        foreach (Effect effect in Records.Effects())
        {
            file.Record($"effect {effect.GetType().Name}", "Effect", effect);
        }

        int index = 0;
        foreach (Entry entry in Records.Entries())
        {
            file.Record($"entry {index++} {entry.GetType().Name}", "Entry", entry);
        }

        return file;
    }

    private static JsonObject Envelope(CompanyId sender, long number, Body body)
    {
        SignedTransaction signed = body == Sample.Proposal
            ? Sample.TripTransaction
            : Sample.Sign(sender, number, body);
        byte[] unsigned = Transaction.Codec.Encode(signed.Content);
        byte[] message = Signing.Message(
            "tomada/v1/transaction", signed.Content.Network.ToArray(), unsigned);
        return new JsonObject
        {
            ["type"] = "Transaction",
            ["json"] = KnownType.ToNode(Transaction.Codec.EncodeJson(signed.Content)),
            ["hex"] = VectorFile.Hex(unsigned),
            ["signer"] = Signer.Identity(sender).Name,
            ["message"] = VectorFile.Hex(message),
            ["signature"] = VectorFile.Hex(Signer.Identity(sender).Sign(message)),
            ["signed"] = VectorFile.Hex(signed.Bytes.Span),
            ["id"] = signed.Id.ToString(),
        };
    }
}
