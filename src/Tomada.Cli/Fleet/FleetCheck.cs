using System.Collections.Immutable;
using System.Globalization;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Cli.Fleet;

/// <summary>One step of a session: what a station signed and the ledger has.</summary>
internal readonly record struct SessionStep(SessionId Session, int Sequence);

/// <summary>What a step says.</summary>
internal sealed record StepContent(Timestamp At, long MeterWh);

/// <summary>
/// Whether the ledger has what the stations' own journals have: each step once, and no other.
/// </summary>
/// <param name="Steps">Steps in the journals.</param>
/// <param name="Lost">In a journal, not on the ledger.</param>
/// <param name="Doubled">Applied more than once.</param>
/// <param name="Altered">On the ledger with another content, or in no journal.</param>
/// <param name="Example">The first that is wrong; null when none is.</param>
internal sealed record FleetCheck(int Steps, int Lost, int Doubled, int Altered, string? Example)
{
    public bool IsRight => Lost + Doubled + Altered == 0;

    /// <param name="signed">Everything in the journals.</param>
    /// <param name="log">What the log applied, in its order; only of these stations.</param>
    public static FleetCheck Of(IEnumerable<SessionBody> signed, IEnumerable<Body> log)
    {
        Dictionary<SessionStep, StepContent> journals = [];
        foreach (SessionBody body in signed)
        {
            journals.Add(
                new SessionStep(body.Session, body.TxSeq), new StepContent(body.At, body.MeterWh));
        }

        int steps = journals.Count;
        int doubled = 0;
        int altered = 0;
        string? example = null;
        HashSet<SessionStep> seen = [];
        foreach (Body body in log)
        {
            if (StepOf(body) is not var (step, content))
            {
                continue;
            }

            if (!seen.Add(step))
            {
                doubled++;
                example ??= Describe(step, "applied twice");
            }
            else if (!journals.TryGetValue(step, out StepContent? kept) || kept != content)
            {
                altered++;
                example ??= Describe(step, $"the journal has {kept}, the ledger {content}");
            }
        }

        ImmutableArray<SessionStep> lost = [.. journals.Keys.Where(each => !seen.Contains(each))];
        if (!lost.IsEmpty)
        {
            example ??= Describe(lost[0], "not on the ledger");
        }

        return new FleetCheck(steps, lost.Length, doubled, altered, example);
    }

    private static string Describe(SessionStep step, string what) => string.Create(
        CultureInfo.InvariantCulture, $"session {step.Session}, step {step.Sequence}: {what}");

    private static (SessionStep Step, StepContent Content)? StepOf(Body body) => body switch
    {
        StartSession { Start: var start } => (
            new SessionStep(start.Session, 0), new StepContent(start.At, start.MeterWh)),
        ReportMeter { Reading: var reading } => (
            new SessionStep(reading.Session, reading.Sequence),
            new StepContent(reading.At, reading.MeterWh)),
        EndSession { End: var end } => (
            new SessionStep(end.Session, end.Sequence), new StepContent(end.At, end.MeterWh)),
        _ => null,
    };
}
