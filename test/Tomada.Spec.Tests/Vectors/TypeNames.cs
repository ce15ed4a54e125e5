using System.Collections.Immutable;
using Tomada.Primitives.Encoding;

namespace Tomada.Spec.Tests;

/// <summary>How the document names a field's type and range.</summary>
internal static class TypeNames
{
    private static readonly SortedDictionary<string, string> s_plain = new(StringComparer.Ordinal)
    {
        ["Boolean"] = "bool",
        ["Byte[]"] = "bytes",
    };

    public static string Describe(RecordField field)
    {
        string optional = field.IsRequired ? string.Empty : "optional ";
        Type type = Nullable.GetUnderlyingType(field.Type) ?? field.Type;
        return optional + Describe(type, field.Allowed);
    }

    private static string Describe(Type type, string allowed)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            string range = allowed.Replace("a list of ", string.Empty, StringComparison.Ordinal)
                .Replace(" items", string.Empty, StringComparison.Ordinal);
            return $"list of {range} {NameOf(type.GetGenericArguments()[0])}";
        }

        bool isPlain = type == typeof(long) || type == typeof(int) || type == typeof(string)
            || type == typeof(byte[]);
        return isPlain ? allowed.Replace("an integer from ", "integer ", StringComparison.Ordinal)
            : NameOf(type);
    }

    private static string NameOf(Type type) => s_plain.GetValueOrDefault(type.Name, type.Name);
}
