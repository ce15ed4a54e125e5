using System.Text.RegularExpressions;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Audit;

/// <summary>The state machine, block by block, until one differs from the log.</summary>
internal sealed partial class Execution(
    Genesis genesis, VerifySignature verify, FindingList findings)
{
    /// <summary>The state after the newest block that came out as the log has it.</summary>
    public LedgerState State { get; private set; } = LedgerState.FromGenesis(genesis);

    /// <summary>Whether a block did not come out so; nothing after it can be run.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>Runs the next block and compares.</summary>
    public void Run(LogBlock block)
    {
        if (HasStopped)
        {
            return;
        }

        Seal seal = block.Seal;
        if (!block.IsWhole || seal.Height != State.Height + 1 || seal.Time <= State.Time
            || seal.Time > LedgerLimits.BlockTimeMax || !State.Members.ContainsKey(seal.Proposer))
        {
            // What is wrong is a finding already.
            Stop(block, "the block cannot be run");
            return;
        }

        try
        {
            SignedTransaction[] transactions =
                [.. block.Transactions.Where(each => each is not null).Select(each => each!)];
            AppliedBlock own = BlockExecution.Build(
                State, transactions, seal.Time, seal.Proposer, seal.Certificate, verify);
            if (RuleDifference.Find(own, block, State, verify) is { } finding)
            {
                findings.Add(finding);
                HasStopped = true;
                return;
            }

            State = own.After;
            if (State.Height % AuditLimits.FullInvariantsEvery == 0)
            {
                Invariants.Check(State);
            }
        }
        catch (InvariantBrokenException broken)
        {
            Stop(block, broken.Message);
        }
    }

    /// <summary>Checks every row; after the last block.</summary>
    public void Conclude()
    {
        try
        {
            Invariants.Check(State);
        }
        catch (InvariantBrokenException broken)
        {
            findings.Add(new Finding(
                FindingClass.Rules, broken.Message, IdIn(broken.Message), State.Height,
                State.Size - 1));
        }
    }

    private static string? IdIn(string message) =>
        InvariantId().Match(message) is { Success: true } found ? found.Value : null;

    private void Stop(LogBlock block, string why)
    {
        HasStopped = true;
        findings.Add(new Finding(
            FindingClass.Rules, why, IdIn(why), block.Seal.Height, block.FirstIndex));
    }

    [GeneratedRegex(@"\bI1?[0-9]\b")]
    private static partial Regex InvariantId();
}
