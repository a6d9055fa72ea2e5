using System.Numerics;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Kernels;
using Functional.Optim.Tests.Laws;

namespace Functional.Optim.Tests.Engine;

using Catalogue = Functional.Optim.Tests.Laws.Catalogue;
using Trees = Functional.Optim.Tests.Laws.Trees;

/// <summary>
/// The code path of a runtime without a JIT, run in one that has it. The switch is global, so these tests run alone.
/// </summary>
[Collection(ThreadLimit.Name)]
public class RulesInTurnTests
{
    private static readonly (string Name, Optimizer Optimizer)[] All = [.. Catalogue.All, .. Compositions.All];

    public static TheoryData<string> Names => [.. All.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Rules_in_turn_have_the_bits_of_one_loop_and_allocate_nothing(string name)
    {
        Optimizer optimizer = All.Single(entry => entry.Name == name).Optimizer;
        Assert.Equal(After<float>(optimizer), InTurn(() => After<float>(optimizer)));
        Assert.Equal(After<double>(optimizer), InTurn(() => After<double>(optimizer)));
        if (!Catalogue.IsSteady(optimizer)) return;
        InTurn(() =>
        {
            OptimizerLaws.Allocation(optimizer);
            return true;
        });
    }

    /// <summary>
    /// The switch changes between steps too: the memory of a fused step is reused by a step with rules in turn.
    /// </summary>
    [Fact]
    public void Steps_of_both_kinds_may_follow_each_other()
    {
        Optimizer optimizer = Clip.ByGlobalNorm(1)
            .Then(Adam.Scaling())
            .Then(WeightDecay.Decoupled(0.1))
            .Then(LearningRate.Of(0.1));
        ParameterTree<float> parameters = Trees.Random<float>(0), expected = parameters;
        OptimizerState<float> state = optimizer.Init(parameters), other = state;
        for (int step = 1; step <= 6; step++)
        {
            ParameterTree<float> gradients = Trees.Random<float>(step);
            (parameters, state) = step % 2 == 0
                ? InTurn(() => optimizer.Step(parameters, gradients, state))
                : optimizer.Step(parameters, gradients, state);
            (expected, other) = optimizer.Step(expected, gradients, other);
        }

        Assert.Equal((expected, other), (parameters, state));
    }

    private static (ParameterTree<T> Parameters, OptimizerState<T> State, ParameterTree<T> Deltas) After<T>(
        Optimizer optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Longer than a block, and than the share of one thread.
        ParameterTree<T> parameters = Long<T>(0);
        OptimizerState<T> state = optimizer.Init(parameters);
        for (int step = 1; step <= 3; step++) (parameters, state) = optimizer.Step(parameters, Long<T>(step), state);
        ParameterTree<T> small = Trees.Random<T>(0);
        OptimizerState<T> ofSmall = optimizer.Init(small);
        for (int step = 1; step <= 3; step++)
            (small, ofSmall) = optimizer.StepDonating(small, Trees.Random<T>(step), ofSmall);
        return (parameters, state, optimizer.Update(small, Trees.Random<T>(4), ofSmall).Deltas);
    }

    private static ParameterTree<T> Long<T>(int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of(
            Leaf.Of("long", [70_001], Wave<T>(seed, 70_001)),
            Leaf.Of("matrix", [33, 31], Wave<T>(-seed, 33 * 31)),
            Leaf.Of("short", [3], Wave<T>(seed, 3)));

    private static T[] Wave<T>(int seed, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [.. Enumerable.Range(0, length).Select(index => T.CreateTruncating(Math.Sin((seed * 17) + (index * 0.37))))];

    private static TResult InTurn<TResult>(Func<TResult> work)
    {
        Fusion.IsOff = true;
        try
        {
            return work();
        }
        finally
        {
            Fusion.IsOff = false;
        }
    }
}
