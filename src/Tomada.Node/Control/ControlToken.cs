using System.Security.Cryptography;
using System.Text;
using Tomada.Node.Configuration;

namespace Tomada.Node;

/// <summary>
/// What the company's own operator shows to the control API: 32 random bytes in a file of the data
/// directory that only its owner can read.
/// </summary>
public static class ControlToken
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "control.token";

    private const int Bytes = 32;

    /// <summary>Reads the token, or makes one.</summary>
    public static string LoadOrCreate(string dataDirectory)
    {
        string path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            SafeFile.Replace(
                path, Encoding.ASCII.GetBytes(
                    Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes))));
        }

        return File.ReadAllText(path).Trim();
    }

    /// <summary>Compares in constant time.</summary>
    public static bool Matches(string token, string? header) =>
        header is not null && header.StartsWith("Bearer ", StringComparison.Ordinal)
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(header["Bearer ".Length..]), Encoding.UTF8.GetBytes(token));
}
