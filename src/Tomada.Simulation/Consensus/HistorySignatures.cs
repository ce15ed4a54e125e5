using System.Buffers.Binary;
using NSec.Cryptography;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>The keys of a history, and how its votes are signed and checked.</summary>
internal abstract class HistorySignatures
{
    /// <summary>Checks a signature.</summary>
    public abstract VerifySignature Verify { get; }

    /// <summary>The key of a member by number; 0 to 65,535.</summary>
    public abstract Primitives.PublicKey KeyOf(int number);

    /// <summary>Signs as that member.</summary>
    public abstract SignMessage SignerOf(int number);

    /// <summary>Fast and insecure.</summary>
    public sealed class StandIn : HistorySignatures
    {
        public override VerifySignature Verify => StandInSignatures.Verify;

        public override Primitives.PublicKey KeyOf(int number) => StandInSignatures.KeyOf(number);

        public override SignMessage SignerOf(int number) =>
            StandInSignatures.SignerOf(StandInSignatures.KeyOf(number));
    }

    /// <summary>
    /// Ed25519 by libsodium. What was verified once is remembered: a history checks the same vote
    /// in many certificates.
    /// </summary>
    public sealed class Real : HistorySignatures
    {
        private static readonly SignatureAlgorithm s_algorithm = SignatureAlgorithm.Ed25519;
        private readonly Dictionary<Digest, bool> _verified = [];

        public override VerifySignature Verify => VerifyOnce;

        public override Primitives.PublicKey KeyOf(int number)
        {
            using Key key = Import(number);
            return new Primitives.PublicKey(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
        }

        public override SignMessage SignerOf(int number) => message =>
        {
            using Key key = Import(number);
            return s_algorithm.Sign(key, message);
        };

        private static Key Import(int number)
        {
            byte[] seed = new byte[Digest.Size];
            BinaryPrimitives.WriteInt32BigEndian(seed, number + 1);
            return Key.Import(s_algorithm, seed, KeyBlobFormat.RawPrivateKey);
        }

        private bool VerifyOnce(
            Primitives.PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        {
            Digest id = Digest.Of([.. key.ToArray(), .. signature, .. message]);
            if (!_verified.TryGetValue(id, out bool isValid))
            {
                isValid = NSec.Cryptography.PublicKey.TryImport(
                        s_algorithm, key.ToArray(), KeyBlobFormat.RawPublicKey, out var imported)
                    && imported is not null
                    && s_algorithm.Verify(imported, message, signature);
                _verified[id] = isValid;
            }

            return isValid;
        }
    }
}
