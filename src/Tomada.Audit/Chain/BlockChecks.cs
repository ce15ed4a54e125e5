using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Audit;

/// <summary>
/// The signatures of a block: each transaction's, and the quorum behind the block before, as the
/// seal holds it or, above ballot 0 and at the tip, as the mirror does.
/// </summary>
/// <param name="mirror">Where certificates are.</param>
/// <param name="network">The network id.</param>
/// <param name="verifyTransaction">Checks a transaction's signature.</param>
/// <param name="verifyVote">Checks a vote's.</param>
/// <param name="queue">Takes the checks.</param>
internal sealed class BlockChecks(
    MirrorFolder mirror,
    Digest network,
    VerifySignature verifyTransaction,
    VerifySignature verifyVote,
    CheckQueue queue)
{
    private readonly VoteVerifier _votes = new(network, verifyVote);
    private LogBlock? _before;

    /// <summary>Transactions seen.</summary>
    public long Transactions { get; private set; }

    /// <summary>Hands the checks of a block to the queue.</summary>
    /// <param name="block">The block.</param>
    /// <param name="trail">Who the members are before it.</param>
    public void Add(LogBlock block, MembershipTrail trail)
    {
        for (int i = 0; i < block.Transactions.Length; i++)
        {
            if (block.Transactions[i] is { } transaction)
            {
                Transactions++;
                AddTransaction(
                    transaction, trail.SignerOf(transaction.Content), block.Seal.Height,
                    block.FirstIndex + i);
            }
        }

        if (_before is { } before)
        {
            AddCertificate(before, block);
        }
        else if (block.Seal.Certificate is not null)
        {
            queue.Add(() => Of(block, "the first block follows none: its seal has a certificate"));
        }

        _before = block;
    }

    /// <summary>The newest block, which no seal follows.</summary>
    public void AddTip()
    {
        if (_before is { } tip)
        {
            queue.Add(() => CheckFile(tip));
        }
    }

    private static Finding Of(LogBlock block, string what) => new(
        FindingClass.Certificate, what, "I13", block.Seal.Height,
        block.FirstIndex + block.Block.Entries.Length - 1);

    private void AddTransaction(
        SignedTransaction transaction, MemberRecord? signer, long height, long index) =>
        queue.Add(() =>
        {
            CompanyId company = transaction.Content.Company;
            string? wrong =
                transaction.Content.Network != network ? "it is of another network"
                : signer is null ? $"{company} is not a member, and never was one"
                : transaction.IsSignedBy(signer.IdentityKey, verifyTransaction) ? null
                : $"not signed by {company}'s identity key";
            return wrong is null
                ? null
                : new Finding(FindingClass.Signature, wrong, "I11", height, index);
        });

    private void AddCertificate(LogBlock before, LogBlock block) => queue.Add(() =>
    {
        if (block.Seal.Certificate is not { } bytes)
        {
            return Of(before, $"the seal of block {block.Seal.Height} has no certificate of it");
        }

        if (!Certificate.Codec.TryDecode(bytes, out Certificate? certificate, out string? why))
        {
            return Of(before, $"its certificate in the next seal: {why}");
        }

        if (certificate.Height != before.Seal.Height || certificate.Digest != before.Digest
            || !certificate.IsValid(before.Members, _votes, VoteType.Accept))
        {
            return Of(
                before,
                $"its certificate in the next seal is not {before.Members.Q} votes of its "
                    + $"{before.Members.N} members for it");
        }

        return certificate.Ballot == 0 ? null : CheckFile(before);
    });

    private Finding? CheckFile(LogBlock block)
    {
        string file = mirror.CertificateFile(block.Seal.Height);
        if (MirrorFolder.TryRead(file) is not { } bytes)
        {
            return new Finding(
                FindingClass.Missing,
                $"{file} is not there: the certificate with its justification",
                "I13",
                block.Seal.Height);
        }

        if (!BlockProof.Codec.TryDecode(bytes, out BlockProof? proof, out string? why))
        {
            return new Finding(
                FindingClass.Encoding, $"{file}: {why}", "I13", block.Seal.Height);
        }

        return proof.Proves(block.Digest, block.Seal.Height, block.Members, _votes)
            ? null
            : Of(
                block,
                $"{file} is not {block.Members.Q} votes of its {block.Members.N} members for it, "
                    + "with the promises that allowed them above ballot 0");
    }
}
