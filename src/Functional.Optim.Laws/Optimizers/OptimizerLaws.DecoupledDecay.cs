using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>A parameter that never had a gradient shrinks by 1 − η·λ at each update, to rounding.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void DecoupledDecay(Optimizer optimizer) => Holds(optimizer, DecoupledDecay<float>, DecoupledDecay<double>);

    private static void DecoupledDecay<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> parameters = problem.Parameters<T>();
        OptimizerState<T> state = optimizer.Init(parameters);
        double rounding = 2 * double.CreateTruncating(T.BitIncrement(T.One) - T.One);
        for (int step = 1; step <= Problem.Updates; step++)
        {
            ParameterTree<T> before = parameters;
            (parameters, state) = optimizer.Step(before, before.Layout.Zeros<T>(), state);
            Claim.Near($"without gradients, after step {step}", parameters, (leaf, index) =>
            {
                double theta = double.CreateTruncating(before.AsSpan(leaf)[index]);
                double rate = optimizer.LearningRateAt(step) * optimizer.GroupOf(leaf).Settings.LearningRateMultiplier;
                return (theta * (1 - (rate * optimizer.WeightDecayOf(leaf))), rounding * (0.1 + Math.Abs(theta)));
            });
        }
    }

    private static string? ExemptionFromDecoupledDecay(Optimizer optimizer)
    {
        if (optimizer.Parts.OfType<Partition>().FirstOrDefault() is { } partition) return $"{partition} has several optimizers";
        Transform[] behind = [.. optimizer.Parts.SkipWhile(part => !part.Decays()).SkipWhile(PartExtensions.Decays)];
        return !optimizer.Parts.Any(PartExtensions.Decays) ? "it has no decay"
            : behind.FirstOrDefault(part => !part.HasRate()) is { } part ? $"{part} works on the decay"
            : null;
    }
}
