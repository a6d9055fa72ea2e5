using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;

namespace Experiments;

/// <summary>
/// Softmax regression on points of overlapping classes. The loss is convex: the mean over the samples. The gradients of
/// the samples differ even at the minimum. The points are a function of the seed.
/// </summary>
public sealed class Classification
{
    /// <summary>The number of random streams of the seed that the points use; further streams are free.</summary>
    public const ulong Streams = 2;

    private const int Classes = 4, Features = 10;
    private const double CentreDeviation = 0.5;
    private const ulong CentreStream = 0, PointStream = 1;
    private static readonly TreeLayout Layout = TreeLayout.Of(("weight", [Features, Classes]), ("bias", [Classes]));

    private readonly double[] points;
    private readonly int[] classes;

    /// <summary>
    /// Draws points around a centre for each class: normal with deviation 1; the centres are normal with deviation 0.5.
    /// </summary>
    /// <param name="samples">The number of points; 1 or more.</param>
    /// <param name="seed">The seed of the points.</param>
    public Classification(int samples, ulong seed)
    {
        Philox random = new(seed);
        classes = [.. Enumerable.Range(0, samples).Select(sample => sample % Classes)];
        points = new double[samples * Features];
        for (int index = 0; index < points.Length; index++)
        {
            int centre = (classes[index / Features] * Features) + (index % Features);
            points[index] = (CentreDeviation * random.Normal((ulong)centre, CentreStream))
                + random.Normal((ulong)index, PointStream);
        }
    }

    /// <summary>The number of points.</summary>
    public int Samples => classes.Length;

    /// <summary>Weights and biases of zero: all classes equally likely.</summary>
    public static ParameterTree<double> Start { get; } = Layout.Zeros<double>();

    /// <summary>The mean loss of all samples, in nats, and its gradient.</summary>
    public (double Loss, ParameterTree<double> Gradients) At(ParameterTree<double> parameters) =>
        Of(points, classes, parameters);

    /// <summary>The mean loss of a batch, in nats, and its gradient.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="batch">The indices of the samples; a repeated index counts each time.</param>
    public (double Loss, ParameterTree<double> Gradients) At(ParameterTree<double> parameters, ReadOnlySpan<int> batch)
    {
        double[] chosen = new double[batch.Length * Features];
        int[] targets = new int[batch.Length];
        for (int row = 0; row < batch.Length; row++)
        {
            points.AsSpan(batch[row] * Features, Features).CopyTo(chosen.AsSpan(row * Features));
            targets[row] = classes[batch[row]];
        }

        return Of(chosen, targets, parameters);
    }

    /// <summary>The minimum of the mean loss of all samples, in nats, found by L-BFGS.</summary>
    public double MinLoss()
    {
        Lbfgs lbfgs = Lbfgs.Of(maximumIterations: 1000, lineSearch: LineSearch.StrongWolfe);
        return lbfgs.Step(At, Start, lbfgs.Init(Start)).Report.NewLoss;
    }

    private static (double Loss, ParameterTree<double> Gradients) Of(
        double[] points, int[] classes, ParameterTree<double> parameters) =>
        Differentiate.ValueAndGradient(
            of => (of.Constant(new(classes.Length, Features), points).MatMul(of["weight"]) + of["bias"])
                .CrossEntropy(classes),
            parameters);
}
