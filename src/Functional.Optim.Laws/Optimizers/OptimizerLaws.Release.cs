using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// What a step returns is its own: it keeps its bits when what the step was given is released, or donated to
    /// another step, and other trees take its memory.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Release(Optimizer optimizer) =>
        HoldsIn(Problem.Sample, optimizer, Release<float>, Release<double>);

    private static void Release<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Survives<T>(
            "of a step", problem, optimizer.Init, (parameters, gradients, state) =>
                optimizer.Step(parameters, gradients, state),
            (parameters, gradients, state) => optimizer.StepDonating(parameters, gradients, state));
        Survives<T>(
            "of an update", problem, optimizer.Init, (parameters, gradients, state) =>
                optimizer.Update(parameters, gradients, state),
            (parameters, gradients, state) => optimizer.StepDonating(parameters, gradients, state));
    }

    /// <summary>
    /// What a step returns survives; with gradients that are not a number too, where the step takes them.
    /// </summary>
    internal static void Survives<T>(
        string what, Problem problem, Func<ParameterTree<T>, OptimizerState<T>> init,
        Func<ParameterTree<T>, ParameterTree<T>, OptimizerState<T>,
            (ParameterTree<T> Parameters, OptimizerState<T> State)> step,
        Func<ParameterTree<T>, ParameterTree<T>, OptimizerState<T>,
            (ParameterTree<T> Parameters, OptimizerState<T> State)> donating)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Problem spoiled = problem.Select(
            static (_, which, values) => which == 2 ? [.. values.Select(static _ => double.NaN)] : values);
        foreach (Problem each in (Problem[])[problem, spoiled])
        {
            foreach (bool donate in (bool[])[false, true])
            {
                ParameterTree<T> parameters = each.Parameters<T>();
                OptimizerState<T> state = init(parameters);
                for (int update = 1; update <= Problem.Updates; update++)
                {
                    ParameterTree<T> gradients = each.Gradients<T>(update);
                    (ParameterTree<T> Parameters, OptimizerState<T> State) returned;
                    try
                    {
                        returned = step(parameters, gradients, state);
                    }
                    catch (NonFiniteGradientException)
                    {
                        break;
                    }

                    (ParameterTree<T> Parameters, OptimizerState<T> State) expected =
                        (returned.Parameters.Copy(), returned.State.Copy());
                    TreeLayout layout = parameters.Layout;
                    ParameterTree<T>[] given =
                        [parameters, gradients, .. Enumerable.Range(0, state.SlotCount).Select(slot => state[slot])];
                    ParameterTree<T>[] donated = [];
                    if (donate)
                    {
                        (ParameterTree<T> moved, OptimizerState<T> next) = donating(parameters, gradients, state);
                        donated = [moved, .. Enumerable.Range(0, next.SlotCount).Select(slot => next[slot])];
                    }

                    foreach (ParameterTree<T> tree in donate ? donated : given) tree.Release();
                    ParameterTree<T>[] others =
                        [.. Enumerable.Range(0, 2 * given.Length).Select(_ => Filled(layout, T.NaN))];
                    string when =
                        $"after what step {update} was given was {(donate ? "donated" : "released")}, "
                        + $"the result {what}";
                    Claim.That(
                        !IsConsumed(returned.Parameters)
                        && !Enumerable.Range(0, expected.State.SlotCount).Any(slot => IsConsumed(returned.State[slot])),
                        $"{when} is gone too");
                    Claim.Same(when, expected, returned);
                    foreach (ParameterTree<T> tree in others) tree.Release();
                    (parameters, state) = returned;
                }
            }
        }
    }

    private static ParameterTree<T> Filled<T>(TreeLayout layout, T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeBuffer<T> buffer = layout.Rent<T>();
        foreach (Leaf leaf in layout.Leaves) buffer.AsSpan(leaf).Fill(value);
        return buffer.ToTree();
    }
}
