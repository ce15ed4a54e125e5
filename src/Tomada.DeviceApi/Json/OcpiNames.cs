using Tomada.Primitives.Encoding;

namespace Tomada.DeviceApi.Json;

/// <summary>
/// The values of an enum as they are spelled, without the one that means unknown.
/// </summary>
internal static class OcpiNames
{
    public static IEnumerable<string> Of(Type type) => Enum.GetNames(type)
        .Where(name => Convert.ToInt32(
            Enum.Parse(type, name), System.Globalization.CultureInfo.InvariantCulture) != 0)
        .Select(EnumNames.UpperSnake);
}
