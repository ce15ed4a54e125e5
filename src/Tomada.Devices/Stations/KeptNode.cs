using System.Globalization;
using System.Text.Json;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>
/// What the node last said of its network and clock, on disk: a station that starts again while
/// its company is away signs for the right network, by the right time.
/// </summary>
internal sealed class KeptNode(string folder)
{
    private readonly string _path = Path.Combine(folder, "node.jsonl");
    private Said? _kept;

    /// <summary>Null when nothing was kept, or nothing that can be read.</summary>
    public Said? Load()
    {
        string[] lines = File.Exists(_path) ? File.ReadAllLines(_path) : [];
        if (lines.Length == 2 && long.TryParse(
            lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out long saidAtMs))
        {
            _kept = TryParse(lines[1]) is { } node ? new(node, new Timestamp(saidAtMs)) : null;
        }

        return _kept;
    }

    /// <summary>Keeps what was said, unless what is kept tells the same.</summary>
    public void Keep(NodeBody node, Timestamp saidAt)
    {
        if (_kept is { } kept && TellsTheSame(kept, node, saidAt))
        {
            return;
        }

        string said = JsonSerializer.Serialize(node, NodeBody.Json);
        DurableFile.Write(
            _path, string.Create(CultureInfo.InvariantCulture, $"{saidAt.UnixMs}\n{said}\n"));
        _kept = new(node, saidAt);
    }

    private static bool TellsTheSame(Said kept, NodeBody node, Timestamp saidAt)
    {
        long toldMs = kept.Node.Now.UnixMs
            + ((saidAt.UnixMs - kept.SaidAt.UnixMs) * kept.Node.Factor);
        return kept.Node.Network == node.Network && kept.Node.Factor == node.Factor
            && Math.Abs(toldMs - node.Now.UnixMs)
                <= ClientLimits.KeptClockOffMax.TotalMilliseconds * node.Factor;
    }

    private static NodeBody? TryParse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, NodeBody.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What a node said.</summary>
    /// <param name="Node">Its words.</param>
    /// <param name="SaidAt">Its wall clock then.</param>
    public sealed record Said(NodeBody Node, Timestamp SaidAt);
}
