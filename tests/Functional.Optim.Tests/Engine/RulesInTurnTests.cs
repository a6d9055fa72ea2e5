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
        ParameterTree<T> parameters = Long<T>.Trees[0];
        OptimizerState<T> state = optimizer.Init(parameters);
        foreach (ParameterTree<T> gradients in Long<T>.Trees[1..])
            (parameters, state) = optimizer.Step(parameters, gradients, state);
        ParameterTree<T> small = Trees.Random<T>(0);
        OptimizerState<T> ofSmall = optimizer.Init(small);
        for (int step = 1; step <= 3; step++)
            (small, ofSmall) = optimizer.StepDonating(small, Trees.Random<T>(step), ofSmall);
        return (parameters, state, optimizer.Update(small, Trees.Random<T>(4), ofSmall).Deltas);
    }

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

    /// <summary>Parameters and three gradients, longer than a block, and than the share of one thread.</summary>
    private static class Long<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal static readonly ParameterTree<T>[] Trees =
        [
            .. Enumerable.Range(0, 4).Select(seed => ParameterTree.Of(
                Leaf.Of("long", [70_001], Wave(seed, 70_001)),
                Leaf.Of("matrix", [33, 31], Wave(-seed, 33 * 31)),
                Leaf.Of("short", [3], Wave(seed, 3)))),
        ];

        private static T[] Wave(int seed, int length) =>
        [
            .. Enumerable.Range(0, length).Select(index => T.CreateTruncating(Math.Sin((seed * 17) + (index * 0.37)))),
        ];
    }
}
