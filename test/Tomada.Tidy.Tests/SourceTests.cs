using System.Text.RegularExpressions;
using Xunit;

namespace Tomada.Tidy.Tests;

/// <summary>What style.md asks of every file, as far as a program can see it.</summary>
public partial class SourceTests
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 60;
    private const int ColumnsMax = 100;

    // Words are joined here so that this file does not hold what it looks for.
    private static readonly string[] s_unfinished =
        ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "NotImplemented" + "Exception"];

    private static readonly string[] s_sleeps = ["Thread." + "Sleep", "Task." + "Delay"];

    [Fact]
    public void The_tests_look_at_real_files()
    {
        Assert.True(Repository.Sources().Count() > 40);
        string[] members = [.. Repository.Sources()
            .SelectMany(file => SourceCode.Members(Repository.Lines(file)))
            .Select(member => member.Declaration)];
        Assert.Contains("public void The_tests_look_at_real_files()", members);
    }

    [Fact]
    public void Files_stay_short() => Faults.AssertNone(
        from file in Repository.Sources()
        let lines = Repository.Lines(file).Length
        where lines > FileLinesMax
        select $"{file} has {lines} lines, more than {FileLinesMax}");

    [Fact]
    public void Methods_stay_short() => Faults.AssertNone(
        from file in Repository.Sources()
        from member in SourceCode.Members(Repository.Lines(file))
        where member.Length > MethodLinesMax
        select $"{file}:{member.Line} has {member.Length} lines: {member.Declaration}");

    [Fact]
    public void Lines_fit_a_page() => Faults.AssertNone(
        from each in AllLines(Repository.Sources())
        where each.Text.EnumerateRunes().Count() > ColumnsMax && !IsOneLongWord(each.Text)
        select $"{each.Place} is longer than {ColumnsMax} columns");

    [Fact]
    public void Nothing_is_left_unfinished() => Faults.AssertNone(
        from each in AllLines(Repository.Sources())
        from word in s_unfinished
        where each.Text.Contains(word, StringComparison.Ordinal)
        select $"{each.Place} says {word}");

    [Fact]
    public void Tests_wait_for_what_happens_and_never_sleep() => Faults.AssertNone(
        from each in AllLines(Repository.Files("test", ".cs"))
        from call in s_sleeps
        where each.Text.Contains(call + "(", StringComparison.Ordinal)
        select $"{each.Place} calls {call}");

    [Fact]
    public void One_word_is_used_for_nothing() => Faults.AssertNone(
        from each in AllLines(Repository.Sources())
        where WordForNothing().IsMatch(SourceCode.WithoutWords(each.Text))
        select $"{each.Place} uses the word that docs/words.md keeps free: {each.Text.Trim()}");

    [Fact]
    public void No_file_knows_the_machine_it_was_written_on()
    {
        string[] extensions =
            [".cs", ".csproj", ".props", ".md", ".json", ".ts", ".svelte", ".sh", ".txt", ".yml"];
        string[] folders = ["src", "test", "docs", "spec", "eng", "web", "bench"];
        Faults.AssertNone(
            from folder in folders
            from extension in extensions
            from each in AllLines(Repository.Files(folder, extension))
            where MachinePath().IsMatch(each.Text)
            select $"{each.Place} names a path of one machine: {each.Text.Trim()}");
    }

    [Fact]
    public void Tests_are_named_as_sentences() => Faults.AssertNone(
        from file in Repository.Files("test", ".cs")
        let lines = Repository.Lines(file)
        from i in Enumerable.Range(1, Math.Max(0, lines.Length - 1))
        let name = TestMethod().Match(lines[i])
        where name.Success && TestAttribute().IsMatch(lines[i - 1])
            && !name.Groups[1].Value.Contains('_')
        select $"{file}:{i + 1} is no sentence: {name.Groups[1].Value}");

    /// <summary>A hexadecimal vector or an address cannot be broken.</summary>
    private static bool IsOneLongWord(string line) =>
        line.Split(' ', '"').Any(word => word.Length > ColumnsMax - 12);

    private static IEnumerable<(string Place, string Text)> AllLines(IEnumerable<string> files) =>
        from file in files
        from line in Repository.Lines(file).Select((text, index) => (text, index))
        select ($"{file}:{line.index + 1}", line.text);

    // A database transaction's own method keeps the name that its library gave it.
    [GeneratedRegex(@"\b(?!(?<=\.)Com" + @"mit(Async)?\()\w*[Cc]om" + @"mit\w*")]
    private static partial Regex WordForNothing();

    [GeneratedRegex(@"(?<![\w.~}])/(work|tmp|home|root|Users)/|\b[A-Z]:\\\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"^\s*public (?:async )?(?:void|Task|ValueTask) (\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"^\s*\[(Fact|Theory|InlineData|MemberData)\b")]
    private static partial Regex TestAttribute();
}
