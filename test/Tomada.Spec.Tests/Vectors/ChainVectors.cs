using System.Text.Json.Nodes;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Spec.Tests;

/// <summary>Blocks, votes and what proves them, and the public log's signed head.</summary>
internal static class ChainVectors
{
    public static VectorFile Blocks(Chain chain)
    {
        VectorFile file = new("blocks", "Two blocks on the genesis of membership.json.");
        (string Name, AppliedBlock Block)[] blocks =
            [("block 1", chain.First), ("block 2", chain.Second)];
        foreach ((string name, AppliedBlock each) in blocks)
        {
            file.Record($"{name} as a record", "Block", each.Block);
            file.Add(name, "block", new JsonObject
            {
                ["hex"] = VectorFile.Hex(Block.Codec.Encode(each.Block)),
                ["leafHashes"] = new JsonArray([.. each.Block.Entries.Select(
                    entry => JsonValue.Create(MerkleTree.LeafHash(entry).ToString()))]),
                ["transactionRoot"] = each.Seal.TransactionRoot.ToString(),
                ["seal"] = VectorFile.Hex(each.Block.Entries[^1]),
                ["digest"] = each.Digest.ToString(),
                ["governance"] = each.Seal.GovernanceRoot.ToString(),
            });
        }

        return file;
    }

    public static VectorFile Votes(Chain chain)
    {
        VectorFile file = new("votes", "Votes of the blocks in blocks.json, and certificates.");
        Digest second = chain.Second.Digest;
        VoteContent[] votes =
        [
            new(VoteType.Propose, 2, 0, second),
            new(VoteType.Endorse, 2, 0, second),
            new(VoteType.Accept, 2, 0, second),
            new(VoteType.Promise, 2, 1, second, 0),
            new(VoteType.Promise, 2, 1, Digest.Zero),
        ];
        foreach (VoteContent vote in votes)
        {
            bool isFree = vote.Type == VoteType.Promise && vote.Digest == Digest.Zero;
            string name = isFree ? $"{vote.Type} unlocked" : $"{vote.Type}";
            file.Add(name, "vote", Vote(chain, vote));
        }

        file.Record("decision certificate of block 1", "Certificate", chain.FirstCertificate);
        file.Record("endorsement certificate of block 2", "Certificate", chain.Endorsed);
        file.Record("justification", "Justification", chain.Justification);
        foreach (Certificate each in (Certificate[])[chain.FirstCertificate, chain.Endorsed])
        {
            file.Add($"signatures of {each.Type} certificate", "certificate", new JsonObject
            {
                ["hex"] = VectorFile.Hex(Certificate.Codec.Encode(each)),
                ["network"] = Sample.Network.ToString(),
                ["governance"] = chain.Members.Hash.ToString(),
            });
        }

        file.Add("signatures of justification", "justification", new JsonObject
        {
            ["hex"] = VectorFile.Hex(Justification.Codec.Encode(chain.Justification)),
            ["network"] = Sample.Network.ToString(),
            ["governance"] = chain.Members.Hash.ToString(),
        });
        foreach (ConsensusMessage each in Messages(chain))
        {
            file.Record($"message {each.GetType().Name}", "ConsensusMessage", each);
        }

        file.Record("proof of block 1", "BlockProof", new BlockProof(chain.FirstCertificate, null));
        AddEvidence(file, chain);
        return file;
    }

    private static void AddEvidence(VectorFile file, Chain chain)
    {
        Evidence hidden = Evidence.Of(
            Sample.Network,
            chain.Members.Hash,
            Signed(chain, Sample.B, new(VoteType.Accept, 2, 0, chain.Second.Digest)),
            Signed(chain, Sample.B, new(VoteType.Promise, 2, 1, Digest.Zero)))!;
        file.Record("a signed vote", "SignedVote", hidden.First);
        file.Record("evidence of a hidden lock", "Evidence", hidden);
        file.Record("kept votes", "HeardVotes", new HeardVotes(
            [new HeardHeight(2, hidden.Members, [hidden.First, hidden.Second])]));
        file.Record("evidence of two endorsements", "Evidence", Records.Guilt.Evidence);
        file.Record("evidence of two heads", "TwoHeads", Records.Heads);
    }

