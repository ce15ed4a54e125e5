namespace Tomada.Consensus;

/// <summary>
/// How many may lie and how many must vote (spec/consensus.md, Quorums). Two quorums share at least
/// f + 1 members, so an honest one; n − f is at least a quorum, so liars alone cannot stop it.
/// </summary>
public static class Quorum
{
    /// <summary>Liars tolerated among n members: ⌊(n − 1) / 3⌋.</summary>
    public static int Faults(int members) => (members - 1) / 3;

    /// <summary>Votes that decide among n members: ⌈(n + f + 1) / 2⌉.</summary>
    public static int Votes(int members) => (members + Faults(members) + 2) / 2;

    /// <summary>Crashes survived: n − q.</summary>
    public static int CrashesSurvived(int members) => members - Votes(members);

    /// <summary>Liars needed to fork, all of whom the fork convicts: 2q − n.</summary>
    public static int LiarsToFork(int members) => (2 * Votes(members)) - members;
}
