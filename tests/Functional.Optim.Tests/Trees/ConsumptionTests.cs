namespace Functional.Optim.Tests.Trees;

public class ConsumptionTests
{
    private const int Tries = 2_000;

    [Fact]
    public void Of_two_threads_that_release_one_tree_one_succeeds_and_the_other_gets_a_message()
    {
        ParameterTree<float>[] trees = [.. Enumerable.Range(0, Tries).Select(_ => Tree(1))];
        Race(index => trees[index].Release("the faster one"), "This tree was consumed by the faster one.");
    }

    [Fact]
    public void Of_two_threads_that_release_trees_of_one_layout_none_gets_the_memory_of_the_other()
    {
        TreeLayout layout = TreeLayout.Of(("w", [1]));
        ParameterTree<float>[] trees = [.. Enumerable.Range(0, Tries).Select(_ => layout.Zeros<float>())];
        Race(index => trees[index].Release("the faster one"), "This tree was consumed by the faster one.");
        HashSet<object> memories = new(ReferenceEqualityComparer.Instance);
        for (int tree = 0; tree < 2 * Tries; tree++)
            Assert.True(memories.Add(layout.Rent<float>().Storage), $"tree {tree} has the memory of another");
    }

    [Fact]
    public void Of_two_threads_that_turn_one_buffer_into_a_tree_one_succeeds()
    {
        TreeLayout layout = TreeLayout.Of(("w", [1]));
        TreeBuffer<float>[] buffers = [.. Enumerable.Range(0, Tries).Select(_ => layout.Rent<float>())];
        Race(index => buffers[index].ToTree(), "This buffer is already a tree (ToTree); rent another one to write to.");
    }

    [Fact]
    public void Of_two_threads_that_donate_one_tree_one_succeeds()
    {
        Sgd sgd = Sgd.Of(0.1);
        TreeLayout layout = TreeLayout.Of(("w", [1]));
        ParameterTree<float>[] trees = [.. Enumerable.Range(0, Tries).Select(_ => layout.Zeros<float>())];
        Race(
            index => sgd.StepDonating(trees[index], layout.Zeros<float>(), sgd.Init(trees[index])),
            "This tree was consumed by Optimizer.StepDonating; use the tree that it returned.");
    }

    [Fact]
    public void A_stored_norm_is_that_of_the_tree()
    {
        TreeLayout layout = TreeLayout.Of(("w", [1]));
        for (int round = 1; round <= 3; round++)
        {
            TreeBuffer<float> buffer = layout.Rent<float>();
            buffer.AsSpan("w")[0] = round;
            ParameterTree<float> tree = buffer.ToTree();
            Assert.Equal(round, tree.GlobalNorm());
            Assert.Equal(round, tree.GlobalNorm());
            tree.Release();
        }
    }

    /// <summary>
    /// Two threads at the same time, at each attempt; the slower one must be rejected with a message.
    /// </summary>
    private static void Race(Action<int> consume, string refusal)
    {
        int[] here = new int[Tries], won = new int[Tries];
        List<string>[] lost = [[], []];
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(side => new Thread(() => Run(side)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(0, won.Count(count => count > 1));
        Assert.Equal(Tries, won.Sum());
        Assert.Equal(Tries, lost[0].Count + lost[1].Count);
        foreach (string message in lost[0].Concat(lost[1]))
            Assert.StartsWith(refusal, message, StringComparison.Ordinal);

        void Run(int side)
        {
            for (int index = 0; index < Tries; index++)
            {
                Interlocked.Increment(ref here[index]);
                for (SpinWait wait = default; Volatile.Read(ref here[index]) < 2;) wait.SpinOnce(sleep1Threshold: -1);
                try
                {
                    consume(index);
                    Interlocked.Increment(ref won[index]);
                }
                catch (ObjectDisposedException exception)
                {
                    lost[side].Add(exception.Message);
                }
            }
        }
    }

    private static ParameterTree<float> Tree(int length) => ParameterTree.Of(Leaf.Of("w", [length], new float[length]));
}