    private static SignedVote Signed(Chain chain, CompanyId signer, VoteContent content) =>
        SignedVote.Of(content, signer, chain.Sign(signer, content));

    public static IEnumerable<ConsensusMessage> Messages(Chain chain)
    {
        Digest digest = chain.Second.Digest;
        byte[] value = Block.Codec.Encode(chain.Second.Block);
        CompanyId b = Sample.B;
        return
        [
            new ConsensusMessage.Propose(
                2, 1, value, b, chain.Sign(b, new(VoteType.Propose, 2, 1, digest)),
                chain.Justification),
            new ConsensusMessage.Endorse(
                2, 1, digest, b, chain.Sign(b, new(VoteType.Endorse, 2, 1, digest))),
            new ConsensusMessage.Accept(
                2, 1, digest, b, chain.Sign(b, new(VoteType.Accept, 2, 1, digest))),
            new ConsensusMessage.Promise(
                2, 1, Sample.A, chain.Sign(Sample.A, new(VoteType.Promise, 2, 1, digest, 0)),
                new Consensus.Lock(value, chain.Endorsed)),
            new ConsensusMessage.Decided(
                Block.Codec.Encode(chain.First.Block), chain.FirstCertificate, null),
            new ConsensusMessage.Tip(3),
        ];
    }

    /// <summary>The head of the log of both blocks, signed by A as the log and cosigned.</summary>
    public static VectorFile Notes(Chain chain)
    {
        VectorFile file = new("checkpoint", "The signed head of the log of blocks.json.");
        Digest[] leaves = [.. chain.First.Block.Entries.Concat(chain.Second.Block.Entries)
            .Select(each => MerkleTree.LeafHash(each))];
        string origin = Checkpoint.OriginOf(Sample.Network);
        Checkpoint checkpoint = new(origin, leaves.Length, MerkleTree.Root(leaves));
        string text = checkpoint.ToText();
        NoteKey log = NoteKey.OfLog(origin, Signer.Identity(Sample.A).Public);
        NoteKey cosigner = NoteKey.OfCompany(origin, Sample.B, Signer.Identity(Sample.B).Public);
        long time = Sample.Start.UnixMs / 1_000;
        SignedNote note = new(
            text,
            [
                log.Sign(text, 0, Signer.Identity(Sample.A).Sign),
                cosigner.Sign(text, time, Signer.Identity(Sample.B).Sign),
            ]);
        file.Add("checkpoint", "note", new JsonObject
        {
            ["origin"] = origin,
            ["size"] = checkpoint.Size,
            ["root"] = checkpoint.Root.ToString(),
            ["text"] = text,
            ["keys"] = new JsonArray(log.ToString(), cosigner.ToString()),
            ["cosignedAt"] = time,
            ["note"] = System.Text.Encoding.UTF8.GetString(note.Encode()),
        });
        return file;
    }

    private static JsonObject Vote(Chain chain, VoteContent vote) => new()
    {
        ["type"] = (int)vote.Type,
        ["height"] = vote.Height,
        ["ballot"] = vote.Ballot,
        ["lockedBallot"] = vote.LockedBallot,
        ["network"] = Sample.Network.ToString(),
        ["governance"] = chain.Members.Hash.ToString(),
        ["digest"] = vote.Digest.ToString(),
        ["message"] = VectorFile.Hex(vote.SignedBytes(Sample.Network, chain.Members.Hash)),
        ["signer"] = Signer.Voting(Sample.A).Name,
        ["signature"] = VectorFile.Hex(chain.Sign(Sample.A, vote)),
    };
}
