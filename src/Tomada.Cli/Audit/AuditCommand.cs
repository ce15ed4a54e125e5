using System.CommandLine;

namespace Tomada.Cli.Audit;

/// <summary><c>tomada audit</c>: verifies the public log from files; trusts no node.</summary>
internal static class AuditCommand
{
    private const string Help =
        """
        Verifies the public log from files alone. Only 'mirror' uses the network.

        Exit codes: 0 passed, 2 usage, 3 file or folder, 4 unreachable, 130 interrupted; else the
        class of what was found, of several the lowest:
          10 log           entries, tiles and checkpoint are not one log
          11 encoding      a file is not in its one form
          12 missing       a file that must be there is not
          13 chain         the seals do not hang together
          14 certificate   a block without a quorum behind it (I13)
          15 signature     a transaction that its company did not sign (I11)
          16 membership    members that changed without votes (I12)
          17 cosignature   a checkpoint without the signatures that the policy asks for
          18 rules         the rules make something else of the log (replay)
          19 inclusion     a receipt whose entry is not in the log, or a row not in the state
          20 rollback      a log that became shorter, or another one, since it was mirrored
          21 split view    two mirrors that show different logs (I14)
          22 evidence      evidence that proves nobody's guilt
          23 export        an export whose rows, sums or root are not the log's (I15)
        """;

    public static Command Create() => new("audit", Help)
    {
        MirrorCommands.Mirror(),
        MirrorCommands.Fsck(),
        MirrorCommands.Replay(),
        ReceiptCommands.VerifyReceipt(),
        ReceiptCommands.VerifyCheckpoint(),
        StateCommand.Create(),
        SplitCommands.Compare(),
        SplitCommands.Evidence(),
        ExportCommands.VerifyExport(),
        StoryCommands.Explain(),
        StoryCommands.Follow(),
    };
}
