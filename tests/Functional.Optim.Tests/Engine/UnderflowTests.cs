using System.Numerics;

namespace Functional.Optim.Tests.Engine;

/// <summary>What is too small in a state becomes 0 at every 64th update, in every optimizer.</summary>
public class UnderflowTests
{
    private const int Interval = 64;

    /// <summary>
    /// Sizes of gradients that are subnormal or too small, or whose squares are, or that soon make such moments; in
    /// float and in double.
    /// </summary>
    private static readonly double[] Sizes =
    [
        1e-44, 1e-42, 1e-40, 1e-38, 1e-36, 1e-34, 1e-22, 1e-21, 1e-20, 1e-19, 1e-18, 1e-17, 1e-16,
        1e-322, 1e-318, 1e-313, 1e-308, 1e-306, 1e-304, 1e-161, 1e-159, 1e-156, 1e-154, 1e-152,
    ];

    public static TheoryData<string> Names =>
        [.. Laws.Catalogue.Variants.Where(one => one.Optimizer is not FunctionOptimizer).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_number_of_a_state_is_too_small_after_updates_without_a_gradient(string name)
    {
        Optimizer optimizer = Laws.Catalogue.Get(name);
        AssertCleared(After<float>(optimizer, 2 * Interval));
        AssertCleared(After<double>(optimizer, 2 * Interval));
    }

    [Fact]
    public void That_is_so_in_16_bits()
    {
        foreach (Optimizer optimizer in (Optimizer[])[Adam.Of(0.1), Clip.ByGlobalNorm(1).Then(Lion.Of(0.1))])
        {
            AssertCleared(After<float>(optimizer.WithState(StateFormat.BFloat16), Interval));
            AssertCleared(After<double>(optimizer.WithState(StateFormat.BFloat16), Interval));
        }
    }

    [Fact]
    public void The_updates_between_leave_them()
    {
        foreach (int updates in (int[])[1, Interval - 1, Interval + 1, (2 * Interval) - 1])
        {
            OptimizerState<float> state = Adam.Of(0.1).Step(One(1e-19f), One(1e-19f), At(updates - 1)).State.ToState();
            Assert.True(state["v"].AsSpan("x")[0] is > 0 and < 1e-38f, $"{updates}");
        }

        OptimizerState<float> cleared = Adam.Of(0.1).Step(One(1e-19f), One(1e-19f), At(Interval - 1)).State.ToState();
        Assert.Equal((1e-20f, 0), (cleared["m"].AsSpan("x")[0], cleared["v"].AsSpan("x")[0]));

        static AdamState<float> At(long step) => new(step, One(0), One(0));
        static ParameterTree<float> One(float x) => ParameterTree.Of(Leaf.Of("x", [1], [x]));
    }

    [Fact]
    public void Spans_of_numbers_do_as_trees_do()
    {
        float[] theta = [1, 1], g = [1e-19f, 1], m = new float[2], v = new float[2];
        Adam.Of(0.1).Step<float>(Interval, theta, g, new(m, v), theta, new(m, v));
        Assert.True(m[0] > 0);
        Assert.Equal(0, v[0]);
        Assert.Equal(0.001f, v[1], 1e-9f);
    }

    private static OptimizerState<T> After<T>(Optimizer optimizer, int updates)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> parameters = Tree<T>(_ => 1), gradients = Tree<T>(size => size),
            none = parameters.Layout.Zeros<T>();
        OptimizerState<T> state = optimizer.Init(parameters);
        for (int update = 1; update <= updates; update++)
            (parameters, state) = optimizer.Step(parameters, update <= 3 ? gradients : none, state);
        return state;
    }

    private static ParameterTree<T> Tree<T>(Func<double, double> element)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ParameterTree.Of(
        [
            .. Sizes.Select((size, index) => Leaf.Of(
                $"leaf{index}", index % 2 == 0 ? [1] : (int[])[1, 1], [T.CreateTruncating(element(size))])),
        ]);

    private static void AssertCleared<T>(OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T limit = T.CreateTruncating(typeof(T) == typeof(float) ? Math.ScaleB(1, -116) : Math.ScaleB(1, -1012));
        for (int slot = 0; slot < state.SlotCount; slot++)
        {
            foreach (Leaf leaf in state[slot].Layout.Leaves)
            {
                foreach (T number in state[slot].AsSpan(leaf))
                    Assert.True(
                        T.IsZero(number) || T.Abs(number) >= limit,
                        $"slot {slot} of {leaf.Name} has {number} after update {state.Step}");
            }
        }
    }
}
