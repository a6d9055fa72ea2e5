using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>Numbers at the end of the range make no NaN that the formula does not have.</summary>
public class ExtremeNumberTests
{
    /// <summary>
    /// Every optimizer of the catalogue but LAMB, LARS and Adafactor, which multiply the update of a leaf by the norm of its parameters, infinite
    /// where one of them is, and Schedule-Free, which takes the difference of two points.
    /// </summary>
    public static TheoryData<string> Names =>
        [.. Optim.Catalogue.Optimizers.Select(entry => entry.Name).Where(name => name is not ("lamb" or "lars" or "adafactor" or "scheduleFree"))];

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
        Check<float>(Sgd.Of(0.1, weightDecay: 0.5).WithGroups(LeafGroup.Of("all", _ => true, weightDecayMultiplier: 0)));
        float[] theta = [float.PositiveInfinity, float.NegativeInfinity, float.NaN], moved = new float[3];
        Elementwise.Run(new DecayRule<float>(0), theta, [0.5f, -0f, 2], moved);
        Assert.Equal([0.5f, -0f, 2], moved);
    }

    /// <summary>A gradient whose square leaves the range of float, though (1 − β) of it does not.</summary>
    [Theory]
    [InlineData("adam")]
    [InlineData("adaBelief")]
    [InlineData("adadelta")]
    [InlineData("nAdam")]
    [InlineData("rAdam")]
    [InlineData("rmsProp")]
    [InlineData("centered rmsProp")]
    [InlineData("yogi")]
    public void The_mean_of_squares_is_finite_where_its_value_is(string name)
    {
        Optimizer optimizer = name switch
        {
            "adam" => Adam.Of(0.1),
            "adaBelief" => AdaBelief.Of(0.1),
            "adadelta" => Adadelta.Of(1),
            "nAdam" => NAdam.Of(0.1),
            "rAdam" => RAdam.Of(0.1),
            "rmsProp" => RmsProp.Of(0.1),
            "yogi" => Yogi.Of(0.1),
            _ => RmsProp.Of(0.1, centered: true),
        };
        ParameterTree<float> parameters = Tree<float>(1, -1), gradients = Tree<float>(3e19f, -3e19f);
        var (moved, state) = optimizer.Step(parameters, gradients, optimizer.Init(parameters));
        Assert.All(moved.AsSpan("x").ToArray(), element => Assert.True(float.IsFinite(element)));
        for (int slot = 0; slot < state.SlotCount; slot++)
            Assert.All(state[slot].AsSpan("x").ToArray(), element => Assert.True(float.IsFinite(element)));
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
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> => ParameterTree.Of(Leaf.Of("x", [1, x.Length], x));
}
