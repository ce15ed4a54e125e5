using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Peers;
using Tomada.Primitives;

namespace Tomada.Spec.Tests;

/// <summary>Vectors of single records and of what is hashed or signed of them.</summary>
internal static class RecordVectors
{
    public static VectorFile Basics()
    {
        VectorFile file = new("basics", "Scalars, ids, money and time.");
        file.Record("digest", "Digest", Sample.Text("abc"));
        file.Record("key", "PublicKey", Signer.Identity(Sample.A).Public);
        file.Record("time", "Timestamp", Timestamp.Parse("2026-11-23T12:00:00.250Z"));
        file.Record("currency", "Currency", Currency.Brl);
        file.Record("money", "Money", new Money(1_234, Currency.Brl));
        file.Record("money owed", "Money", new Money(-4_730, Currency.Brl));
        file.Record("window", "TimeWindow", Sample.Window);
        file.Record("company", "CompanyId", Sample.A);
        file.Record("location", "LocationId", LocationId.Parse("br-bbb/posto-1"));
        file.Record("evse", "EvseId", Sample.Evse);
        file.Record("tariff", "TariffId", TariffId.Parse("br-bbb/dia"));
        file.Record("transaction", "TransactionId", Sample.TripTransaction.Id);
        file.Record("trip", "TripId", Sample.Trip);
        file.Record("leg", "LegId", Sample.Leg);
        file.Record("session", "SessionId", Sample.Session);
        return file;
    }

    public static VectorFile Membership()
    {
        VectorFile file = new("membership", "Members, rules, genesis and governance.");
        file.Record("rules", "Rules", Rules.Default);
        file.Record("clock", "ClockAnchor", Sample.Clock);
        foreach (SignedMember each in Sample.Founders)
        {
            CompanyId company = each.Member.Company;
            byte[] content = MemberRecord.Codec.Encode(each.Member);
            file.Record($"member {company}", "MemberRecord", each.Member);
            file.Record($"signed member {company}", "SignedMember", each);
            file.Tagged(
                $"signature of member {company}",
                "tomada/v1/member",
                [content],
                VectorFile.Signed(Signer.Identity(company), each.Signature));
        }

        byte[] draft = GenesisDraft.Codec.Encode(Sample.Draft);
        file.Record("draft", "GenesisDraft", Sample.Draft);
        file.Record("genesis", "Genesis", Sample.Genesis);
        file.Tagged(
            "network id", "tomada/v1/genesis", [draft], VectorFile.Hashed(Sample.Network));
        foreach ((SignedMember founder, byte[] signature)
            in Sample.Founders.Zip(Sample.Genesis.Signatures))
        {
            file.Tagged(
                $"founder's signature {founder.Member.Company}",
                "tomada/v1/genesis",
                [draft],
                VectorFile.Signed(Signer.Identity(founder.Member.Company), signature));
        }

        file.Add("genesis as a whole", "genesis", new JsonObject
        {
            ["hex"] = VectorFile.Hex(Genesis.Codec.Encode(Sample.Genesis)),
            ["network"] = Sample.Network.ToString(),
        });
        Governance governance = GovernanceOfSample();
        file.Record("governance", "Governance", governance);
        file.Tagged(
            "governance root",
            "tomada/v1/governance",
            [Governance.Codec.Encode(governance)],
            VectorFile.Hashed(governance.Root()));
        return file;
    }

    public static Governance GovernanceOfSample() => Governance.Of(
        Sample.Founders.ToImmutableSortedDictionary(
            each => each.Member.Company, each => each.Member));

    public static VectorFile Station()
    {
        Signer station = Signer.Station(Sample.Evse);
        VectorFile file = new("stations", "Tariff hash, secret hash, and what a station signs.");
        file.Record("tariff", "Tariff", Sample.Tariff);
        file.Tagged(
            "tariff hash",
            "tomada/v1/tariff",
            [Tariff.Codec.Encode(Sample.Tariff)],
            VectorFile.Hashed(Sample.Tariff.Hash()));
        file.Record("tariff in OCPI's full form", "OcpiTariff", Sample.OcpiTariff);
        file.Tagged(
            "tariff in OCPI's full form hash",
            "tomada/v1/tariff",
            [OcpiTariff.Codec.Encode(Sample.OcpiTariff)],
            VectorFile.Hashed(Sample.OcpiTariff.Hash()));
        file.Tagged(
            "secret hash",
            "tomada/v1/secret",
            [Sample.Secret],
            VectorFile.Hashed(LegRequest.HashSecret(Sample.Secret)));
        file.Record("leg break", "LegBreak", Bodies.Break);
        file.Record("session start", "SessionStart", Sample.SessionStart);
        file.Record("meter reading", "MeterReading", Sample.Meter);
        file.Record("session end", "SessionEnd", Sample.SessionEnd);
        (string Name, string Tag, byte[] Content, byte[] Message)[] signed =
        [
            ("leg break", "tomada/v1/leg-break",
                LegBreak.Codec.Encode(Bodies.Break),
                Bodies.Break.SignedMessage(Sample.Network)),
            ("session start", "tomada/v1/session-start",
                SessionStart.Codec.Encode(Sample.SessionStart),
                Sample.SessionStart.SignedMessage(Sample.Network)),
            ("meter reading", "tomada/v1/meter",
                MeterReading.Codec.Encode(Sample.Meter),
                Sample.Meter.SignedMessage(Sample.Network)),
            ("session end", "tomada/v1/session-end",
                SessionEnd.Codec.Encode(Sample.SessionEnd),
                Sample.SessionEnd.SignedMessage(Sample.Network)),
        ];
        foreach ((string name, string tag, byte[] content, byte[] message) in signed)
        {
            file.Tagged(
                $"signature of {name}",
                tag,
                [Sample.Network.ToArray(), content],
                VectorFile.Signed(station, station.Sign(message)));
        }

        return file;
    }

    public static VectorFile Keys()
    {
        VectorFile file = new(
            "keys", "The keys of all vectors: seed = SHA-256(\"tomada vector key \" ‖ name).");
        foreach (Signer each in Signer.All)
        {
            file.Add(each.Name, "key", new JsonObject
            {
                ["seed"] = each.Seed.ToString(),
                ["publicKey"] = each.Public.ToString(),
            });
        }

        return file;
    }

    /// <summary>The invitation that the vectors' announcements prove.</summary>
    public static Invitation Invitation() =>
        new(new NetworkConfig("Vectors", "a shared code", null, 3, true));
}
