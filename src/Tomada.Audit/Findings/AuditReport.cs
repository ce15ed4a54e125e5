using System.Collections.Immutable;

namespace Tomada.Audit;

/// <summary>A number that a check counted.</summary>
/// <param name="Id">Stable name.</param>
/// <param name="Measured">The number.</param>
/// <param name="Unit">What was counted.</param>
public sealed record AuditCount(string Id, double Measured, string Unit);

/// <summary>What a check found.</summary>
/// <param name="Findings">
/// In the order in which they were found, at most <see cref="AuditLimits.FindingsMax"/>.
/// </param>
/// <param name="Untold">How many more there were.</param>
/// <param name="Counts">What was checked.</param>
public sealed record AuditReport(
    ImmutableArray<Finding> Findings, long Untold, ImmutableArray<AuditCount> Counts)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool Passed => Findings.IsEmpty;

    /// <summary>0 when nothing is wrong; else the lowest class.</summary>
    public int ExitCode => Passed ? 0 : (int)Findings.Min(each => each.Class);
}

/// <summary>How far a check is.</summary>
/// <param name="Stage">What is done now.</param>
/// <param name="Done">So many.</param>
/// <param name="Total">Of so many.</param>
public readonly record struct AuditProgress(string Stage, long Done, long Total);
