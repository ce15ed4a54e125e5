using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Spec.Tests;

/// <summary>
/// A key for the vectors, from a seed that anybody can make again: SHA-256 of "tomada vector key ",
/// and the name. Ed25519 signatures have no randomness (RFC 8032), so vectors are stable.
/// </summary>
internal sealed class Signer : IDisposable
{
    private static readonly SortedDictionary<string, Signer> s_all = new(StringComparer.Ordinal);

    private readonly Ed25519Key _key;

    private Signer(string name)
    {
        Name = name;
        Seed = Digest.Of(System.Text.Encoding.ASCII.GetBytes($"tomada vector key {name}"));
        _key = new Ed25519Key(Seed.ToArray());
    }

    public string Name { get; }

    public Digest Seed { get; }

    public PublicKey Public => _key.Public;

    public static IEnumerable<Signer> All => s_all.Values;

    public static Signer Identity(CompanyId company) => Of($"identity {company}");

    public static Signer Voting(CompanyId company) => Of($"voting {company}");

    public static Signer Station(EvseId evse) => Of($"station {evse}");

    public byte[] Sign(ReadOnlySpan<byte> message) => _key.Sign(message);

    public void Dispose() => _key.Dispose();

    private static Signer Of(string name)
    {
        if (!s_all.TryGetValue(name, out Signer? signer))
        {
            signer = new Signer(name);
            s_all.Add(name, signer);
        }

        return signer;
    }
}
