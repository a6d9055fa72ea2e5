using System.Numerics;

namespace Functional.Optim.Tests.Contracts;

using Catalogue = Functional.Optim.Tests.Laws.Catalogue;
using Trees = Functional.Optim.Tests.Laws.Trees;

/// <summary>Nested steps, and steps at the same time, do not disturb each other.</summary>
public class NestedStepTests
{
    private static readonly Optimizer Inner = Clip.ByLeafNorm(1e-3).Then(LearningRate.Of(1));

    private static readonly ParameterTree<float> Zeros = ParameterTree.Of(
        Leaf.Of("a", [1], [0f]), Leaf.Of("b", [1], [0f]));

    private static readonly ParameterTree<float> Gradients = ParameterTree.Of(
        Leaf.Of("a", [1], [3f]), Leaf.Of("b", [1], [4f]));

    [Fact]
    public void A_schedule_may_make_a_step()
    {
        Optimizer plain = With(1), asking = With(new Asking());
        Assert.Equal(
            plain.Update(Zeros, Gradients, plain.Init(Zeros)), asking.Update(Zeros, Gradients, asking.Init(Zeros)));

        static Optimizer With(Schedule rate) =>
            Clip.ByGlobalNorm(1)
                .Then(LearningRate.Of(rate))
                .WithGroups(LeafGroup.Of("half", leaf => leaf.Name == "b", 0.5));
    }

    [Fact]
    public void A_transform_may_make_a_step()
    {
        Optimizer optimizer = Clip.ByGlobalNorm(1)
            .Then(Partition.Of(new("a", leaf => leaf.Name == "a", new Grafted()), new("b", _ => true, Scale.By(1))));
        ParameterTree<float> deltas = optimizer.Update(Zeros, Gradients, optimizer.Init(Zeros)).Deltas;
        Assert.Equal((-1e-3f, -0.8f), (deltas.AsSpan("a")[0], deltas.AsSpan("b")[0]), (left, right) =>
            Math.Abs(left.Item1 - right.Item1) < 1e-6 && Math.Abs(left.Item2 - right.Item2) < 1e-6);
    }

    [Fact]
    public void A_transform_may_step_the_optimizer_that_contains_it()
    {
        Recursive recursive = new();
        Optimizer optimizer = Clip.ByGlobalNorm(1).Then(recursive).Then(LearningRate.Of(0.5));
        Optimizer plain = Clip.ByGlobalNorm(1).Then(LearningRate.Of(0.5));
        recursive.Around = optimizer;
        Assert.Equal(
            plain.Update(Zeros, Gradients, plain.Init(Zeros)),
            optimizer.Update(Zeros, Gradients, optimizer.Init(Zeros)));
        Assert.Equal((0, 3), (recursive.Depth, recursive.Deepest));
    }

    [Fact]
    public void Threads_that_step_one_optimizer_on_one_layout_get_the_bits_of_one_thread()
    {
        foreach ((string name, Optimizer optimizer) in Catalogue.All)
        {
            ParameterTree<float> start = Trees.Random<float>(0);
            OptimizerState<float> state = optimizer.Init(start);
            ParameterTree<float>[] gradients = [.. Enumerable.Range(1, 4).Select(step => Trees.Random<float>(step))];
            (ParameterTree<float>, OptimizerState<float>)[] expected =
                [.. gradients.Select(each => optimizer.Step(start, each, state))];
            Thread[] threads = new Thread[4];
            List<string> wrong = [];
            for (int thread = 0; thread < threads.Length; thread++)
            {
                int mine = thread;
                threads[thread] = new(() =>
                {
                    for (int round = 0; round < 10; round++)
                    {
                        int which = (mine + round) % gradients.Length;
                        if (optimizer.Step(start, gradients[which], state) == expected[which]) continue;
                        lock (wrong) wrong.Add($"{name}, gradient {which}");
                    }
                });
            }

            foreach (Thread thread in threads) thread.Start();
            foreach (Thread thread in threads) thread.Join();
            Assert.Empty(wrong);
        }
    }

    private static ParameterTree<T> Three<T>(T[] numbers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of(
            Leaf.Of("x", [numbers.Length], numbers),
            Leaf.Of("y", [numbers.Length], numbers),
            Leaf.Of("z", [numbers.Length], numbers));

    private sealed record Asking : Schedule
    {
        protected internal override double RateAt(long step)
        {
            ParameterTree<float> trial = Three([5f]);
            Inner.Update(trial, trial, Inner.Init(trial));
            return 1;
        }
    }

    private sealed record Grafted : Transform
    {
        protected internal override bool TransformsLeaves => true;

        protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
        {
            ParameterTree<T> trial = Three(leaf.Input.ToArray());
            ParameterTree<T> deltas = Inner.Update(trial, trial, Inner.Init(trial)).Deltas;
            for (int index = 0; index < leaf.Output.Length; index++) leaf.Output[index] = -deltas.AsSpan("x")[index];
        }
    }

    /// <summary>
    /// Changes nothing, and makes a few steps of the optimizer that contains it while rules are added.
    /// </summary>
    private sealed record Recursive : Transform
    {
        internal Optimizer? Around { get; set; }

        internal int Depth { get; private set; }

        internal int Deepest { get; private set; }

        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            if (Depth < 3)
            {
                Deepest = Math.Max(Deepest, ++Depth);
                ParameterTree<float> other = ParameterTree.Of(Leaf.Of("a", [1], [30f]), Leaf.Of("b", [1], [-40f]));
                Around!.Update(other, other, Around.Init(other));
                Around.Update(Zeros, other, Around.Init(Zeros));
                Depth--;
            }

            base.AddRule(first, ref pass);
        }
    }
}
