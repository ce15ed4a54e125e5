using System.Text.Json.Nodes;

namespace Tomada.Node;

/// <summary>What one company knows of a trip, in the order in which its node saw it.</summary>
/// <param name="Trip">The trip.</param>
/// <param name="Company">Whose view it is.</param>
/// <param name="Home">Whose driver travels.</param>
/// <param name="State">Where the trip stands on the ledger.</param>
/// <param name="Reason">Why the ledger refused the proposal; otherwise null.</param>
/// <param name="Events">The oldest first.</param>
/// <param name="Truncated">Whether a limit left something out.</param>
public sealed record TimelineAnswer(
    string Trip,
    string Company,
    string Home,
    string State,
    string? Reason,
    TimelineEvent[] Events,
    bool Truncated);

/// <summary>One event of a trip.</summary>
/// <param name="Source">LEDGER, DEVICE, or COMPANY for what the company did beside the
/// ledger.</param>
/// <param name="Height">The block that holds it, or the newest one when it was heard.</param>
/// <param name="At">On the ledger clock: block time, or when it was heard.</param>
public sealed record TimelineEvent(string Source, long Height, string At)
{
    /// <summary>Place in the log, of a ledger event.</summary>
    public long? Index { get; init; }

    /// <summary>reservation, answer, session, cdr, acceptance, netting, payment.</summary>
    public string? Stage { get; init; }

    /// <summary>The entry's bytes in base64, of a ledger event.</summary>
    public string? Entry { get; init; }

    /// <summary>kind/id of the device that it is about.</summary>
    public string? Device { get; init; }

    /// <summary>What the device said it on, or node/… for the company's doing.</summary>
    public string? Topic { get; init; }

    /// <summary>When the device says that it said so, on its own clock.</summary>
    public string? DeviceTime { get; init; }

    /// <summary>What the device said, without the secrets of plugs.</summary>
    public JsonNode? Body { get; init; }
}
