namespace Tomada.DeviceApi;

/// <summary>Checks that name the field, its value and what is allowed.</summary>
internal static class Ranges
{
    public static string? Long(string field, long value, long min, long max) =>
        value >= min && value <= max ? null : $"{field}: {value}; allowed is {min} to {max}";

    public static string? Count(string field, int count, int min, int max) =>
        count >= min
            && count <= max ? null : $"{field}: {count} of them; allowed are {min} to {max}";

    public static string? Text(string field, string? text) =>
        text is null || text.Length is >= 1 and <= DeviceLimits.TextMax
            ? null
            : $"{field}: {text.Length} characters; allowed are 1 to {DeviceLimits.TextMax}";
}
