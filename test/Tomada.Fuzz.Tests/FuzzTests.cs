using System.Diagnostics;
using System.Globalization;
using Tomada.Ledger;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Tomada.Fuzz.Tests;

/// <summary>
/// Every decoder refuses or accepts: it throws nothing else, allocates no more than
/// <see cref="Campaign.AllocatedMax"/> says, and gives back what it accepted.
/// </summary>
public class FuzzTests
{
    /// <summary>Changed inputs for each decoder of a codec, of JSON, and of a text.</summary>
    private const int Executions = 3_000;

    private static readonly ILookup<string, Target> s_groups =
        CodecTargets.All.Concat(TextTargets.All).Concat(DeviceTargets.All)
            .Concat(RoadTargets.All)
            .ToLookup(target => target.Group);

    /// <summary>TOMADA_FUZZ_RUNS asks for more of them.</summary>
    private static readonly int s_executions = int.Parse(
        Environment.GetEnvironmentVariable("TOMADA_FUZZ_RUNS") ?? $"{Executions}",
        CultureInfo.InvariantCulture);

    private static readonly bool s_isLong =
        Environment.GetEnvironmentVariable("TOMADA_LONG") == "1";

    public static TheoryData<string> Groups() => [.. s_groups.Select(group => group.Key)];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Decoders_refuse_or_accept_and_do_nothing_else(string group)
    {
        Target[] targets = [.. s_groups[group]];
        TimeSpan share = s_isLong ? TimeSpan.FromMinutes(5) / targets.Length : TimeSpan.Zero;
        ulong seed = Seed();
        TestContext.Current.TestOutputHelper?.WriteLine($"TOMADA_FUZZ_SEED={seed}");
        List<string> findings = [];
        long executions = 0;
        long allocated = 0;
        List<string> refusedAll = [];
        List<(string, IEnumerable<byte[]>)> keepers = [];
        foreach (Target target in targets)
        {
            Campaign campaign = new(target, seed);
            try
            {
                campaign.Run(s_executions, share);
            }
            catch (FindingException finding)
            {
                findings.Add(finding.Message);
            }

            keepers.Add((target.Name, campaign.Keepers));
            executions += campaign.Executions;
            allocated = Math.Max(allocated, campaign.AllocatedMost);
            if (campaign.Accepted == 0)
            {
                refusedAll.Add(target.Name);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{targets.Length} decoders, {executions} inputs, at most {allocated} bytes beyond an "
            + $"input's share; none accepted: {string.Join(' ', refusedAll)}");
        if (Kept.IsKeeping)
        {
            Kept.Write(group, keepers);
        }

        Assert.Empty(findings);
    }

    [Fact]
    public void Branches_are_counted_and_lead_to_more_of_them()
    {
        Campaign campaign = new(Target.OfCodec("Ledger", "nothing known", Body.Codec), seed: 1);
        campaign.Run(2_000, TimeSpan.Zero);

        // The first, empty input takes branches too; without counters nothing is ever new.
        Assert.InRange(campaign.Found, 3, 1_000);
    }

    public static TheoryData<string, string> Planted() => new()
    {
        { "throws", "IndexOutOfRangeException" },
        { "gives back another", "it comes back as 00" },
        { "allocates", "bytes, more than" },
    };

    [Theory]
    [MemberData(nameof(Planted))]
    public void A_planted_fault_is_found(string fault, string said)
    {
        Target target = new("planted", fault, bytes =>
        {
            if (bytes.Length < 3)
            {
                return false;
            }

            switch (fault)
            {
                case "throws":
                    return bytes[bytes.Length] == 0;
                case "allocates":
                    return new byte[1_000_000].Length == bytes.Length;
                default:
                    Target.Same(bytes, [0]);
                    return true;
            }
        });
        FindingException finding = Assert.Throws<FindingException>(
            () => new Campaign(target, seed: 1).Run(1_000, TimeSpan.Zero));
        Assert.Contains($"planted/{fault}, seed 1, input ", finding.Message);
        Assert.Contains(said, finding.Message);
    }

    private static ulong Seed() =>
        Environment.GetEnvironmentVariable("TOMADA_FUZZ_SEED") is { } asked
            ? ulong.Parse(asked, CultureInfo.InvariantCulture)
            : s_isLong ? (ulong)Stopwatch.GetTimestamp() : 1;
}
