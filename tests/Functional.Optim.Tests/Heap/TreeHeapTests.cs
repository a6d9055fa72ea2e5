using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Kernels;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Heap;

/// <summary>
/// Memory without references is collected. The tests use weak references, not the
/// size of the heap, which other tests use too.
/// </summary>
[Collection(ThreadLimit.Name)]
public class TreeHeapTests
{
    private const int Models = 20;
    private const int Length = 1000;

    public static TheoryData<string, Func<List<WeakReference>, bool>> Uses => new()
    {
        { "a model of its own layout, trained donating", Trained(donate: true) },
        { "a model of its own layout, trained with pure steps whose inputs are released", Trained(donate: false) },
        { "a train state that was donated to each step", TrainedByTheShell },
        { "a tree that was released, as one that was loaded and is no longer needed", Released },
        { "a norm that was remembered, and both element types in one layout", OfBothTypes },
    };

    [Theory]
    [MemberData(nameof(Uses))]
    public void Unreferenced_layouts_and_trees_are_collected(string name, Func<List<WeakReference>, bool> use)
    {
        List<WeakReference> made = [];
        for (int model = 0; model < Models; model++) Assert.True(use(made), name);
        AssertCollected(made, name);
    }

    [Fact]
    public void The_gradients_of_another_source_are_collected_while_training_continues()
    {
        AdamW adamw = AdamW.Of(1e-3);
        ParameterTree<float> parameters = Tree<float>();
        AdamState<float> state = adamw.Init(parameters);
        List<WeakReference> gradients = [];
        for (int step = 0; step < 200; step++) (parameters, state) = Step(parameters, state);
        AssertCollected(gradients, "a donated gradient");
        Assert.Equal(200, state.Step);

        [MethodImpl(MethodImplOptions.NoInlining)]
        (ParameterTree<float>, AdamState<float>) Step(ParameterTree<float> at, AdamState<float> before)
        {
            ParameterTree<float> gradient = Tree<float>();
            Remember(gradients, gradient);
            return adamw.StepDonating(at, gradient, before);
        }
    }

    [Fact]
    public void A_pool_drops_what_is_trimmed_and_nothing_else()
    {
        TreeLayout layout = TreeLayout.Of(("w", [Length]));
        List<WeakReference> released = [];
        Release<float>(layout, 200, released);
        Release<double>(layout, 3, released);
        ParameterTree<float> used = layout.Zeros<float>();
        Assert.Equal(((199L * sizeof(float)) + (3 * sizeof(double))) * layout.TotalLength, layout.Trim());
        Assert.Equal(0, layout.Trim());
        AssertCollected(released, "a trimmed tree", alive: 1);
        Assert.Equal(0, used.GlobalNorm());
        used.Release();
        Assert.Equal(layout.TotalLength * sizeof(float), layout.Trim());
    }

    [Fact]
    public void Renting_and_releasing_allocates_nothing_once_the_pool_is_full_enough()
    {
        TreeLayout layout = TreeLayout.Of(("w", [Length]));
        Assert.Equal(0, SteadyAllocation.Of(_ =>
        {
            ParameterTree<float> first = layout.Zeros<float>(), second = layout.Zeros<float>();
            first.Release();
            second.Release();
        }));
    }

    private static Func<List<WeakReference>, bool> Trained(bool donate) =>
        [MethodImpl(MethodImplOptions.NoInlining)] (made) =>
    {
        AdamW adamw = AdamW.Of(1e-3);
        ParameterTree<float> parameters = Tree<float>();
        TreeLayout layout = parameters.Layout;
        AdamState<float> state = adamw.Init(parameters);
        Remember(made, parameters);
        for (int step = 0; step < 3; step++)
        {
            ParameterTree<float> gradients = layout.Zeros<float>();
            if (donate)
            {
                (parameters, state) = adamw.StepDonating(parameters, gradients, state);
                continue;
            }

            (ParameterTree<float> next, AdamState<float> after) = adamw.Step(parameters, gradients, state);
            parameters.Release();
            gradients.Release();
            state.M.Release();
            state.V.Release();
            (parameters, state) = (next, after);
        }

        return state.Step == 3;
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TrainedByTheShell(List<WeakReference> made)
    {
        AdamW adamw = AdamW.Of(1e-3);
        ParameterTree<float> start = Tree<float>();
        Remember(made, start);
        TrainState<float> state = TrainState.Init(adamw, start);
        GradientSource<float, int> source = (at, _, _) => (0, at.Layout.Zeros<float>());
        for (int step = 0; step < 3; step++) (state, _) = TrainStep.RunDonating(adamw, source, state, 0);
        return state.Optimizer.Step == 3;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Released(List<WeakReference> made)
    {
        ParameterTree<float> tree = Tree<float>();
        Remember(made, tree);
        tree.Release();
        return tree.ToString().Contains("consumed", StringComparison.Ordinal);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool OfBothTypes(List<WeakReference> made)
    {
        ParameterTree<float> tree = Tree<float>();
        Remember(made, tree);
        ParameterTree<double> other = tree.Layout.Zeros<double>();
        Remember(made, other);
        double norm = tree.GlobalNorm() + other.GlobalNorm();
        tree.Release();
        other.Release();
        return norm == 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Release<T>(TreeLayout layout, int count, List<WeakReference> released)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T>[] trees = new ParameterTree<T>[count];
        for (int tree = 0; tree < count; tree++)
        {
            trees[tree] = layout.Zeros<T>();
            released.Add(new WeakReference(trees[tree].Storage));
        }

        foreach (ParameterTree<T> tree in trees) tree.Release();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Remember<T>(List<WeakReference> made, ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        made.Add(new WeakReference(tree.Layout));
        made.Add(new WeakReference(tree.Storage));
        made.Add(new WeakReference(tree.Storage.Memory));
    }

    private static ParameterTree<T> Tree<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of(Leaf.Of("w", [Length], new T[Length]));

    private static void AssertCollected(List<WeakReference> made, string name, int alive = 0)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        int left = made.Count(reference => reference.IsAlive);
        Assert.True(left == alive, $"{name}: {left} of {made.Count} objects are alive, {alive} expected");
    }
}
