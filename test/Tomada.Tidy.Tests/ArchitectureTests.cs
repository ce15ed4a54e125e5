using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Tomada.Tidy.Tests;

/// <summary>The arrows between projects: a project exists only to forbid a reference.</summary>
public partial class ArchitectureTests
{
    private static readonly string[] s_core = ["Primitives", "Consensus", "Ledger", "Transparency"];

    private static readonly string[] s_pure =
        [.. s_core, "Replication", "Routing", "DeviceApi"];

    // Time zones are data of the rules; NodaTime carries a version of its own, and asks no machine.
    private static readonly (string Project, string Package) s_timeZones = ("Ledger", "NodaTime");

    /// <summary>Which project may reference which.</summary>
    private static readonly SortedDictionary<string, string[]> s_allowed =
        new(StringComparer.Ordinal)
        {
            ["Primitives"] = [],
            ["Consensus"] = ["Primitives"],
            ["Transparency"] = ["Primitives"],
            ["Ledger"] = ["Primitives", "Transparency"],
            ["Routing"] = ["Primitives", "Transparency", "Ledger"],
            ["DeviceApi"] = ["Primitives", "Transparency"],
            ["Replication"] = s_core,
            ["Simulation"] = s_pure,
            ["Node"] = s_pure,
            ["Devices"] = ["Primitives", "Transparency", "DeviceApi", "Ledger", "Routing"],
            ["Audit"] = s_pure,
            ["Cli"] = [.. s_pure, "Simulation", "Node", "Devices", "Audit"],
        };

    [Fact]
    public void Projects_reference_only_along_the_arrows() => Faults.AssertNone(
        from project in Repository.Projects("src")
        from reference in References(project.Value)
        where !s_allowed.TryGetValue(Short(project.Key), out string[]? allowed)
            || !allowed.Contains(reference)
        select $"{project.Key} references Tomada.{reference}");

    [Fact]
    public void Ledger_and_consensus_never_see_each_other()
    {
        var projects = Repository.Projects("src");
        Assert.DoesNotContain("Consensus", Reachable(projects, "Ledger"));
        Assert.DoesNotContain("Ledger", Reachable(projects, "Consensus"));
    }

    [Fact]
    public void Pure_projects_say_that_they_are_and_nobody_else_does() => Faults.AssertNone(
        from project in Repository.Projects("src")
        let isPure = project.Value.Descendants("TomadaPure").Any(each => each.Value == "true")
        where isPure != s_pure.Contains(Short(project.Key))
        select $"{project.Key} has TomadaPure={isPure}");

    [Fact]
    public void Pure_projects_use_packages_of_the_runtime_alone() => Faults.AssertNone(
        from project in Repository.Projects("src")
        where s_pure.Contains(Short(project.Key))
        from package in project.Value.Descendants("PackageReference")
        let name = package.Attribute("Include")?.Value ?? string.Empty
        where !name.StartsWith("System.", StringComparison.Ordinal)
            && (Short(project.Key), name) != s_timeZones
        select $"{project.Key} uses {name}");

    [Fact]
    public void Pure_projects_import_only_the_runtime_and_each_other() => Faults.AssertNone(
        from name in s_pure
        from file in Repository.Files($"src/Tomada.{name}", ".cs")
        from line in Repository.Lines(file)
        let imported = Using().Match(line)
        where imported.Success && imported.Groups[1].Value is not ("System" or "Tomada")
            && (name, imported.Groups[1].Value) != s_timeZones
        select $"{file} imports {line}");

    [Fact]
    public void Only_routing_counts_in_fractions() => Faults.AssertNone(
        from name in s_pure
        where name != "Routing"
        from file in Repository.Files($"src/Tomada.{name}", ".cs")
        from line in Repository.Lines(file)
        where Fraction().IsMatch(SourceCode.WithoutWords(line))
        select $"{file} uses a fraction: {line.Trim()}");

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        XDocument solution = XDocument.Load(Path.Combine(Repository.Root, "Tomada.slnx"));
        string[] listed = [.. solution.Descendants("Project")
            .Select(project => project.Attribute("Path")!.Value)
            .Order(StringComparer.Ordinal)];
        string[] found =
        [
            .. Repository.Files("bench", ".csproj"),
            .. Repository.Files("src", ".csproj"),
            .. Repository.Files("test", ".csproj"),
        ];
        Faults.AssertNone(found.Except(listed).Select(path => $"{path} is missing in Tomada.slnx"));
    }

    private static SortedSet<string> Reachable(
        SortedDictionary<string, XDocument> projects, string from)
    {
        SortedSet<string> seen = [];
        Queue<string> open = new([from]);
        while (open.TryDequeue(out string? next))
        {
            foreach (string reference in References(projects["Tomada." + next]))
            {
                if (seen.Add(reference))
                {
                    open.Enqueue(reference);
                }
            }
        }

        return seen;
    }

    private static IEnumerable<string> References(XDocument project) => project
        .Descendants("ProjectReference")
        .Select(each => each.Attribute("Include")!.Value.Replace('\\', '/'))
        .Select(path => Short(Path.GetFileNameWithoutExtension(path)));

    private static string Short(string project) => project["Tomada.".Length..];

    [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?(\w+)[.;\w]*;$")]
    private static partial Regex Using();

    [GeneratedRegex(@"\b(double|float|decimal)\b")]
    private static partial Regex Fraction();
}
