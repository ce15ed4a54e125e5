using System.Collections.Immutable;
using System.Text.Json;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>
/// The confirmed reservations of one EVSE on disk: a station that starts again while its company
/// is away still knows whom to let charge. Holds are not kept: they end by themselves.
/// </summary>
internal sealed class ReservationFile(string folder, EvseId evse)
{
    private readonly string _path = Path.Combine(folder, $"reservations-{evse.Name}.jsonl");

    /// <summary>What was kept last. A line that cannot be read is none: the company says all of
    /// them again after the next boot.</summary>
    public ImmutableArray<ReserveCommand> Load() => File.Exists(_path)
        ? [.. File.ReadLines(_path).Select(TryParse).OfType<ReserveCommand>()]
        : [];

    /// <summary>Replaces what was kept, at once or not at all.</summary>
    public void Save(IEnumerable<Reservation> confirmed) => DurableFile.Write(
        _path, string.Concat(confirmed.Select(each => Line(each) + "\n")));

    private string Line(Reservation each) => JsonSerializer.Serialize(
        new ReserveCommand(
            each.Leg, evse, each.Window, each.LeadMs, each.SecretHash!.Value, each.EnergyWh),
        ReserveCommand.Json);

    private static ReserveCommand? TryParse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ReserveCommand.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
