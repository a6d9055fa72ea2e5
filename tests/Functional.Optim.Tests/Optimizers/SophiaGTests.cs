using System.Numerics;
using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>Sophia-G with estimates of the Hessian.</summary>
public class SophiaGTests
{
    private static readonly ParameterTree<double> Parameters =
        ParameterTree.Of(Leaf.Of("w", [2, 2], [1.0, -2, 3, -4]), Leaf.Of("b", [2], [0.5, -0.5]));

    public static TheoryData<string> Cases => ModernGolden.CasesOf("sophia_g");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_trajectory_is_that_of_the_published_code(string id)
    {
        Check<double>(id);
        Check<float>(id);
    }

    [Fact]
    public void An_estimate_is_in_the_state_that_is_returned_and_not_in_the_one_given()
    {
        SophiaG sophia = SophiaG.Of(0.1, beta2: 0.75);
        SophiaGState<double> state = sophia.Init(Parameters);
        SophiaGState<double> once = sophia.WithHessian(state, Parameters), twice = sophia.WithHessian(once, Parameters);
        Assert.Equal(sophia.Init(Parameters), state);
        Assert.Equal([0.25, 1, 2.25, 4], once.H.AsSpan("w").ToArray());
        Assert.Equal([0.4375, 1.75, 3.9375, 7], twice.H.AsSpan("w").ToArray());
        Assert.Equal((state.M, 0), (twice.M, twice.Step));
        (_, SophiaGState<double> stepped) = sophia.Step(Parameters, Parameters, twice);
        Assert.Equal(twice.H, stepped.H);
    }

    [Fact]
    public void An_estimate_goes_into_the_state_of_a_composition_and_into_its_format()
    {
        SophiaG sophia = SophiaG.Of(0.1, beta2: 0.75);
        Optimizer inside = Clip.ByGlobalNorm(1).Then(
            Partition.Of(new("matrices", leaf => leaf.Rank == 2, sophia), new("rest", _ => true, Sgd.Of(0.1))));
        ParameterTree<double> matrix = ParameterTree.Of(Leaf.Of("w", [2, 2], [1.0, -2, 3, -4]));
        OptimizerState<double> state = sophia.WithHessian(inside.Init(Parameters), matrix);
        Assert.Equal([0.25, 1, 2.25, 4], state["matrices/h"].AsSpan("w").ToArray());
        inside.Step(Parameters, Parameters, state);
        Optimizer half = sophia.WithState(StateFormat.BFloat16);
        OptimizerState<double> coded = sophia.WithHessian(half.Init(Parameters), Parameters);
        Assert.Equal(StateFormat.BFloat16, coded.FormatOf(1));
        Assert.Equal([0.25, 1, 2.25, 4], coded["h"].AsSpan("w").ToArray());
        half.Step(Parameters, Parameters, coded);
    }

    [Fact]
    public void Frozen_leaves_of_an_estimate_are_left_out()
    {
        Optimizer groups = SophiaG.Of(0.1).WithGroups(LeafGroup.Frozen("biases", leaf => leaf.Name == "b"));
        SophiaG frozen = SophiaG.Of(0.1, beta2: 0.75) with { Groups = groups.Groups };
        SophiaGState<double> state = frozen.WithHessian(frozen.Init(Parameters), Parameters);
        Assert.Equal([0.25, 1, 2.25, 4], state.H.AsSpan("w").ToArray());
        Assert.Null(state.H.Layout.Find("b"));
    }

