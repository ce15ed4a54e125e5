using Tomada.Primitives;
using Tomada.Simulation.Consensus;

namespace Tomada.Spec.Tests;

/// <summary>Signs the samples where nobody looks at signatures.</summary>
internal sealed class Signer
{
    private Signer(string name) =>
        Public = new PublicKey(Digest.Of(System.Text.Encoding.UTF8.GetBytes(name)));

    public PublicKey Public { get; }

    public static Signer Identity(CompanyId company) => new($"identity {company}");

    public static Signer Voting(CompanyId company) => new($"voting {company}");

    public static Signer Station(EvseId evse) => new($"station {evse}");

    public byte[] Sign(ReadOnlySpan<byte> message) =>
        StandInSignatures.SignerOf(Public)(message);
}
