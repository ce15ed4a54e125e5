using System.Diagnostics;
using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>Messages as one line each, for logs and golden scripts.</summary>
public static class MessageText
{
    /// <summary>For example "Promise 7/2 locked 0 3f2a91c0": type, height/ballot, digest.</summary>
    public static string Of(ConsensusMessage message) => message switch
    {
        ConsensusMessage.Propose each =>
            $"Propose {each.Height}/{each.Ballot} {Digest.Of(each.Value).ToShortString()}"
            + Text(each.Justification),
        ConsensusMessage.Endorse each =>
            $"Endorse {each.Height}/{each.Ballot} {each.Digest.ToShortString()}",
        ConsensusMessage.Accept each =>
            $"Accept {each.Height}/{each.Ballot} {each.Digest.ToShortString()}",
        ConsensusMessage.Promise each => each.Lock is { } held
            ? $"Promise {each.Height}/{each.Ballot} locked {held.Ballot}"
                + $" {held.Digest.ToShortString()}"
            : $"Promise {each.Height}/{each.Ballot} unlocked",
        ConsensusMessage.Decided each =>
            $"Decided {each.Height}/{each.Certificate.Ballot}"
            + $" {each.Certificate.Digest.ToShortString()}"
            + Text(each.Justification),
        ConsensusMessage.Tip each => $"Tip {each.Height}",
        _ => throw new UnreachableException(message.ToString()),
    };

    private static string Text(Justification? justification) => justification switch
    {
        null => string.Empty,
        { Lock: { } held } => $" justified, locked {held.Ballot} {held.Digest.ToShortString()}",
        _ => " justified, unlocked",
    };
}
