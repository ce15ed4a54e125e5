using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>What stands at a path of the state tree.</summary>
/// <param name="Path">Of a row of a proven table.</param>
/// <param name="Bytes">The row's value in its canonical bytes, which the leaf hashes.</param>
public readonly record struct StateValue(Digest Path, byte[] Bytes);
