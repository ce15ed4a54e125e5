using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// What a rule knows of the transaction that asks; time and rules are in the state.
/// </summary>
/// <param name="Id">The transaction's id; a trip is named by it.</param>
/// <param name="Sender">The member that signed it.</param>
/// <param name="Verify">Checks the signatures of stations inside the body.</param>
public sealed record TransactionContext(TransactionId Id, CompanyId Sender, VerifySignature Verify);
