using System.Net;
using System.Text.Json.Nodes;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Peers;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Spec.Tests;

/// <summary>What nodes say to each other: discovery, handshake, founding, messages.</summary>
internal static class PeerVectors
{
    private static readonly Invitation s_invitation = RecordVectors.Invitation();

    public static VectorFile File(Chain chain)
    {
        VectorFile file = new("peers", "Discovery, handshake, founding and messages of peers.");
        AddInvitation(file);
        AddAnnouncement(file);
        AddHandshake(file);
        AddFounding(file);
        Evidence guilt = Records.Guilt.Evidence;
        PeerMessage[] messages =
        [
            new PeerMessage.Voting(ChainVectors.Messages(chain).Last()),
            new PeerMessage.Gossip([Sample.TripTransaction.Bytes.ToArray()]),
            new PeerMessage.BlockRequest(1),
            new PeerMessage.BlockAnswer(
                [new(Block.Codec.Encode(chain.First.Block), chain.FirstCertificate, null)]),
            new PeerMessage.HeldVotes([guilt.First, guilt.Second]),
            new PeerMessage.GuiltFound(guilt),
            new PeerMessage.NewestVoteAsked(),
            new PeerMessage.NewestVote(2, new ShownVote(guilt.Members, guilt.First)),
            new PeerMessage.Cosigned(
                false,
                [
                    HeadCosignature.Sign(
                        new Checkpoint(
                            Checkpoint.OriginOf(Sample.Network), 6, Sample.Text("a root")),
                        Sample.A,
                        1_795_435_200,
                        Signer.Identity(Sample.A).Sign),
                ]),
            new PeerMessage.HeadsAsked(),
            new PeerMessage.OutlookSaid(OutlookWord.Sign(
                Sample.Network, Outlook(), Signer.Identity(Sample.A).Sign)),
            new PeerMessage.OutlookAsked([new EvseId(Sample.A, "plaza-1")]),
        ];
        foreach (PeerMessage each in messages)
        {
            file.Record($"message {each.GetType().Name}", "PeerMessage", each);
        }

        file.Record("an outlook", "OutlookContent", Outlook());
        AddSigned(
            file,
            "outlook",
            "tomada/v1/outlook",
            [Sample.Network.ToArray(), OutlookContent.Codec.Encode(Outlook())],
            Sample.A,
            isProven: false);
        AddSync(file, chain);
        file.Record("head of a snapshot", "SnapshotHead", Head(chain));
        return file;
    }

    /// <summary>The second and the ninth slot are taken.</summary>
    private static OutlookContent Outlook()
    {
        SlotGrid slots = SlotGrid.At(Sample.Start, 300_000);
        return new OutlookContent(
            Sample.Start, 90_000, slots.From, slots.SlotMs,
            [
                EvseOutlook.Of(
                    new EvseId(Sample.A, "plaza-1"), EvseCondition.Working, slots,
                    [slots[1], slots[8]]),
            ]);
    }

    private static void AddSync(VectorFile file, Chain chain)
    {
        ConsensusMessage.Decided block =
            new(Block.Codec.Encode(chain.First.Block), chain.FirstCertificate, null);
        SyncMessage[] messages =
        [
            new SyncMessage.SnapshotAsked(),
            new SyncMessage.SnapshotOffered(Head(chain), block),
            new SyncMessage.SealsAsked(1, 1),
            new SyncMessage.Seals(
            [
                new SealLink(chain.First.Block.Entries[^1], BlockProof.Of(block), null),
            ]),
            new SyncMessage.PartAsked(1, 0),
            new SyncMessage.Part(1, 0, StatePart.Codec.Encode(StateVectors.SnapshotPart)),
        ];
        foreach (SyncMessage each in messages)
        {
            file.Record($"sync {each.GetType().Name}", "SyncMessage", each);
        }

        PeerMessage asked = new PeerMessage.Syncing(messages[0]);
        file.Record("message Syncing", "PeerMessage", asked);
    }

    /// <summary>The head of a snapshot of the state after block 1.</summary>
    private static SnapshotHead Head(Chain chain) => new(
        1,
        chain.First.Digest,
        1,
        StatePart.RowsOf(chain.First.After),
        new LeaderTerm(Sample.A, Sample.Start),
        Governance.Of(chain.First.After.Members));

