using System.Globalization;
using System.Text;

namespace Tomada.Audit;

/// <summary>One thing that is wrong, and where.</summary>
/// <param name="Class">What kind; also the exit code.</param>
/// <param name="What">What is wrong, and what is allowed there.</param>
/// <param name="Invariant">The invariant that it breaks: "I13"; null when it is not one of
/// them.</param>
/// <param name="Height">The block; null when it is about none.</param>
/// <param name="Index">The entry in the log, from 0; null when it is about none.</param>
public sealed record Finding(
    FindingClass Class,
    string What,
    string? Invariant = null,
    long? Height = null,
    long? Index = null)
{
    /// <summary>"CERTIFICATE I13 block 7: …".</summary>
    public override string ToString()
    {
        StringBuilder text = new(Class.ToString().ToUpperInvariant());
        if (Invariant is not null)
        {
            text.Append(' ').Append(Invariant);
        }

        if (Height is { } height)
        {
            text.Append(CultureInfo.InvariantCulture, $" block {height}");
        }

        if (Index is { } index)
        {
            text.Append(CultureInfo.InvariantCulture, $" entry {index}");
        }

        return text.Append(": ").Append(What).ToString();
    }
}
