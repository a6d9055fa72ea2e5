using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    private static readonly LeafGroup Half = LeafGroup.Of("half", static _ => true, learningRateMultiplier: 0.5);

    /// <summary>The learning-rate multiplier of a group multiplies the update: half of the rate is half of the way, in bits.</summary>
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
            ParameterTree<T> half = optimizer.WithGroups(Half).Update(parameters, problem.Gradients<T>(step), state).Deltas;
            Claim.Same($"twice the update of step {step} at half of the rate", whole, half.Select(static delta => delta + delta));
        }
    }

    private static string? ExemptionFromRateMultiplier(Optimizer optimizer)
    {
        if (ExemptionFromZeroRate(optimizer) is { } without) return without;
        return optimizer.Routes().SelectMany(route => route.Reverse().TakeWhile(part => !part.HasRate()))
            .FirstOrDefault(part => !part.SlotNames.IsEmpty) is { } part ? $"{part} remembers updates of the rates before" : null;
    }
}
