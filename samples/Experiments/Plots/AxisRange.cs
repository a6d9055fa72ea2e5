using ScottPlot;
using ScottPlot.TickGenerators;

namespace Experiments;

/// <summary>Where an axis begins and ends, in the coordinates that are drawn: on a log axis the powers of ten.</summary>
internal readonly record struct AxisRange(double Least, double Greatest, bool IsLog)
{
    private const double Margin = 0.04;
    private const int MaxLabels = 9;
    private static readonly double[] Halves = [1, 2, 5], Nines = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    private double Span => Greatest - Least;

    /// <summary>The range of an axis that takes in all values, unless it says otherwise.</summary>
    internal static AxisRange Of(Axis axis, IEnumerable<double> values)
    {
        double[] drawn = [.. values.Select(value => Drawn(value, axis.IsLog)).Where(double.IsFinite)];
        (double least, double greatest) = drawn.Length == 0 ? (0, 1) : (drawn.Min(), drawn.Max());
        double margin = greatest > least ? Margin * (greatest - least) : 0.5;
        return new(
            axis.Least is { } lower ? Drawn(lower, axis.IsLog) : least - margin,
            axis.Greatest is { } upper ? Drawn(upper, axis.IsLog) : greatest + margin,
            axis.IsLog);
    }

    /// <summary>Where a value is drawn; NaN where it cannot be.</summary>
    internal double Drawn(double value) => Drawn(value, IsLog);

    /// <summary>The same range with as much again on both sides.</summary>
    internal AxisRange Widened() => this with { Least = Least - Span, Greatest = Greatest + Span };

    /// <summary>Ticks with labels as people read numbers.</summary>
    internal ITickGenerator Ticks(Axis axis)
    {
        if (axis.Names.Length > 0)
            return new NumericManual([.. Enumerable.Range(0, axis.Names.Length).Select(place => (double)place)], [.. axis.Names]);
        // What is left of zero when ticks are added up is not a number to print.
        double nothing = 1e-9 * Span;
        if (!IsLog) return new NumericAutomatic { LabelFormatter = value => Figure.Of(Math.Abs(value) < nothing ? 0 : value) };
        NumericManual ticks = new();
        (int first, int last) = ((int)Math.Floor(Least), (int)Math.Ceiling(Greatest));
        int stride = (int)Math.Ceiling(Span / MaxLabels);
        double[] labelled = Span < 0.7 ? Nines : Span < 2.5 ? Halves : [1];
        for (int power = first; power <= last; power++)
        {
            foreach (double digit in Nines)
            {
                double place = power + Math.Log10(digit);
                if (place < Least || place > Greatest) continue;
                if (labelled.Contains(digit) && power % stride == 0) ticks.AddMajor(place, Figure.Of(digit * Math.Pow(10, power), 1));
                else if (digit == 1 || stride == 1) ticks.AddMinor(place);
            }
        }

        return ticks;
    }

    private static double Drawn(double value, bool isLog) => !isLog ? value : value > 0 ? Math.Log10(value) : double.NaN;
}
