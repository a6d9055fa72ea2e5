using Functional.Optim;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Pipelines;

/// <summary>
/// Fits a model that is written with the matrices of Math.NET. An optimizer needs only the gradients, whatever
/// library computes them. As the loss is a pure function, the minimizer of Math.NET can take the same one, and the
/// results are compared.
/// </summary>
/// <remarks>
/// The data: temperature at launch, and whether an O-ring was damaged, of the 23 flights of the space shuttle before
/// Challenger (Dalal, Fowlkes and Hoadley, 1989, doi:10.1080/01621459.1989.10478858). The logistic regression of them
/// is 15.043 - 0.2322·t, and Challenger started at 31 °F.
/// </remarks>
public static class MathNetModel
{
    private static readonly double[] Temperatures =
        [66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78, 67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58];

    private static readonly Vector<double> Damaged = Vector<double>.Build.Dense(
        [0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1]);

    private static readonly double Mean = Temperatures.Average();

    /// <summary>One row for each flight: 1, and ten degrees above the mean.</summary>
    private static readonly Matrix<double> Flights =
        Matrix<double>.Build.DenseOfRows(Temperatures.Select(degrees => (double[])[1, (degrees - Mean) / 10]));

    /// <summary>Fits the regression, and writes it beside that of Math.NET.</summary>
    /// <param name="output">Where it writes.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task Run(TextWriter output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        Sgd sgd = Sgd.Of(4, momentum: 0.7, nesterov: true);
        ParameterTree<double> weights = ParameterTree.Of(Leaf.Of("weights", [2], new double[2]));
        SgdState<double> state = sgd.Init(weights);
        for (int step = 1; step <= 100; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            (double loss, ParameterTree<double> gradients) = LossAt(weights);
            if (step is 1 or 10 or 100) await output.WriteLineAsync($"step {step,3}: loss {loss:0.000000000}");
            (weights, state) = sgd.Step(weights, gradients, state);
        }

        Vector<double> ours = VectorOf(weights), theirs = new BfgsMinimizer(1e-10, 1e-12, 1e-12, 1000)
            .FindMinimum(ObjectiveFunction.Gradient(LossAt), Vector<double>.Build.Dense(2)).MinimizingPoint;
        await output.WriteLineAsync($"here:     {TextOf(ours)}");
        await output.WriteLineAsync($"Math.NET: {TextOf(theirs)}");
        double damage = SpecialFunctions.Logistic(ours[0] + (ours[1] * (31 - Mean) / 10));
        await output.WriteLineAsync($"damage at 31 °F: {damage:0.0000}");
        await output.WriteLineAsync($"the two {((ours - theirs).InfinityNorm() < 1e-8 ? "agree" : "differ")} to 1e-8");
    }

    /// <summary>The model: mean cross-entropy and its gradient, with vectors of Math.NET.</summary>
    private static (double Loss, Vector<double> Gradient) LossAt(Vector<double> weights)
    {
        Vector<double> damage = (Flights * weights).Map(SpecialFunctions.Logistic), intact = 1 - damage;
        double loss = -((Damaged * damage.PointwiseLog()) + ((1 - Damaged) * intact.PointwiseLog())) / Damaged.Count;
        return (loss, Flights.TransposeThisAndMultiply(damage - Damaged) / Damaged.Count);
    }

    /// <summary>The same function from tree to tree.</summary>
    private static (double Loss, ParameterTree<double> Gradients) LossAt(ParameterTree<double> weights)
    {
        (double loss, Vector<double> gradient) = LossAt(VectorOf(weights));
        TreeBuffer<double> gradients = weights.Layout.Rent<double>();
        gradient.AsArray().CopyTo(gradients.AsSpan("weights"));
        return (loss, gradients.ToTree());
    }

    private static Vector<double> VectorOf(ParameterTree<double> weights) =>
        Vector<double>.Build.Dense(weights.AsSpan("weights").ToArray());

    private static string TextOf(Vector<double> weights) =>
        $"log odds of damage = {weights[0] - (weights[1] * Mean / 10):0.000000} - {-weights[1] / 10:0.00000000}·t";
}
