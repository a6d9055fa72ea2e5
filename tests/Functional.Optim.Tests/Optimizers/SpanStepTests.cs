using System.Numerics;
using Functional.Optim.Kernels;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Laws;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>The step over spans gives the bits of the step over trees, for every elementwise optimizer.</summary>
public class SpanStepTests
{
    public static TheoryData<string> Names =>
        [.. Laws.Catalogue.All.Where(entry => entry.Optimizer is ElementwiseOptimizer).Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_gives_the_bits_of_the_step_over_trees(string name)
    {
        ElementwiseOptimizer optimizer =
            (ElementwiseOptimizer)Laws.Catalogue.Get(name)
                with { Groups = [], DecayFilter = LeafFilter.All, StateFormat = null };
        Check<float>(optimizer);
        Check<double>(optimizer);
        // What two settings do of which all variants of an optimizer have the same code.
        if (Laws.Catalogue.All.First(entry => entry.Optimizer.GetType() == optimizer.GetType()).Name != name) return;
        Check<float>(
            optimizer with { Maximize = !optimizer.Maximize, WeightDecay = 0.3, DecayFilter = LeafFilter.None });
    }

    [Fact]
    public void What_spans_cannot_carry_is_refused()
    {
        AdamW adamw = AdamW.Of(0.1);
        Refused("decay filter, matrices", adamw with { DecayFilter = LeafFilter.Matrices });
        Refused("groups", adamw.WithGroups(LeafGroup.Of("all", LeafFilter.All, 2)));
        Refused("state format, BFloat16", adamw.WithState(StateFormat.BFloat16));
        Assert.Throws<ArgumentOutOfRangeException>(() => Step(adamw, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Step(adamw, long.MinValue));
        Assert.ThrowsAny<ArgumentException>(() => Step(Rprop.Of() with { MinimumStep = 60 }, 1));
        string message = Assert.Throws<InvalidOperationException>(
            () => Step(AdamW.Of(0.1, beta1: Schedule.LinearWarmup(2, 4)), 2)).Message;
        Assert.StartsWith("Beta1 at update 2 is 1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_allocates_nothing()
    {
        float[] theta = new float[64], gradient = new float[64], first = new float[64], second = new float[64];
        AdamW adamw = AdamW.Of(Schedule.WarmupCosine(0.1, 10, 1000), weightDecay: 0.1);
        Assert.Equal(0, SteadyAllocation.Of(step => adamw.Step<float>(
            step + 1, theta, gradient, new(first, second), theta, new(first, second))));
    }

    private static void Refused(string part, ElementwiseOptimizer optimizer) => Assert.Contains(
        part, Assert.Throws<InvalidOperationException>(() => Step(optimizer, 1)).Message, StringComparison.Ordinal);

    private static void Step(ElementwiseOptimizer optimizer, long step)
    {
        float[] one = [1], two = [1], three = [1];
        optimizer.Step<float>(step, one, new float[1], new(two, three), one, new(two, three));
    }

    private static void Check<T>(ElementwiseOptimizer optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Law.Holds(
        problem =>
        {
            (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer);
            OptimizerState<T> start = ((Optimizer)optimizer).Init(problem.Parameters<T>());
            foreach (Leaf leaf in parameters.Layout.Leaves)
            {
                T[] theta = problem.Parameters<T>().AsSpan(leaf).ToArray();
                T[][] slots =
                    [.. Enumerable.Range(0, state.SlotCount).Select(slot => start[slot].AsSpan(leaf).ToArray())];
                for (int update = 1; update <= Problem.Updates; update++)
                {
                    optimizer.Step<T>(
                        update, theta, problem.Gradients<T>(update).AsSpan(leaf),
                        new(Slot(0), Slot(1), Slot(2), Slot(3)), theta, new(Slot(0), Slot(1), Slot(2), Slot(3)));
                }

                Assert.Equal(parameters.AsSpan(leaf).ToArray(), theta);
                for (int slot = 0; slot < slots.Length; slot++)
                    Assert.Equal(state[slot].AsSpan(leaf).ToArray(), slots[slot]);

                T[]? Slot(int slot) => slot < slots.Length ? slots[slot] : null;
            }
        },
        tests: 20);
}
