using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// What nobody holds is collected: trees, states and layouts while the optimizer lives on, and an optimizer with
    /// its plans while the trees live on.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Collection(Optimizer optimizer) =>
        HoldsIn(Problem.Sample, optimizer, Collection<float>, Collection<double>);

    private static void Collection<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> held = problem.Parameters<T>();
        List<(string Name, WeakReference Reference)> gone = [];
        AndDropTrees<T>(optimizer, problem, gone);
        AndDropOptimizer(optimizer, held, gone);
        for (int generation = 0; generation < 3 && gone.Any(each => each.Reference.IsAlive); generation++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        foreach ((string name, WeakReference reference) in gone)
            Claim.That(!reference.IsAlive, $"{name}, which nobody holds, is not collected");
        GC.KeepAlive(optimizer);
        GC.KeepAlive(held.Storage);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AndDropOptimizer<T>(
        Optimizer optimizer, ParameterTree<T> held, List<(string Name, WeakReference Reference)> gone)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Optimizer copy = optimizer with { };
        OptimizerState<T> state = copy.Init(held);
        copy.Step(held, held.Layout.Zeros<T>(), state);
        gone.Add(("an optimizer whose trees live on", new WeakReference(copy)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AndDropTrees<T>(
        Optimizer optimizer, Problem problem, List<(string Name, WeakReference Reference)> gone)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Under layouts of their own, as from a file or another library: that of the problem lives as long as the
        // problem.
        ParameterTree<T> parameters = problem.Parameters<T>().Anew();
        OptimizerState<T> state = optimizer.Init(parameters);
        gone.Add(("a layout", new WeakReference(parameters.Layout)));
        gone.AddRange(parameters.Layout.Leaves.Select(leaf => ("a leaf", new WeakReference(leaf))));
        for (int update = 1; update <= Problem.Updates; update++)
        {
            ParameterTree<T> gradients = problem.Gradients<T>(update).Anew();
            Note("the parameters", parameters);
            Note("the gradients", gradients);
            gone.Add(("the layout of the gradients", new WeakReference(gradients.Layout)));
            for (int slot = 0; slot < state.SlotCount; slot++) Note($"slot {slot}", state[slot]);
            optimizer.Update(parameters, gradients, state).Deltas.Release();
            (parameters, state) = update == 1
                ? optimizer.Step(parameters, gradients, state) : optimizer.StepDonating(parameters, gradients, state);
        }

        Note("the parameters at the end", parameters);

        void Note(string name, ParameterTree<T> tree) => gone.Add((name, new WeakReference(tree.Storage)));
    }
}
