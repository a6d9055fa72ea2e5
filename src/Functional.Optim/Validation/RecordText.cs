using System.Globalization;
using System.Text;

namespace Functional.Optim;

/// <summary>How a record prints: as the compiler writes it, but with the same numbers in every culture.</summary>
internal static class RecordText
{
    /// <summary>The name and, in braces, the members.</summary>
    /// <param name="name">The name of the record's type.</param>
    /// <param name="printMembers">The record's own, which asks the members for their text in the culture of the
    /// thread.</param>
    internal static string Of(string name, Func<StringBuilder, bool> printMembers)
    {
        CultureInfo callers = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            StringBuilder text = new($"{name} {{ ");
            if (printMembers(text)) text.Append(' ');
            return text.Append('}').ToString();
        }
        finally
        {
            CultureInfo.CurrentCulture = callers;
        }
    }
}
