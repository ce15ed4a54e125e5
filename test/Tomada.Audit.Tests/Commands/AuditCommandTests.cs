using System.Text.Json;
using System.Text.Json.Nodes;
using Tomada.Cli;
using Tomada.Cli.Audit;
using Xunit;

namespace Tomada.Audit.Tests.Commands;

/// <summary>What programs read of the audit commands: exit codes and files.</summary>
public sealed class AuditCommandTests : IDisposable
{
    private readonly TestMirror _mirror = TestMirror.Of(Chains.Trip);
    private readonly TestMirror _out = TestMirror.New();

    public static TheoryData<FindingClass> Classes() => [.. Enum.GetValues<FindingClass>()];

    public void Dispose()
    {
        _mirror.Dispose();
        _out.Dispose();
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public void Each_class_of_finding_has_its_exit_code_and_its_result(FindingClass kind)
    {
        FindingList findings = new();
        findings.Add(new Finding(kind, "something is wrong", "I13", 7, 42));
        findings.Count("blocks", 7, "blocks");
        (int code, JsonNode told) = End(findings.ToReport());

        Assert.Equal((int)kind, code);
        Assert.InRange(code, 10, 23);
        Assert.False(told["passed"]!.GetValue<bool>());
        JsonNode[] results = [.. told["results"]!.AsArray()!];
        string[] failed =
        [
            .. results.Where(each => !each["pass"]!.GetValue<bool>())
                .Select(each => each["id"]!.GetValue<string>()),
        ];
        Assert.Equal([JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString())], failed);
        JsonNode finding = Assert.Single(told["findings"]!.AsArray())!;
        Assert.Equal(
            ["class", "exitCode", "invariant", "height", "index", "what"], Names(finding));
        Assert.Equal(
            (failed[0], code, "I13", 7, 42, "something is wrong"),
            (finding["class"]!.GetValue<string>(), finding["exitCode"]!.GetValue<int>(),
                finding["invariant"]!.GetValue<string>(), finding["height"]!.GetValue<long>(),
                finding["index"]!.GetValue<long>(), finding["what"]!.GetValue<string>()));
    }

    [Fact]
    public void Of_several_classes_the_lowest_is_the_exit_code()
    {
        FindingList findings = new();
        findings.Add(FindingClass.Rules, "one");
        findings.Add(FindingClass.Chain, "two");
        findings.Add(FindingClass.Export, "three");

        Assert.Equal((int)FindingClass.Chain, End(findings.ToReport()).Code);
    }

    [Fact]
    public void A_passed_check_ends_with_0_and_one_passed_result_for_each_class()
    {
        FindingList findings = new();
        findings.Count("entries", 12, "entries");
        (int code, JsonNode told) = End(findings.ToReport());

        Assert.Equal(ExitCodes.Passed, code);
        Assert.Equal(["command", "passed", "results", "findings", "untold"], Names(told));
        Assert.True(told["passed"]!.GetValue<bool>());
        Assert.Equal(0, told["untold"]!.GetValue<int>());
        Assert.Empty(told["findings"]!.AsArray());
        JsonArray results = told["results"]!.AsArray();
        Assert.Equal(Enum.GetValues<FindingClass>().Length + 1, results.Count);
        Assert.All(results, each =>
        {
            Assert.Equal(
                ["id", "measured", "limit", "unit", "peer", "ratio", "pass"], Names(each!));
            Assert.True(each!["pass"]!.GetValue<bool>());
        });
    }

    [Fact]
    public void An_explained_entry_is_told_to_programs_with_its_place()
    {
        FoundEntry found = EntryFinder.Find(_mirror.Folder, "1", TestMirror.Verify)!;
        FileInfo file = new(Path.Combine(_out.Path, "story.json"));
        AuditOutput.WriteStory(file, "1", found, "Somebody did something.", "en");
        JsonNode told = JsonNode.Parse(File.ReadAllText(file.FullName))!;

        Assert.Equal(
            [
                "command", "passed", "id", "transaction", "index", "height", "time", "language",
                "sentence",
            ],
            Names(told));
        Assert.Equal(1, told["index"]!.GetValue<long>());
        Assert.Equal(found.Time.ToString(), told["time"]!.GetValue<string>());

        AuditOutput.WriteStory(file, "99", null, null, "en");
        told = JsonNode.Parse(File.ReadAllText(file.FullName))!;
        Assert.False(told["passed"]!.GetValue<bool>());
        Assert.Null(told["index"]);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_a_clear_error()
    {
        FileInfo file = new(Path.Combine(_out.Path, "nowhere", "story.json"));
        CommandException refused = Assert.Throws<CommandException>(
            () => AuditOutput.End("audit fsck", new FindingList().ToReport(), file, "fine"));
        Assert.Equal(ExitCodes.Configuration, refused.ExitCode);
    }

    [Theory]
    [InlineData("fsck")]
    [InlineData("replay")]
    public void The_command_itself_ends_with_the_class_of_what_it_found(string name)
    {
        // Its genesis is signed by stand-ins: to Ed25519 nobody signed it.
        Assert.Equal(FindingClass.Signature, Run(name, _mirror));
        Assert.Equal(FindingClass.Missing, Run(name, _out));
        File.WriteAllBytes(Path.Combine(_out.Path, "genesis"), [1, 2, 3]);
        Assert.Equal(FindingClass.Encoding, Run(name, _out));
    }

    private static FindingClass Run(string name, TestMirror mirror) =>
        (FindingClass)AuditCommand.Create().Parse([name, mirror.Path]).Invoke();

    private static string[] Names(JsonNode node) => [.. node.AsObject().Select(each => each.Key)];

    private (int Code, JsonNode Told) End(AuditReport report)
    {
        FileInfo file = new(Path.Combine(_out.Path, "report.json"));
        int code = AuditOutput.End("audit fsck", report, file, "fine");
        return (code, JsonNode.Parse(File.ReadAllText(file.FullName))!);
    }
}
