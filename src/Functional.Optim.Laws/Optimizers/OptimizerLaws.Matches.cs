using System.Collections.Immutable;
using System.Globalization;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// The steps of a trajectory that is compared with a reference; the gradients of a problem come in turn.
    /// </summary>
    private const int ReferenceSteps = 12;

    /// <summary>
    /// The optimizer takes the steps of a reference that works element by element: 12 steps on many small trees, in
    /// double. The message tells the first step, leaf and element that differ, and by how much.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="reference">The reference, written plainly.</param>
    /// <param name="stateLength">How many numbers the reference keeps of each element; they start as zeros.</param>
    /// <param name="tolerance">How far θ may be off, relative to the larger of 1 and the reference's |θ|.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The length of the state is negative, or the tolerance is not positive and finite.
    /// </exception>
    /// <exception cref="LawException">The steps differ.</exception>
    public static void Matches(
        Optimizer optimizer, ElementReference reference, int stateLength = 0, double tolerance = 1e-10)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stateLength);
        Matches(optimizer, reference, _ => new double[stateLength], tolerance);
    }

    /// <inheritdoc cref="Matches(Optimizer, ElementReference, int, double)"/>
    /// <param name="start">What the reference keeps of an element before the first step, from its parameter.</param>
    public static void Matches(
        Optimizer optimizer, ElementReference reference, Func<double, double[]> start, double tolerance = 1e-10)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(start);
        Matches<double[][][]?>(
            optimizer,
            _ => null,
            (
                long step, ImmutableArray<Leaf> leaves, double[][] parameters, double[][] gradients,
                ref double[][][]? state) =>
            {
                state ??= [.. parameters.Select(leaf => leaf.Select(start).ToArray())];
                for (int leaf = 0; leaf < parameters.Length; leaf++)
                {
                    double[] theta = parameters[leaf];
                    for (int index = 0; index < theta.Length; index++)
                        theta[index] = reference(step, theta[index], gradients[leaf][index], state[leaf][index]);
                }
            },
            tolerance);
    }

    /// <summary>
    /// The optimizer takes the steps of a reference that sees all leaves at once: 12 steps on many small trees, in
    /// double. The message tells the first step, leaf and element that differ, and by how much.
    /// </summary>
    /// <typeparam name="TState">What the reference keeps from step to step.</typeparam>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="start">The state of the reference before the first step, for some leaves.</param>
    /// <param name="reference">The reference, written plainly.</param>
    /// <param name="tolerance">How far θ may be off, relative to the larger of 1 and the reference's |θ|.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance is not positive and finite.</exception>
    /// <exception cref="LawException">The steps differ.</exception>
    public static void Matches<TState>(
        Optimizer optimizer, Func<ImmutableArray<Leaf>, TState> start, TreeReference<TState> reference,
        double tolerance = 1e-10)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(reference);
        if (!(tolerance > 0 && double.IsFinite(tolerance)))
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "Allowed is positive and finite.");
        Search.ForCounterexample(nameof(Matches), optimizer, "in double", Follows, [Problem.Ordinary()]);

        void Follows(Problem problem)
        {
            ParameterTree<double> parameters = problem.Parameters<double>();
            OptimizerState<double> state = optimizer.Init(parameters);
            ImmutableArray<Leaf> leaves = parameters.Layout.Leaves;
            double[][] theta = Numbers(parameters);
            TState own = start(leaves);
            for (int step = 1; step <= ReferenceSteps; step++)
            {
                ParameterTree<double> gradients = problem.Gradients<double>(1 + ((step - 1) % Problem.Updates));
                reference(step, leaves, theta, Numbers(gradients), ref own);
                (parameters, state) = optimizer.Step(parameters, gradients, state);
                for (int leaf = 0; leaf < leaves.Length; leaf++)
                {
                    ReadOnlySpan<double> actual = parameters.AsSpan(leaves[leaf]);
                    for (int index = 0; index < actual.Length; index++)
                        AssertNear(step, leaves[leaf].Name, index, theta[leaf][index], actual[index]);
                }
            }
        }

        void AssertNear(int step, string leaf, int index, double expected, double actual)
        {
            double distance = Math.Abs(actual - expected);
            if (actual.Equals(expected) || distance <= tolerance * Math.Max(1, Math.Abs(expected))) return;
            throw new BrokenClaimException(string.Create(
                CultureInfo.InvariantCulture,
                $"after step {step}, {leaf}[{index}] is {actual:R}; the reference has {expected:R}, "
                + $"{distance:R} away"));
        }

        static double[][] Numbers(ParameterTree<double> tree) =>
            [.. tree.Layout.Leaves.Select(leaf => tree.AsSpan(leaf).ToArray())];
    }
}
