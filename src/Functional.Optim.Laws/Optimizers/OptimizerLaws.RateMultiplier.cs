using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// The learning-rate multiplier of a group multiplies the update: half of the rate is half of the way, in bits
    /// where no number is denormal.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void RateMultiplier(Optimizer optimizer) =>
        Holds(optimizer, RateMultiplier<float>, RateMultiplier<double>, Problem.Ordinary());

    private static void RateMultiplier<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int step = 1; step <= Problem.Updates; step++)
        {
            (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer, step - 1);
            ParameterTree<T> whole = optimizer.Update(parameters, problem.Gradients<T>(step), state).Deltas;
            ParameterTree<T> half = optimizer.WithRate(0.5)
                .Update(parameters, problem.Gradients<T>(step), state).Deltas;
            ParameterTree<T> twice = half.Select(static delta => delta + delta);
            Claim.Near($"twice the update of step {step} at half of the rate", twice, (leaf, index) =>
            {
                // Half of a denormal number, of an update or of a rate, is rounded.
                double delta = double.CreateTruncating(whole.AsSpan(leaf)[index]), rate = optimizer.RateOf(leaf, step);
                return (delta, 2 * double.CreateTruncating(T.Epsilon) * (1 + (rate == 0 ? 0 : Math.Abs(delta) / rate)));
            });
        }
    }

    private static string? ExemptionFromRateMultiplier(Optimizer optimizer)
    {
        if (ExemptionFromZeroRate(optimizer) is { } without) return without;
        if (optimizer.OpenedTransforms().FirstOrDefault(
            part => part is Hyperball or FromageScaling or LambRatio { Rate: not Constant { Rate: 0 } }) is { } scaling)
            return $"{scaling} depends on the rate in another way, so that twice the rate is not twice the way";
        return BehindTheRate(optimizer).FirstOrDefault() is { } part ? $"{part} works on what is after the rate" : null;
    }
}
