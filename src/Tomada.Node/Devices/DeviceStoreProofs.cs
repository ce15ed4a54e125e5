using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Tomada.Node.Storage;

namespace Tomada.Node.Devices;

/// <summary>What proves a device's identity beside a secret, as it is kept.</summary>
/// <param name="Device">kind/id.</param>
/// <param name="Kind">Of what.</param>
/// <param name="Proof">A token's HMAC, or a certificate's SHA-256.</param>
/// <param name="UntilMs">Of a token: good until then; 0 without end.</param>
public sealed record KeptProof(string Device, CredentialKind Kind, byte[] Proof, long UntilMs);

/// <content>Certificates and tokens.</content>
public sealed partial class DeviceStore
{
    private const string Proofs = "device_proofs";
    private const string ProofTopic = "node/proof/";
    private const int ProofHeader = 8;
    private const string ProofColumns =
        "SELECT device, kind, until_ms, proof, sha256 FROM device_proofs ORDER BY device, kind";

    public void PutProof(KeptProof kept) => Happen(LoggedOf(kept));

    public void RemoveProof(string device, CredentialKind kind) =>
        Happen(new LoggedMessage(device, TopicOf(kind), []));

    public IReadOnlyList<KeptProof> ReadProofs() => _store.Read(
        connection => connection.Select(ProofColumns, ReadProof));

    private static LoggedMessage LoggedOf(KeptProof kept)
    {
        byte[] bytes = new byte[ProofHeader + kept.Proof.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, kept.UntilMs);
        kept.Proof.CopyTo(bytes, ProofHeader);
        return new LoggedMessage(kept.Device, TopicOf(kept.Kind), bytes);
    }

    private static string TopicOf(CredentialKind kind) =>
        ProofTopic + ((int)kind).ToString(CultureInfo.InvariantCulture);

    private static void ApplyProof(SqliteConnection connection, LoggedMessage message)
    {
        long kind = long.Parse(
            message.Topic[ProofTopic.Length..], CultureInfo.InvariantCulture);
        connection.Execute(
            "DELETE FROM device_proofs WHERE device = ?1 AND kind = ?2", message.Device, kind);
        if (message.Payload.Length > ProofHeader)
        {
            KeptProof kept = new(
                message.Device, (CredentialKind)kind, message.Payload[ProofHeader..],
                BinaryPrimitives.ReadInt64BigEndian(message.Payload));
            connection.Execute(
                "INSERT INTO device_proofs VALUES (?1, ?2, ?3, ?4, ?5)",
                kept.Device, kind, kept.UntilMs, kept.Proof,
                RowHash.Of(Proofs, ProofKey(kept), kept.Proof));
        }
    }

    private static string ProofKey(KeptProof kept) => string.Create(
        CultureInfo.InvariantCulture, $"{kept.Device} {(int)kept.Kind} {kept.UntilMs}");

    private static KeptProof ReadProof(SqliteDataReader row)
    {
        KeptProof kept = new(
            row.GetString(0), (CredentialKind)row.GetInt64(1), row.Blob(3), row.GetInt64(2));
        RowHash.Check(Proofs, ProofKey(kept), kept.Proof, row.Blob(4));
        return kept;
    }
}
