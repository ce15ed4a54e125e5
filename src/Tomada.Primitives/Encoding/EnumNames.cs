using System.Text;

namespace Tomada.Primitives.Encoding;

/// <summary>How an enum value is spelled outside C#: as OCPI spells it.</summary>
public static class EnumNames
{
    /// <summary>
    /// "OutOfOrder" becomes "OUT_OF_ORDER"; names that already are upper case stay.
    /// </summary>
    public static string UpperSnake(string name)
    {
        StringBuilder result = new(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && char.IsLower(name[i - 1]))
            {
                result.Append('_');
            }

            result.Append(char.ToUpperInvariant(name[i]));
        }

        return result.ToString();
    }
}
