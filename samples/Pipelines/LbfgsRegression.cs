using System.Globalization;
using Functional.Optim;
using Functional.Optim.Autodiff;

namespace Pipelines;

/// <summary>
/// L-BFGS on a regression that is hard for floating-point numbers: the columns of Longley's data nearly depend on
/// each other. A step asks for loss and gradient at many points, as its line search needs them. A loss that is a pure
/// function can be asked at any point, so the step takes the function, and nothing has to be put back afterwards.
/// </summary>
/// <remarks>
/// The data and the certified values are those of the Statistical Reference Datasets of NIST, a work of the government
/// of the United States (https://www.itl.nist.gov/div898/strd/lls/data/Longley.shtml): Longley, 1967,
/// doi:10.1080/01621459.1967.10500896.
/// </remarks>
public static class LbfgsRegression
{
    private const int Rows = 16, Columns = 6;

    /// <summary>Employed, price deflator, national product, unemployed, armed forces, population, year.</summary>
    private static readonly double[][] Table =
    [
        .. """
        60323 83.0 234289 2356 1590 107608 1947
        61122 88.5 259426 2325 1456 108632 1948
        60171 88.2 258054 3682 1616 109773 1949
        61187 89.5 284599 3351 1650 110929 1950
        63221 96.2 328975 2099 3099 112075 1951
        63639 98.1 346999 1932 3594 113270 1952
        64989 99.0 365385 1870 3547 115094 1953
        63761 100.0 363112 3578 3350 116219 1954
        66019 101.2 397469 2904 3048 117388 1955
        67857 104.6 419180 2822 2857 118734 1956
        68169 108.4 442769 2936 2798 120445 1957
        66513 110.8 444546 4681 2637 121950 1958
        68655 112.6 482704 3813 2552 123366 1959
        69564 114.2 502601 3931 2514 125368 1960
        69331 115.7 518173 4806 2572 127852 1961
        70551 116.9 554894 4007 2827 130081 1962
        """.Split('\n').Select(line => line.Split(' ')
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray()),
    ];

    private static readonly (string Name, double Value)[] Certified =
    [
        ("intercept", -3482258.63459582), ("price deflator", 15.0618722713733),
        ("national product", -0.0358191792925910), ("unemployed", -2.02022980381683),
        ("armed forces", -1.03322686717359), ("population", -0.0511041056535807), ("year", 1829.15146461355),
    ];

    /// <summary>Fits the regression, and writes each parameter beside its certified value.</summary>
    /// <param name="output">Where it writes.</param>
    /// <param name="cancellation">Stops it between two steps.</param>
    public static async Task Run(TextWriter output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        // Columns of mean 0 and deviation 1, so that one rate fits all of them.
        (double Mean, double Deviation)[] columns = [.. Enumerable.Range(0, Columns + 1).Select(ScaleOf)];
        double[] x = [.. Table.SelectMany(row => Enumerable.Range(1, Columns).Select(k => Scaled(row[k], columns[k])))];
        double[] y = [.. Table.Select(row => Scaled(row[0], columns[0]))];
        LossFunction<double> loss = at => at.Constant(new(Rows, Columns), x).MatMul(at["slopes"])
            .MeanSquaredError(at.Constant(new(Rows, 1), y));

        Lbfgs lbfgs = Lbfgs.Of(
            maximumIterations: 20, gradientTolerance: 1e-9, changeTolerance: 0, lineSearch: LineSearch.StrongWolfe);
        ParameterTree<double> slopes = ParameterTree.Of(Leaf.Of("slopes", [Columns, 1], new double[Columns]));
        LbfgsState<double> state = lbfgs.Init(slopes);
        LbfgsReport report = default;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            (slopes, state, report) =
                lbfgs.Step(at => Differentiate.ValueAndGradient(loss, at), slopes, state);
            await output.WriteLineAsync(
                $"step {state.Step}: loss {report.Loss:0.000000e+0} to {report.NewLoss:0.000000e+0}, "
                + $"iterations {report.Iterations}, evaluations {report.Evaluations}, ended by {report.Stop}");
        }
        while (report.Stop is LbfgsStop.MaximumIterations or LbfgsStop.MaximumEvaluations && state.Step < 10);

        double[] found =
        [
            0, .. slopes.AsSpan("slopes").ToArray().Zip(columns[1..], (slope, column) =>
                slope * columns[0].Deviation / column.Deviation),
        ];
        found[0] = columns[0].Mean - Enumerable.Range(1, Columns).Sum(k => found[k] * columns[k].Mean);
        await output.WriteLineAsync("parameter                    found            certified   digits that agree");
        foreach (((string name, double value), double ours) in Certified.Zip(found))
        {
            double digits = -Math.Log10(Math.Abs((ours - value) / value));
            await output.WriteLineAsync($"{name,-16} {ours,17:g12} {value,20:g12} {digits,19:0.0}");
        }
    }

    private static (double Mean, double Deviation) ScaleOf(int column)
    {
        double mean = Table.Average(row => row[column]);
        return (mean, Math.Sqrt(Table.Average(row => (row[column] - mean) * (row[column] - mean))));
    }

    private static double Scaled(double value, (double Mean, double Deviation) column) =>
        (value - column.Mean) / column.Deviation;
}
