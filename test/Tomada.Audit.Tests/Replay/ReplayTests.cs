using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;
using static Tomada.Audit.Tests.Replay.ForgedLog;

namespace Tomada.Audit.Tests.Replay;

/// <summary>
/// A quorum of liars certifies what the rules do not make: only the replay can tell.
/// </summary>
public class ReplayTests
{
    [Fact]
    public void Stations_signatures_are_checked_ahead_of_the_execution()
    {
        using TestMirror mirror = TestMirror.Of(Chains.Trip);
        PublicKey[] stations =
        [
            .. Chains.Trip.Blocks.SelectMany(each => Block.Codec.Decode(each.Value).Entries)
                .Select(each => Entry.Codec.Decode(each)).OfType<TransactionEntry>()
                .Select(each => SignedTransaction.TryDecode(
                    each.Transaction, out SignedTransaction? read, out _)
                    ? (read!.Content.Body as PutEvse)?.StationKey : null)
                .OfType<PublicKey>(),
        ];
        MirrorHead head = MirrorHead.Read(mirror.Folder, null, TestMirror.Verify);
        FindingList findings = new();
        LogBlock[] blocks = [.. new ChainReader(mirror.Folder, head, findings, null).Blocks()];
        int checks = 0;
        SeenSignatures seen = new((key, message, signature) =>
        {
            Interlocked.Add(ref checks, stations.Contains(key) ? 1 : 0);
            return TestMirror.Verify(key, message, signature);
        });
        using CheckQueue queue = new(findings);
        StationChecks ahead = new(head.Genesis.NetworkId, seen.CheckAhead, queue);
        Array.ForEach(blocks, ahead.Add);
        queue.Finish();
        int before = checks;
        Assert.InRange(before, 4, int.MaxValue);

        Execution execution = new(head.Genesis, seen.Check, findings);
        Array.ForEach(blocks, execution.Run);
        Assert.Equal(blocks.Length, execution.State.Height);
        Assert.Equal(before, checks);
        Assert.True(findings.IsEmpty);
    }

