using ScottPlot;
using ScottPlot.TickGenerators;

namespace Experiments;

/// <summary>The range of an axis in drawn coordinates: on a logarithmic axis these are the powers of ten.</summary>
internal readonly record struct AxisRange(double Min, double Max, bool IsLog)
{
    private const double Margin = 0.04;
    private const int MaxLabels = 9;
    private static readonly double[] Halves = [1, 2, 5], Nines = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    private double Span => Max - Min;

    /// <summary>The range that an axis has, or the one that contains all values.</summary>
    internal static AxisRange Of(Axis axis, IEnumerable<double> values)
    {
        double[] drawn = [.. values.Select(value => Drawn(value, axis.IsLog)).Where(double.IsFinite)];
        (double min, double max) = drawn.Length == 0 ? (0, 1) : (drawn.Min(), drawn.Max());
        double margin = max > min ? Margin * (max - min) : 0.5;
        return new(
            axis.Min is { } lower ? Drawn(lower, axis.IsLog) : min - margin,
            axis.Max is { } upper ? Drawn(upper, axis.IsLog) : max + margin,
            axis.IsLog);
    }

    /// <summary>The drawn coordinate of a value; NaN where it has none.</summary>
    internal double Drawn(double value) => Drawn(value, IsLog);

    /// <summary>The range with its own length added on both sides.</summary>
    internal AxisRange Widened() => this with { Min = Min - Span, Max = Max + Span };

    /// <summary>The ticks with short labels.</summary>
    internal ITickGenerator Ticks(Axis axis)
    {
        if (axis.Names.Length > 0)
            return new NumericManual(
                [.. Enumerable.Range(0, axis.Names.Length).Select(place => (double)place)], [.. axis.Names]);
        // The sum of ticks is not exactly 0 where it should be; without this the label would be a rounding error.
        double nothing = 1e-9 * Span;
        if (!IsLog) return new NumericAutomatic { LabelFormatter = value =>
            Figure.Of(Math.Abs(value) < nothing ? 0 : value) };
        NumericManual ticks = new();
        (int first, int last) = ((int)Math.Floor(Min), (int)Math.Ceiling(Max));
        int stride = (int)Math.Ceiling(Span / MaxLabels);
        double[] labelled = Span < 0.7 ? Nines : Span < 2.5 ? Halves : [1];
        for (int power = first; power <= last; power++)
        {
            foreach (double digit in Nines)
            {
                double place = power + Math.Log10(digit);
                if (place < Min || place > Max) continue;
                if (labelled.Contains(digit)
                    && power % stride == 0) ticks.AddMajor(place, Figure.Of(digit * Math.Pow(10, power), 1));
                else if (digit == 1 || stride == 1) ticks.AddMinor(place);
            }
        }

        return ticks;
    }

    private static double Drawn(double value, bool isLog) =>
        !isLog ? value : value > 0 ? Math.Log10(value) : double.NaN;
}
