using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// The last step that a long can count is like any other, and the one after it is refused and consumes nothing.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void LastStep(Optimizer optimizer) =>
        HoldsIn(Problem.Sample, optimizer, LastStep<float>, LastStep<double>);

    private static void LastStep<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer);
        bool moves = parameters != problem.After<T>(optimizer, Problem.Updates - 1).Parameters;
        state = state.At(long.MaxValue - 2);
        while (state.Step < long.MaxValue)
        {
            (ParameterTree<T> before, long step) = (parameters, state.Step);
            (parameters, state) = optimizer.Step(parameters, problem.Gradients<T>(1), state);
            Claim.That(
                parameters.FirstNonFiniteLeaf() is null,
                $"at step {state.Step} {parameters.FirstNonFiniteLeaf()} is not finite");
            double rate = parameters.Layout.Leaves.Max(leaf => optimizer.RateOf(leaf, state.Step));
            Claim.That(
                state.Step == step || !moves || rate < 1e-6 || parameters != before,
                $"at step {state.Step} no parameter moves, at a rate of {rate}");
        }

        ParameterTree<T> gradients = problem.Gradients<T>(2);
        try
        {
            optimizer.StepDonating(parameters, gradients, state);
        }
        catch (OverflowException)
        {
            Claim.Same("after the step that was refused, the gradients", problem.Gradients<T>(2), gradients);
            return;
        }

        throw new BrokenClaimException($"after step {state.Step} another is counted");
    }
}
