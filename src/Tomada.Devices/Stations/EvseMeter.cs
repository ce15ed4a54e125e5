using System.Globalization;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>The meter of one EVSE: it only counts up, over every restart.</summary>
internal sealed class EvseMeter(string folder, EvseId evse)
{
    private readonly string _path = Path.Combine(folder, $"meter-{evse.Name}");

    /// <summary>The reading, in Wh; 0 when nothing ever flowed.</summary>
    public long Read() => File.Exists(_path)
        && long.TryParse(File.ReadAllText(_path), CultureInfo.InvariantCulture, out long wh)
        ? wh
        : 0;

    public void Write(long wh) =>
        DurableFile.Write(_path, wh.ToString(CultureInfo.InvariantCulture));
}
