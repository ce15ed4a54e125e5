using System.Security.Cryptography;
using NSec.Cryptography;
using PublicKey = Tomada.Primitives.PublicKey;

namespace Tomada.Devices;

/// <summary>
/// A station's Ed25519 key, kept in its folder; the ledger knows its public half by EVSE.
/// </summary>
public sealed class StationKey : IDisposable
{
    private const string FileName = "station.key";
    private readonly Key _key;

    private StationKey(byte[] seed)
    {
        _key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        Public = new PublicKey(_key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }

    public PublicKey Public { get; }

    /// <summary>
    /// Reads the key of the folder, or makes one; the file is readable by its owner only.
    /// </summary>
    public static StationKey LoadOrCreate(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            FileStreamOptions options = new()
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
            };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using FileStream file = new(path, options);
            file.Write(RandomNumberGenerator.GetBytes(PublicKey.Size));
            file.Flush(flushToDisk: true);
        }

        return new StationKey(File.ReadAllBytes(path));
    }

    public byte[] Sign(byte[] message) => SignatureAlgorithm.Ed25519.Sign(_key, message);

    public void Dispose() => _key.Dispose();
}
