using System.Numerics;
using Functional.Optim.Kernels;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

/// <summary>The kernels over spans give the numbers of the optimizers over trees, defaults included.</summary>
public class KernelLaws
{
    private delegate void Kernel<T>(long step, ReadOnlySpan<T> gradient, T[] theta, T[] first, T[] second)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    [Fact]
    public void AdamW_over_spans_is_AdamW_over_trees()
    {
        Same(AdamW.Of(0.1), new AdamWHyperparameters(0.1));
        Same(AdamW.Of(0.1, 0.5, 0.75, 1e-3, 0.25), new AdamWHyperparameters(0.1, 0.5, 0.75, 1e-3, 0.25));

        static void Same(AdamW optimizer, AdamWHyperparameters hyper)
        {
            Check<float>(optimizer, (step, g, theta, m, v) => AdamWKernel.Step<float>(hyper, step, theta, g, m, v, theta, m, v));
            Check<double>(optimizer, (step, g, theta, m, v) => AdamWKernel.Step<double>(hyper, step, theta, g, m, v, theta, m, v));
        }
    }

    [Fact]
    public void Adam_over_spans_is_Adam_over_trees()
    {
        Same(Adam.Of(0.1), new AdamHyperparameters(0.1));
        Same(
            Adam.Of(0.1, 0.5, 0.75, 1e-3, 0.25, biasCorrection: false),
            new AdamHyperparameters(0.1, 0.5, 0.75, 1e-3, 0.25, BiasCorrection: false));

        static void Same(Adam optimizer, AdamHyperparameters hyper)
        {
            Check<float>(optimizer, (step, g, theta, m, v) => AdamKernel.Step<float>(hyper, step, theta, g, m, v, theta, m, v));
            Check<double>(optimizer, (step, g, theta, m, v) => AdamKernel.Step<double>(hyper, step, theta, g, m, v, theta, m, v));
        }
    }

    [Fact]
    public void Descent_over_spans_is_descent_over_trees()
    {
        Same(Sgd.Of(0.1), new SgdHyperparameters(0.1));
        Same(Sgd.Of(0.1, 0.9, 0.5, weightDecay: 0.25), new SgdHyperparameters(0.1, 0.9, 0.5, L2: 0.25));
        Same(Sgd.Of(0.1, 0.9, nesterov: true), new SgdHyperparameters(0.1, 0.9, Nesterov: true));

        static void Same(Sgd optimizer, SgdHyperparameters hyper)
        {
            Check<float>(optimizer, (step, g, theta, m, _) => SgdKernel.Step<float>(hyper, step, theta, g, m, theta, m));
            Check<double>(optimizer, (step, g, theta, m, _) => SgdKernel.Step<double>(hyper, step, theta, g, m, theta, m));
        }
    }

    private static void Check<T>(Optimizer optimizer, Kernel<T> kernel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Law.Holds(problem =>
    {
        (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer);
        foreach (Leaf leaf in parameters.Layout.Leaves)
        {
            T[][] arrays = [problem.Parameters<T>().AsSpan(leaf).ToArray(), new T[leaf.Length], new T[leaf.Length]];
            for (int update = 1; update <= Problem.Updates; update++)
                kernel(update, problem.Gradients<T>(update).AsSpan(leaf), arrays[0], arrays[1], arrays[2]);
            AssertSame(parameters, arrays[0]);
            for (int slot = 0; slot < state.SlotCount; slot++) AssertSame(state[slot], arrays[1 + slot]);

            void AssertSame(ParameterTree<T> expected, ReadOnlySpan<T> actual) =>
                Assert.True(expected.AsSpan(leaf).SequenceEqual(actual), leaf.ToString());
        }
    });
}
