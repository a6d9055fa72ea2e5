using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// Donating steps have the bits of pure ones, with frozen leaves too, and consume what they are given and do not
    /// return.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Donation(Optimizer optimizer) => Holds(optimizer, Donation<float>, Donation<double>);

    private static void Donation<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Donates<T>("donating steps", optimizer, problem);
        Donates<T>("donating steps with frozen leaves", optimizer.WithGroups(Frozen),
            // A spoiled gradient would spoil the loss of all leaves.
            optimizer is FunctionOptimizer ? problem : WithSpoiledFrozenLeaves(problem));
    }

    private static void Donates<T>(string what, Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> parameters = problem.Parameters<T>();
        OptimizerState<T> state = optimizer.Init(parameters);
        for (int update = 1; update <= Problem.Updates; update++)
        {
            ParameterTree<T> gradients = problem.Gradients<T>(update);
            // Of a slot in another format the trees are decoded copies.
            OptimizerState<T> before = state;
            ParameterTree<T>[] given =
            [
                parameters, gradients,
                .. Enumerable.Range(0, state.SlotCount).Where(slot => before.FormatOf(slot) == StateFormat.Full).Select(
                    slot => before[slot]),
            ];
            if (optimizer is FunctionOptimizer)
            {
                given = [.. given.Where(tree => tree != gradients)];
                (parameters, state, _) = optimizer.StepDonating(problem.Loss<T>(update), parameters, state);
            }
            else
            {
                (parameters, state) = optimizer.StepDonating(parameters, gradients, state);
            }
            ParameterTree<T>[] returned =
                [parameters, .. Enumerable.Range(0, state.SlotCount).Select(slot => state[slot])];
            foreach (ParameterTree<T> tree in given)
                Claim.That(
                    IsConsumed(tree) || returned.Contains(tree),
                    $"{what}: after step {update} a tree it was given is neither consumed nor returned");
        }

        Claim.Same(what, problem.After<T>(optimizer), (parameters, state));
    }

    private static bool IsConsumed<T>(ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        try
        {
            return tree.Layout is null;
        }
        catch (ObjectDisposedException gone) when (gone.Message.Contains("consumed", StringComparison.Ordinal))
        {
            return true;
        }
    }
}