    [Fact]
    public void An_estimate_of_another_layout_or_with_a_number_that_is_none_is_refused_by_name()
    {
        SophiaG sophia = SophiaG.Of(0.1);
        SophiaGState<double> state = sophia.Init(Parameters);
        Refused("lacks the leaf b", ParameterTree.Of(Leaf.Of("w", [2, 2], [1.0, 2, 3, 4])));
        Refused(
            "has the leaf w",
            ParameterTree.Of(Leaf.Of("w", [4], [1.0, 2, 3, 4]), Leaf.Of("b", [2], [1.0, 2])));
        Refused(
            "has the leaf c",
            ParameterTree.Of(
                Leaf.Of("w", [2, 2], [1.0, 2, 3, 4]), Leaf.Of("b", [2], [1.0, 2]), Leaf.Of("c", [1], [1.0])));
        foreach (double number in (double[])[double.NaN, double.NegativeInfinity])
        {
            Refused(
                $"is {number} in b",
                ParameterTree.Of(Leaf.Of("w", [2, 2], [1.0, 2, 3, 4]), Leaf.Of("b", [2], [1.0, number])));
        }

        Assert.Contains(
            "none are named m, h",
            Assert.Throws<ArgumentException>(
                () => sophia.WithHessian(((Optimizer)Adam.Of(0.1)).Init(Parameters), Parameters)).Message,
            StringComparison.Ordinal);
        Assert.Equal(sophia.Init(Parameters), state);

        void Refused(string what, ParameterTree<double> estimate) => Assert.Contains(
            what, Assert.Throws<ArgumentException>(() => sophia.WithHessian(state, estimate)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_estimate_that_is_huge_stops_an_element_and_a_tiny_one_leaves_its_sign()
    {
        SophiaG sophia = SophiaG.Of(0.5, beta1: 0, weightDecay: 0);
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("x", [3], [1f, 1, 1]));
        ParameterTree<float> estimate = ParameterTree.Of(Leaf.Of("x", [3], [3e38f, 1e-30f, 0]));
        (ParameterTree<float> moved, _) = sophia.Step(
            parameters, parameters, sophia.WithHessian(sophia.Init(parameters), estimate));
        Assert.Equal([1, 0.5f, 0.5f], moved.AsSpan("x").ToArray());
    }

    /// <summary>ĝ² is the Hessian, so that a step is Newton's where it is not limited.</summary>
    [Fact]
    public void With_the_Hessian_of_a_steep_and_a_flat_parabola_it_reaches_the_minimum_of_both()
    {
        double[] curvature = [100, 1e-2], theta = [3, -40];
        SophiaG sophia = SophiaG.Of(1, beta1: 0, beta2: 0, rho: 1, batchSize: 1, weightDecay: 0);
        ParameterTree<double> parameters = Tree(theta),
            root = Tree([.. curvature.Select(Math.Sqrt)]);
        SophiaGState<double> state = sophia.WithHessian(sophia.Init(parameters), root);
        for (int step = 1; step <= 45; step++)
        {
            double[] at = parameters.AsSpan("x").ToArray();
            (parameters, state) = sophia.Step(parameters, Tree([.. at.Zip(curvature, (x, c) => c * x)]), state);
        }

        Assert.All(parameters.AsSpan("x").ToArray(), x => Assert.Equal(0, x, 1e-12));
        ParameterTree<double> Tree(double[] x) => ParameterTree.Of(Leaf.Of("x", [x.Length], x));
    }

    private static void Check<T>(string id)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        JsonElement golden = ModernGolden.Case<T>("sophia_g", id), options = golden.GetProperty("kwargs");
        (double beta1, double beta2) = options.Pair("betas", (0.965, 0.99));
        SophiaG sophia = SophiaG.Of(
            options.Option("lr", 1e-4), beta1, beta2, options.Option("rho", 0.04), (long)options.Option("bs", 5120),
            weightDecay: options.Option("weight_decay", 0.1), maximize: options.Flag("maximize"));
        int first = (int)options.Option("first", 1), interval = (int)options.Option("interval", 10);
        double seed = golden.GetProperty("seed").GetDouble();
        ModernGolden.Check<T>(golden, sophia, before: (step, state) =>
            step >= first && (step - first) % interval == 0 ? sophia.WithHessian(state, Estimate(step)) : state);

        ParameterTree<T> Estimate(int step) => ModernGolden.Map(golden, (_, leaf, k) => T.CreateTruncating(
            0.3 * Math.Cos((0.4 * step) + (0.2 * k) + (0.7 * leaf) + (0.29 * seed)) * (1 + (0.05 * k))));
    }
}
