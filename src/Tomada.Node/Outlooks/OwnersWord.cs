using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Outlooks;

/// <summary>What other companies say of their EVSEs, as a plan uses it.</summary>
/// <param name="View">What is believed now; any thread.</param>
/// <param name="AskAsync">
/// Asks the owners of EVSEs anew, and waits for a bounded while: who did not answer.
/// </param>
public sealed record OwnersWord(
    Func<OutlookView> View,
    Func<IEnumerable<EvseId>, CancellationToken, Task<ImmutableSortedSet<CompanyId>>> AskAsync)
{
    internal static OwnersWord Of(OutlookDesk desk) => new(() => desk.View, desk.AskAsync);
}