    private static void AddInvitation(VectorFile file)
    {
        byte[] name = Sample.Text("Vectors").ToArray();
        byte[] code = Sample.Text("a shared code").ToArray();
        Digest key = InvitationHash.Of("Vectors", "a shared code").Hash;
        file.Tagged(
            "invitation key", "tomada/v1/invitation", [name, code], VectorFile.Hashed(key));
        file.Tagged(
            "network tag",
            "tomada/v1/network-tag",
            [key.ToArray()],
            VectorFile.Hashed(s_invitation.Tag));
    }

    private static void AddAnnouncement(VectorFile file)
    {
        Announcement announcement = new(
            s_invitation.Tag,
            Sample.Founders[0],
            new IPEndPoint(IPAddress.Loopback, 8443),
            Sample.Start);
        byte[] content = Announcement.Codec.Encode(announcement);
        file.Record("announcement", "Announcement", announcement);
        AddSigned(
            file, "announcement", "tomada/v1/announcement", [content], Sample.A, isProven: true);
        file.Add("datagram", "cbor", new JsonObject
        {
            ["hex"] = VectorFile.Hex(
                announcement.Seal(Signer.Identity(Sample.A).Sign, s_invitation)),
        });
    }

    private static void AddHandshake(VectorFile file)
    {
        Hello dialer = HelloOf(0);
        Hello listener = HelloOf(1);
        Handshake side = new(dialer, isDialer: true, s_invitation, _ => null);
        file.Record("dialer's hello", "HandshakeMessage", (HandshakeMessage)dialer);
        file.Record("dialer's hello alone", "Hello", dialer);
        file.Record("listener's hello alone", "Hello", listener);
        file.Record(
            "dialer's proof",
            "HandshakeMessage",
            (HandshakeMessage)side.Prove(listener, Signer.Identity(Sample.A).Sign));
        file.Record("refusal", "HandshakeMessage", (HandshakeMessage)new Refused(PeerRefusal.Tag));
        byte[] first = Digest.Of(Hello.Codec.Encode(dialer)).ToArray();
        byte[] second = Digest.Of(Hello.Codec.Encode(listener)).ToArray();
        AddSigned(
            file, "dialer", "tomada/v1/peer-handshake", [[1], first, second], Sample.A, true);
        AddSigned(
            file, "listener", "tomada/v1/peer-handshake", [[2], first, second], Sample.B, true);
    }

    private static void AddFounding(VectorFile file)
    {
        byte[] network = Sample.Network.ToArray();
        byte[] signature = Signer.Identity(Sample.A).Sign(Sample.Draft.SignedMessage());
        byte[] abandoned =
            Signer.Identity(Sample.A).Sign(DraftAbandoned.SignedMessage(Sample.Network));
        byte[] held = Signer.Identity(Sample.A).Sign(GenesisHeld.SignedMessage(Sample.Network));
        FoundingMessage[] messages =
        [
            new DraftSigned(Sample.Draft, Sample.A, signature),
            new DraftAbandoned(Sample.Network, Sample.A, abandoned, true),
            new GenesisHeld(Sample.Genesis, Sample.A, held),
            new FoundingBusy(Sample.Network),
            new FoundingAsked(),
        ];
        foreach (FoundingMessage each in messages)
        {
            file.Record($"founding {each.GetType().Name}", "FoundingMessage", each);
        }

        AddSigned(
            file, "abandoning", "tomada/v1/founding-abandon", [network], Sample.A, false);
        AddSigned(file, "holding", "tomada/v1/founding-hold", [network], Sample.A, false);
    }

    private static Hello HelloOf(int founder) => new(
        Hello.CurrentVersion,
        s_invitation.Tag,
        null,
        Sample.Founders[founder],
        Sample.Text($"nonce {founder}"));

    private static void AddSigned(
        VectorFile file, string what, string tag, byte[][] parts, CompanyId company, bool isProven)
    {
        byte[] message = Signing.Message(tag, parts);
        Signer signer = Signer.Identity(company);
        JsonObject made = VectorFile.Signed(signer, signer.Sign(message));
        if (isProven)
        {
            made["hmacKey"] = InvitationHash.Of("Vectors", "a shared code").Hash.ToString();
            made["hmac"] = s_invitation.Prove(message).ToString();
        }

        file.Tagged($"signature of {what}", tag, parts, made);
    }
}
