using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// A step made in the course of another one, by a schedule, a group or a transform, changes no bit of that.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void NestedStep(Optimizer optimizer) =>
        HoldsIn(Problem.Sample, optimizer, NestedStep<float>, NestedStep<double>);

    private static void NestedStep<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Problem other =
            new([.. problem.Leaves.Reverse().Select(leaf => leaf.Select(static (_, values) => [.. values.Reverse()]))]);
        foreach (Moment moment in Enum.GetValues<Moment>())
        {
            Interruption interruption = new(moment);
            foreach ((string place, Optimizer interrupted) in interruption.In(optimizer))
            {
                ParameterTree<T> parameters = problem.Parameters<T>();
                OptimizerState<T> state = interrupted.Init(parameters);
                for (int update = 1; update <= Problem.Updates; update++)
                {
                    ParameterTree<T> gradients = problem.Gradients<T>(update);
                    var expected = interrupted.Step(parameters, gradients, state);
                    interruption.Next = () =>
                    {
                        var inner = other.After<T>(interrupted, updates: 2);
                        interrupted.StepDonating(inner.Parameters, other.Gradients<T>(3), inner.State);
                    };
                    ParameterTree<T> anew = parameters.Copy();
                    (parameters, state) = interrupted.Step(anew, gradients, state);
                    interruption.Next = null;
                    Claim.Same($"with a step inside of {moment}, {place}", expected, (parameters, state));
                }
            }
        }
    }
}