    [Fact]
    public void A_state_root_that_the_rules_do_not_lead_to_is_found()
    {
        Finding finding = FindingOf(
            2, block => Forger.Reseal(block, seal => seal with { StateRoot = Digest.Of([9]) }));
        Assert.Equal(FindingClass.Rules, finding.Class);
        Assert.Equal(3, finding.Height);
        Assert.Contains("the rules lead to the state", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outcome_that_the_rules_do_not_give_is_found_at_its_entry()
    {
        (long height, int at) = Find(
            entry => entry is TransactionEntry { Outcome.IsApplied: true });
        Finding finding = FindingOf(height - 1, block => Replace(block, at, entry =>
            (TransactionEntry)entry with
            {
                Outcome = Outcome.Refused(OutcomeCode.WindowTaken, "leg 1: taken"),
                Effects = [],
            }));
        Assert.Equal(FindingClass.Rules, finding.Class);
        Assert.Equal(height, finding.Height);
        Assert.Equal(FirstIndexOf(height) + at, finding.Index);
    }

    [Theory]
    [InlineData(typeof(TripHeld), "I10")]
    [InlineData(typeof(TripConfirmed), "I10")]
    [InlineData(typeof(SessionStarted), "I6")]
    [InlineData(typeof(CdrIssued), "I7")]
    [InlineData(typeof(CdrAccepted), "I5")]
    [InlineData(typeof(PeriodClosed), "I2")]
    public void A_missing_effect_names_the_invariant_and_the_entry(Type kind, string invariant)
    {
        (long height, int at) = Find(entry => EffectsOf(entry).Any(each => each.GetType() == kind));
        Finding finding = FindingOf(height - 1, block => Replace(block, at, entry =>
            entry is RuleEntry rule
                ? (Entry)new RuleEntry(
                    [.. rule.Effects.Select(each => each.GetType() == kind ? Other : each)])
                : (TransactionEntry)entry with
                {
                    Effects =
                    [
                        .. ((TransactionEntry)entry).Effects
                            .Where(each => each.GetType() != kind),
                    ],
                }));
        Assert.Equal(invariant, finding.Invariant);
        Assert.Equal(FirstIndexOf(height) + at, finding.Index);
    }

    [Fact]
    public void Money_that_appears_on_one_side_only_breaks_I1()
    {
        (long height, int at) = Find(entry => EffectsOf(entry).Any(each => each is Posted));
        Finding finding = FindingOf(height - 1, block => Replace(block, at, entry =>
            WithEffects(entry, effects => [.. effects.Select(each => each is Posted posted
                ? new Posted([.. posted.Postings.Select(line => line with
                {
                    Amount = line.Amount with { Amount = line.Amount.Amount + 1 },
                })])
                : each)])));
        Assert.Equal("I1", finding.Invariant);
    }

    [Fact]
    public void A_block_that_leaves_out_what_is_due_is_found()
    {
        (long height, int at) = Find(
            entry => entry is RuleEntry rule && !rule.Effects.Any(x => x is MembersChanged));
        Finding finding = FindingOf(height - 1, block => Forger.Reseal(
            new Block(block.Entries.RemoveAt(at))));
        Assert.Equal(FindingClass.Rules, finding.Class);
        Assert.NotNull(finding.Index);
    }

    [Fact]
    public void A_transaction_twice_is_found()
    {
        (long height, int at) = Find(entry => entry is TransactionEntry);
        Finding finding = FindingOf(height - 1, block => Forger.Reseal(
            new Block(block.Entries.Insert(at, block.Entries[at]))));
        Assert.Equal(FindingClass.Rules, finding.Class);
    }

    [Fact]
    public void Time_that_stands_still_is_found_before_any_rule_runs()
    {
        AuditReport report = ReportOf(2, (block, forger) => Forger.Reseal(
            block, seal => seal with { Time = forger.State.Time }));
        Assert.Equal(FindingClass.Chain, (FindingClass)report.ExitCode);
    }

    [Fact]
    public void A_block_of_fewer_than_a_quorum_breaks_I13()
    {
        Forger forger = Forger.After(Chains.Trip, 2);
        Block block = Block.Codec.Decode(Chains.Trip.Blocks[2].Value);
        ConsensusMessage.Decided few = forger.Decide(
            block, 0, forger.Members.Members.Take(forger.Members.Q - 1).Select(x => x.Company),
            null);
        using TestMirror mirror = forger.Mirror(few);
        Finding finding = Assert.Single(mirror.Replay().Findings);
        Assert.Equal((FindingClass.Certificate, "I13", 3L), (
            finding.Class, finding.Invariant, finding.Height));
    }

    [Fact]
    public void A_block_above_ballot_0_without_its_promises_breaks_I13()
    {
        Forger forger = Forger.After(Chains.Trip, 2);
        Block block = Block.Codec.Decode(Chains.Trip.Blocks[2].Value);
        CompanyId[] signers =
            [.. forger.Members.Members.Take(forger.Members.Q).Select(each => each.Company)];
        using TestMirror without = forger.Mirror(forger.Decide(block, 1, signers, null));
        Assert.Equal(FindingClass.Certificate, (FindingClass)without.Fsck().ExitCode);
        using TestMirror with = forger.Mirror(
            forger.Decide(block, 1, signers, forger.Promise(1, signers)));
        Assert.True(with.Fsck().Passed);
    }

    [Fact]
    public void A_transaction_that_its_company_did_not_sign_breaks_I11()
    {
        (long height, int at) = Find(entry => entry is TransactionEntry);
        AuditReport report = ReportOf(height - 1, (block, _) => Replace(block, at, entry =>
        {
            TransactionEntry each = (TransactionEntry)entry;
            byte[] bytes = [.. each.Transaction];
            // The signature is the last field.
            bytes[^64] ^= 1;
            return each with { Transaction = bytes };
        }));
        Finding finding = report.Findings[0];
        Assert.Equal((FindingClass.Signature, "I11", FirstIndexOf(height) + at), (
            finding.Class, finding.Invariant, finding.Index!.Value));
    }

    [Fact]
    public void Members_that_nobody_voted_for_break_I12()
    {
        Forger forger = Forger.After(Chains.Trip, 2);
        MemberChange change = new MemberChange.Remove(
            forger.Members.Members[0].Company, "because");
        Block sound = Block.Codec.Decode(Chains.Trip.Blocks[2].Value);
        ConcludedChange concluded = new(
            change.Id, change, [.. forger.State.Members.Keys], [.. forger.State.Members.Keys],
            forger.State.Time);
        Block block = Forger.Reseal(
            new Block(sound.Entries.Insert(
                sound.Entries.Length - 1,
                Entry.Codec.Encode(new RuleEntry([new MembersChanged(concluded)])))),
            seal => seal with
            {
                GovernanceRoot = Governance.Of(
                    MemberChanges.After(forger.State.Members, change)).Root(),
            });
        using TestMirror mirror = forger.Mirror(forger.Decide(block));
        Assert.Contains(
            mirror.Fsck().Findings,
            each => each is { Class: FindingClass.Membership, Invariant: "I12" }
                && each.What.Contains("has 0 votes of members", StringComparison.Ordinal));
    }

    private static Effect Other { get; } = new PeriodFinal(7);
}
