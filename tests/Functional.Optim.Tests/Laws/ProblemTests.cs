using System.Collections.Immutable;
using FsCheck.Fluent;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

public class ProblemTests
{
    private const double MinNormal = 1.1754943508222875e-38;

    private static readonly ImmutableArray<Problem> Drawn =
        [.. Problem.Any().Generator.Sample(50, Seed.Generator, 1000)];

    private static readonly double[][] Gradients =
        [.. Drawn.SelectMany(problem => problem.Leaves).Where(leaf => leaf.Size > 0).SelectMany(
            leaf => leaf.Values.Skip(1))];

    [Fact]
    public void Leaves_are_up_to_five_vectors_and_matrices_of_odd_sizes()
    {
        Assert.Equal([0, 1, 2, 3, 4, 5], Drawn.Select(problem => problem.Leaves.Length).Distinct().Order());
        Assert.Equal([0, 1, 7, 15, 16, 17, 63, 64, 65], Drawn.SelectMany(problem => problem.Leaves)
            .Select(leaf => leaf.Size).Distinct().Order());
        ParameterTree<double> tree = Drawn.First(problem => problem.Leaves.Length == 2).Parameters<double>();
        Assert.Equal([1, 2], tree.Layout.Leaves.Select(leaf => leaf.Rank));
    }

    [Fact]
    public void Gradients_are_zeros_denormals_ordinary_huge_and_mixed()
    {
        double[] all = [.. Gradients.SelectMany(gradient => gradient)];
        Assert.InRange(all.Count(value => value == 0) / (double)all.Length, 0.15, 0.3);
        Assert.Contains(Gradients, gradient => gradient.Length > 5 && gradient.All(value => Math.Abs(value) < MinNormal)
            && gradient.Any(value => value != 0));
        Assert.Contains(Gradients, gradient => gradient.Length > 5
            && gradient.All(value => value == 0 || Math.Abs(value) is > 1e-6 and < 10));
        Assert.Contains(Gradients, gradient => gradient.Length > 5
            && gradient.All(value => value == 0 || (float)(value * value) > float.MaxValue));
        Assert.Contains(Gradients, gradient =>
            gradient.Length > 5 && gradient.Max(Math.Abs) / gradient.Where(value => value != 0).Min(Math.Abs) > 1e30);
    }

    [Fact]
    public void Numbers_are_the_same_in_float_and_in_double_and_parameters_are_ordinary()
    {
        Assert.All(Gradients, gradient => Assert.All(gradient, value => Assert.Equal(value, (float)value)));
        Assert.All(
            Drawn.SelectMany(problem => problem.Leaves).SelectMany(leaf => leaf.Values[0]),
            value => Assert.True(value == (float)value && Math.Abs(value) < 10));
    }

    [Fact]
    public void What_fails_shrinks_to_one_leaf_of_one_element_and_one_number_that_is_not_zero()
    {
        LawException found = Assert.Throws<LawException>(() => Search.ForCounterexample(
            "Law", "nobody", "in float",
            problem => Claim.That(
                !problem.Leaves.Any(leaf => leaf.Values[2].Any(value => value > 0)), "there is a gradient above 0"),
            Problem.OfEachScale()));
        Assert.Matches(@"^leaf\d\[1\] θ = 0, g1 = 0, g2 = 1, g3 = 0$", found.Counterexample);
        Assert.StartsWith("Law does not hold for nobody, in float: there is a gradient above 0\n", found.Message,
            StringComparison.Ordinal);
    }
}
