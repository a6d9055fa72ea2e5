using System.Numerics;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Laws;

namespace Functional.Optim.Tests.Kernels;

/// <summary>Each span kernel gives the numbers of its record, as many defaults as it has included.</summary>
public class SpanKernelTests
{
    public static TheoryData<string> Names => [.. SpanKernels<float>.All.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_gives_the_numbers_of_its_record(string name)
    {
        Check<float>(name);
        Check<double>(name);
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("adamax")]
    [InlineData("nadam")]
    [InlineData("radam")]
    [InlineData("asgd")]
    [InlineData("adabelief")]
    [InlineData("yogi")]
    public void Steps_are_counted_from_one(string name)
    {
        SpanKernels<float>.Kernel kernel = SpanKernels<float>.All.Single(entry => entry.Name == name).Kernel;
        Assert.Throws<ArgumentOutOfRangeException>(() => kernel(0, new float[1], new float[1], [new float[1], new float[1]]));
    }

    private static void Check<T>(string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (_, optimizer, kernel) = SpanKernels<T>.All.Single(entry => entry.Name == name);
        Law.Holds(
            problem =>
            {
                (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer);
                OptimizerState<T> start = optimizer.Init(problem.Parameters<T>());
                foreach (Leaf leaf in parameters.Layout.Leaves)
                {
                    T[] theta = problem.Parameters<T>().AsSpan(leaf).ToArray();
                    T[][] slots = [.. Enumerable.Range(0, state.SlotCount).Select(slot => start[slot].AsSpan(leaf).ToArray())];
                    for (int update = 1; update <= Problem.Updates; update++)
                        kernel(update, theta, problem.Gradients<T>(update).AsSpan(leaf).ToArray(), slots);
                    Assert.Equal(parameters.AsSpan(leaf).ToArray(), theta);
                    for (int slot = 0; slot < slots.Length; slot++) Assert.Equal(state[slot].AsSpan(leaf).ToArray(), slots[slot]);
                }
            },
            tests: 20);
    }
}
