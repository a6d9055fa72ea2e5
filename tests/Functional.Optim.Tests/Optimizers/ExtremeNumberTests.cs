using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>Numbers at the end of the range make no NaN that the formula does not have.</summary>
public class ExtremeNumberTests
{
    /// <summary>Every optimizer of the catalogue but those whose case says why not.</summary>
    public static TheoryData<string> Names =>
    [
        .. Optim.Catalogue.Optimizers
            .Where(entry => Laws.Catalogue.CaseOf(entry).SpreadsInfinity is null).Select(entry => entry.Name),
    ];

    public static TheoryData<string> WithMeanOfSquares =>
    [
        .. Laws.Catalogue.Cases.Where(one => !one.WithMeanOfSquares.IsEmpty).Select(one => one.Entry!),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Without_decay_an_infinite_parameter_stays_infinite_and_the_others_move(string name)
    {
        CatalogueEntry<Optimizer> entry = Optim.Catalogue.Optimizers.Single(entry => entry.Name == name);
        Dictionary<string, string> options = entry.Options
            .Where(option => option.Default is null || option.Name is "weightDecay" or "lambda")
            .ToDictionary(option => option.Name, option => option.Name == "learningRate" ? "0.1" : "0");
        Check<float>(entry.Build(options).OrThrow(name));
        Check<double>(entry.Build(options).OrThrow(name));
        if (entry.Options.Any(option => option.Name == "decoupledDecay"))
        {
            options["decoupledDecay"] = "true";
            Check<float>(entry.Build(options).OrThrow(name));
        }
    }

    [Fact]
    public void A_leaf_that_does_not_decay_is_not_read_for_the_decay()
    {
        Check<float>(AdamW.Of(0.1, weightDecay: 0.5, decay: _ => false));
        Check<float>(Sgd.Of(0.1, weightDecay: 0.5).WithGroups(
            LeafGroup.Of("all", _ => true, weightDecayMultiplier: 0)));
        float[] theta = [float.PositiveInfinity, float.NegativeInfinity, float.NaN], moved = new float[3];
        Elementwise.Run(new DecayRule<float>(0), theta, [0.5f, -0f, 2], moved);
        Assert.Equal([0.5f, -0f, 2], moved);
    }

    [Fact]
    public void Cautious_decay_knows_the_sign_of_what_is_too_small_to_be_multiplied()
    {
        float[] theta = [-1e-30f, 1e-30f, float.NaN, 0], moved = new float[4];
        Elementwise.Run(new CautiousDecayRule<float>(1), theta, [1e-30f, 1e-30f, 2, -3], moved);
        Assert.Equal([1e-30f, 2e-30f, float.NaN, -3], moved);
        Elementwise.Run(new CautiousDecayRule<float>(0), theta, [1e-30f, 1e-30f, 2, -3], moved);
        Assert.Equal([1e-30f, 1e-30f, 2, -3], moved);
    }

    /// <summary>A gradient whose square leaves the range of float, though (1 − β) of it does not.</summary>
    [Theory]
    [MemberData(nameof(WithMeanOfSquares))]
    public void The_mean_of_squares_is_finite_where_its_value_is(string name)
    {
        foreach (Optimizer optimizer in Laws.Catalogue.Cases.Single(one => one.Entry == name).WithMeanOfSquares)
        {
            ParameterTree<float> parameters = Tree<float>(1, -1), gradients = Tree<float>(3e19f, -3e19f);
            var (moved, state) = optimizer.Step(parameters, gradients, optimizer.Init(parameters));
            Assert.All(moved.AsSpan("x").ToArray(), element => Assert.True(float.IsFinite(element)));
            for (int slot = 0; slot < state.SlotCount; slot++)
                Assert.All(state[slot].AsSpan("x").ToArray(), element => Assert.True(float.IsFinite(element)));
        }
    }

    private static void Check<T>(Optimizer optimizer)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> parameters = Tree(T.PositiveInfinity, T.NegativeInfinity, T.One, -T.One);
        ParameterTree<T> gradients = Tree(T.One, T.One, T.One, -T.One), moved = parameters;
        OptimizerState<T> state = optimizer.Init(parameters);
        for (int update = 0; update < 3; update++) (moved, state) = optimizer.Step(moved, gradients, state);
        T[] theta = moved.AsSpan("x").ToArray();
        Assert.Equal([T.PositiveInfinity, T.NegativeInfinity], theta[..2]);
        Assert.All(theta[2..], element => Assert.True(T.IsFinite(element) && T.Abs(element) != T.One, $"{element}"));
    }

    private static ParameterTree<T> Tree<T>(params T[] x)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of(Leaf.Of("x", [1, x.Length], x));
}
