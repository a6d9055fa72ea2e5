using System.Globalization;

namespace Experiments;

/// <summary>Numbers as short text, the same in every culture.</summary>
public static class Figure
{
    private const double Exact = 1e-12;

    /// <summary>
    /// A number rounded to significant digits, such as 0.7080, 1.64e9 or 8.92e-7. A number with fewer digits, apart
    /// from rounding errors, is written with fewer: 0.1, 50, 1.
    /// </summary>
    /// <param name="value">The number.</param>
    /// <param name="digits">The number of digits; 1 or more.</param>
    public static string Of(double value, int digits = 4)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "∞" : "-∞";
        if (value == 0) return "0";
        string scientific = value.ToString($"E{digits - 1}", CultureInfo.InvariantCulture);
        int mark = scientific.IndexOf('E', StringComparison.Ordinal);
        int exponent = int.Parse(
            scientific.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        double rounded = double.Parse(scientific, CultureInfo.InvariantCulture);
        bool isPlain = exponent is >= -4 and < 6;
        string number = isPlain
            ? rounded.ToString($"F{Math.Max(digits - 1 - exponent, 0)}", CultureInfo.InvariantCulture)
            : scientific[..mark];
        if (Math.Abs(rounded - value) <= Exact * Math.Abs(value) && number.Contains('.', StringComparison.Ordinal))
            number = number.TrimEnd('0').TrimEnd('.');
        return isPlain ? number : string.Create(CultureInfo.InvariantCulture, $"{number}e{exponent}");
    }
}
