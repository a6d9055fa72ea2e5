using FsCheck;
using FsCheck.Fluent;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Kernels;

namespace Functional.Optim.Tests.Autodiff;

[Collection(ThreadLimit.Name)]
public class GradientLaws
{
    public static TheoryData<string> Functions => [.. Differentiables<double>.All.Select(function => function.Name)];

    /// <summary>Along a random direction and along single elements, to 1e-6 of the length of the gradient.</summary>
    [Theory]
    [MemberData(nameof(Functions))]
    public void Gradients_agree_with_central_differences(string name) => ForAnySeed(seed =>
    {
        const double Step = 1e-5;
        Sizes sizes = Sizes.Small(seed);
        Differentiable<double> function = Differentiables<double>.Get(name);
        ParameterTree<double> parameters = function.Parameters(sizes);
        LossFunction<double> loss = function.Loss(sizes);
        ParameterTree<double> gradients = Differentiate.ValueAndGradient(loss, parameters).Gradients;
        foreach (ParameterTree<double> direction in Directions(parameters, sizes))
        {
            double expected = 0;
            for (int index = 0; index < gradients.AsSpan().Length; index++)
                expected += gradients.AsSpan()[index] * direction.AsSpan()[index];
            double above = Differentiate.Value(loss, Moved(parameters, direction, Step));
            double below = Differentiate.Value(loss, Moved(parameters, direction, -Step));
            Assert.Equal((above - below) / (2 * Step), expected, 1e-6 * (1 + gradients.GlobalNorm()));
        }
    });

    [Theory]
    [MemberData(nameof(Functions))]
    public void Float_agrees_with_double_to_one_part_in_a_hundred_thousand(string name) => ForAnySeed(seed =>
    {
        Sizes sizes = Sizes.Small(seed);
        Differentiable<double> inDouble = Differentiables<double>.Get(name);
        Differentiable<float> inFloat = Differentiables<float>.Get(name);
        var expected = Differentiate.ValueAndGradient(inDouble.Loss(sizes), inDouble.Parameters(sizes));
        var actual = Differentiate.ValueAndGradient(inFloat.Loss(sizes), inFloat.Parameters(sizes));
        double scale = 1 + expected.Gradients.GlobalNorm();
        Assert.Equal(expected.Loss, actual.Loss, 1e-5 * scale);
        for (int index = 0; index < actual.Gradients.AsSpan().Length; index++)
            Assert.Equal(expected.Gradients.AsSpan()[index], actual.Gradients.AsSpan()[index], 1e-5 * scale);
    });

    [Theory]
    [MemberData(nameof(Functions))]
    public void Neither_threads_nor_a_second_call_change_a_bit(string name)
    {
        Sizes sizes = Sizes.Large(seed: 4);
        Differentiable<float> function = Differentiables<float>.Get(name);
        ParameterTree<float> parameters = function.Parameters(sizes);
        LossFunction<float> loss = function.Loss(sizes);
        var one = ThreadLimit.With(1, () => Differentiate.ValueAndGradient(loss, parameters));
        var four = ThreadLimit.With(4, () => Differentiate.ValueAndGradient(loss, parameters));
        Assert.Equal(one, four);
        Assert.Equal(one, Differentiate.ValueAndGradient(loss, parameters));
        Assert.Equal(one.Loss, Differentiate.Value(loss, parameters));
        Assert.Equal(function.Parameters(sizes), parameters);
    }

    private static void ForAnySeed(Action<int> law) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), law).Check(Seed.Check(25));

    /// <summary>Directions of length 1.</summary>
    private static IEnumerable<ParameterTree<double>> Directions(ParameterTree<double> parameters, Sizes sizes)
    {
        Random random = new(sizes.Seed);
        double[] dense = [.. parameters.AsSpan().ToArray().Select(_ => random.NextDouble() - 0.5)];
        double length = Math.Sqrt(dense.Sum(part => part * part));
        yield return Map(parameters, index => dense[index] / length);
        for (int draw = 0; draw < 8; draw++)
        {
            Leaf leaf = random.GetItems(parameters.Layout.Leaves.AsSpan(), 1)[0];
            int element = leaf.Offset + random.Next(leaf.Length);
            yield return Map(parameters, index => index == element ? 1 : 0);
        }
    }

    private static ParameterTree<double> Moved(
        ParameterTree<double> parameters, ParameterTree<double> direction, double distance) =>
        Map(parameters, index => parameters.AsSpan()[index] + (distance * direction.AsSpan()[index]));

    private static ParameterTree<double> Map(ParameterTree<double> parameters, Func<int, double> value) =>
        ParameterTree.Of([.. parameters.Layout.Leaves.Select(leaf => Leaf.Of(
            leaf.Name, leaf.Shape.AsSpan(), [.. Enumerable.Range(leaf.Offset, leaf.Length).Select(value)]))]);
}
