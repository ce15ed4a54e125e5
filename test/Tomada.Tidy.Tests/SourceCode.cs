using System.Text.RegularExpressions;

namespace Tomada.Tidy.Tests;

/// <summary>Reads C# by its layout, which the build enforces; no parser is needed for it.</summary>
internal static partial class SourceCode
{
    /// <summary>The line without its comment and without what its strings say.</summary>
    public static string WithoutWords(string line)
    {
        string code = StringLiteral().Replace(line, "\"\"");
        int comment = code.IndexOf("//", StringComparison.Ordinal);
        return comment < 0 ? code : code[..comment];
    }

    /// <summary>
    /// The blocks that stand directly in a type: bodies of methods and properties.
    /// </summary>
    public static IEnumerable<Member> Members(string[] lines)
    {
        Stack<Block> open = [];
        for (int i = 0; i < lines.Length; i++)
        {
            string text = lines[i].TrimStart();
            int indent = lines[i].Length - text.Length;
            if (text == "{")
            {
                int header = HeaderOf(lines, i);
                open.Push(
                    new Block(indent, header, TypeHeader().IsMatch(lines[header].TrimStart())));
            }
            else if (text.StartsWith('}') && open.TryPeek(out Block? block)
                && block.Indent == indent)
            {
                open.Pop();
                bool inType = open.TryPeek(out Block? outer) && outer.IsType;
                if (inType && !block.IsType)
                {
                    yield return new Member(
                        lines[block.Header].Trim(), block.Header + 1, i - block.Header + 1);
                }
            }
        }
    }

    /// <summary>The first line of the declaration whose block opens on a line.</summary>
    private static int HeaderOf(string[] lines, int brace)
    {
        int header = brace;
        while (header > 0 && !EndsBefore(lines[header - 1].Trim()))
        {
            header--;
        }

        return Math.Min(header, Math.Max(brace - 1, 0));
    }

    private static bool EndsBefore(string line) => line.Length == 0 || line[^1] is ';' or '{' or '}'
        || line.StartsWith("//", StringComparison.Ordinal)
        || (line.StartsWith('[') && line.EndsWith(']'));

    [GeneratedRegex("""@?"(\\.|[^"\\])*"|'(\\.|[^'\\])'""")]
    private static partial Regex StringLiteral();

    [GeneratedRegex(
        @"^((public|internal|private|protected|file|sealed|abstract|static|readonly|partial|ref)"
        + @"\s+)*"
        + @"((class|struct|interface|enum|record|namespace)\s+\w|extension\s*[(<])")]
    private static partial Regex TypeHeader();

    private sealed record Block(int Indent, int Header, bool IsType);
}

/// <summary>A member with a body.</summary>
/// <param name="Declaration">Its first line.</param>
/// <param name="Line">That line's number, from 1.</param>
/// <param name="Length">Lines from the declaration to the closing brace.</param>
internal sealed record Member(string Declaration, int Line, int Length);
