using Functional.Optim.Autodiff;

namespace Functional.Optim.Tests.Autodiff;

/// <summary>
/// An array that another thread writes is copied once: the values that are checked are the values that are used.
/// </summary>
public class SharedArrayTests
{
    private const int Tries = 3_000;
    private const int Length = 2_000;

    [Fact]
    public void Ids_that_change_are_rejected_or_are_rows_of_the_table()
    {
        ParameterTree<double> tree = ParameterTree.Of(
            Leaf.Of("table", [1, 16], new double[16]), Leaf.Of("next", [16], Numbers(16, 77)));
        WhileOneChanges(
            new int[Length], 1, ids => Assert.Equal(0, Differentiate.Value(x => x["table"].Embed(ids).Sum(), tree)));
    }

    [Fact]
    public void Targets_that_change_are_rejected_or_are_classes()
    {
        double[] logits = new double[Length * 4];
        logits[4] = 1000;
        ParameterTree<double> tree = ParameterTree.Of(Leaf.Of("x", [Length, 4], logits));
        double expected = Differentiate.Value(x => x["x"].CrossEntropy(new int[Length]), tree);
        WhileOneChanges(
            new int[Length],
            4,
            targets => Assert.Equal(expected, Differentiate.Value(x => x["x"].CrossEntropy(targets), tree)));
    }

    [Fact]
    public void Sizes_that_change_are_rejected_or_are_a_shape() =>
        WhileOneChanges(new int[4], -1, sizes =>
        {
            for (int turn = 0; turn < 100; turn++) Assert.Equal(0, new Shape(sizes)[0]);
        });

    private static double[] Numbers(int count, double number) => [.. Enumerable.Repeat(number, count)];

    /// <summary>Another thread changes the first element to a wrong number and back, again and again.</summary>
    private static void WhileOneChanges(int[] shared, int wrong, Action<int[]> use)
    {
        bool ended = false;
        Thread other = new(() =>
        {
            while (!Volatile.Read(ref ended))
            {
                Volatile.Write(ref shared[0], wrong);
                Thread.SpinWait(20);
                Volatile.Write(ref shared[0], 0);
                Thread.SpinWait(20);
            }
        });
        other.Start();
        try
        {
            for (int turn = 0; turn < Tries; turn++)
            {
                try
                {
                    use(shared);
                }
                catch (ArgumentException)
                {
                    // The copy had the wrong number.
                }
            }
        }
        finally
        {
            Volatile.Write(ref ended, true);
            other.Join();
        }
    }
}
