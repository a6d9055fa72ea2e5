using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// A step that throws changes nothing, donating or not: what it was given is alive, with the same bits, and a
    /// second try does as if there had been no first. What throws is a schedule, a group or a transform around the
    /// optimizer, or the optimizer itself, at a gradient that is not a number.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void FailedStep(Optimizer optimizer) =>
        HoldsIn(Problem.Sample, optimizer, FailedStep<float>, FailedStep<double>);

    private static void FailedStep<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (bool donate in (bool[])[false, true])
        {
            foreach (Moment moment in Enum.GetValues<Moment>())
            {
                Interruption interruption = new(moment);
                foreach ((string place, Optimizer interrupted) in interruption.In(optimizer))
                {
                    Fails<T>(
                        $"after {moment} threw, {place}", interrupted, donate, problem, problem,
                        () => interruption.Next = static () => throw new InterruptedException(),
                        () => interruption.Next = null);
                }
            }

            string[] spoiledLeaves = [problem.Leaves.First(leaf => leaf.Size > 1).Name, problem.Leaves.Last().Name];
            foreach (string leaf in spoiledLeaves)
            {
                Problem spoiled = problem.Select(
                    (other, which, values) => other.Name == leaf && which > 0 ? [.. values[1..], double.NaN] : values);
                Fails<T>(
                    $"after a NaN in {leaf} threw", optimizer, donate, problem, spoiled, static () => { },
                    static () => { });
            }
        }
    }

    /// <summary>Tries each step with other gradients, and once more without the disturbance.</summary>
    private static void Fails<T>(
        string what, Optimizer optimizer, bool donate, Problem problem, Problem disturbed, Action disturb, Action calm)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        what += donate ? ", donating" : "";
        ParameterTree<T> parameters = problem.Parameters<T>();
        OptimizerState<T> state = optimizer.Init(parameters);
        for (int update = 1; update <= Problem.Updates; update++)
        {
            // In memory that no step has seen, so that all of it is worked out anew: which leaf is in which group too.
            (parameters, state) = (parameters.Copy(), state.Copy());
            ParameterTree<T> given = disturbed.Gradients<T>(update);
            (ParameterTree<T> Parameters, OptimizerState<T> State) before = (parameters.Copy(), state.Copy());
            var expected = Step(before.Parameters.Copy(), problem.Gradients<T>(update), before.State.Copy());
            disturb();
            try
            {
                Step(parameters, given, state);
                // It did not fail, and went on from what it was to be disturbed by.
                (parameters, state) = expected;
            }
            catch (Exception exception) when (exception is InterruptedException or NonFiniteGradientException)
            {
                Claim.Same(what, before, (parameters, state));
                Claim.Same($"{what}, the gradients", disturbed.Gradients<T>(update), given);
                (parameters, state) = Step(parameters, problem.Gradients<T>(update), state);
                Claim.Same($"{what}, the second try", expected, (parameters, state));
            }

            calm();
        }

        (ParameterTree<T> Parameters, OptimizerState<T> State) Step(
            ParameterTree<T> from, ParameterTree<T> gradients, OptimizerState<T> with) =>
            donate ? optimizer.StepDonating(from, gradients, with) : optimizer.Step(from, gradients, with);
    }

    private sealed class InterruptedException : Exception;
}
