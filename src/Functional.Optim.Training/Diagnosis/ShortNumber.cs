using System.Globalization;

namespace Functional.Optim.Training;

/// <summary>A number in four significant digits, such as 0.0003 or 1.2e-7, the same in every culture.</summary>
internal static class ShortNumber
{
    internal static string Of(double value)
    {
        string text = value.ToString("G4", CultureInfo.InvariantCulture);
        int mark = text.IndexOf('E', StringComparison.Ordinal);
        return double.IsFinite(value) && mark >= 0
            ? $"{text[..mark]}e{int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture)}"
            : text;
    }
}
