using System.Collections.Immutable;
using System.Reflection;
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

    [Theory]
    [MemberData(nameof(Functions))]
    public void Gradients_agree_with_central_differences(string name)
    {
        Differentiable<double> function = Differentiables<double>.Get(name);
        for (int seed = 0; seed < 4; seed++)
        {
            Sizes sizes = Sizes.Small(seed);
            ImmutableArray<Shape> shapes = [.. function.Leaves(sizes).Select(shape => Shape.Of(shape))];
            OperationLaws.Gradient(name, x => function.Function(new(x, sizes)), new(shapes));
        }
    }

    /// <summary>A new operation is not forgotten: the name of a function begins with that of its operation.</summary>
    [Fact]
    public void Every_operation_is_checked()
    {
        string[] functions = [.. Differentiables<double>.All.Select(function => Letters(function.Name))];
        IEnumerable<string> operations = typeof(Operations).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(method => Letters(method.Name)).Distinct();
        Assert.All(operations, operation => Assert.Contains(
            functions, function => function.StartsWith(operation, StringComparison.Ordinal)));

        static string Letters(string name) =>
            string.Concat(name.ToUpperInvariant().Where(char.IsAsciiLetter));
    }

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
}
