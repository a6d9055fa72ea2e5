using Functional.Optim.Benchmarks.Rivals;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks.Tests;

/// <summary>The rivals compute what the library computes, so that their times may be compared.</summary>
public sealed class RivalTests
{
    private const int Parameters = 4096, RangeLength = 1024;

    [Fact]
    public void A_loop_by_hand_is_a_step_of_AdamW() =>
        AssertSameStep(memory => memory.Step<HandWrittenLoop>(RangeLength));

    [Fact]
    public void A_loop_of_numbers_is_a_step_of_AdamW() =>
        AssertSameStep(memory => memory.Step<ScalarLoop>(RangeLength));

    [Fact]
    public void Calls_of_TensorPrimitives_are_a_step_of_AdamW() =>
        AssertSameStep(memory => memory.Step<TensorPrimitiveCalls>(RangeLength));

    [Fact]
    public void Immutable_arrays_make_a_step_of_AdamW() => AssertSameStep(memory =>
    {
        ImmutableArrays next = new ImmutableArrays([.. memory.Theta], [.. memory.M], [.. memory.V])
            .Step([.. memory.Gradient]);
        next.Theta.CopyTo(memory.Theta);
        next.M.CopyTo(memory.M);
        next.V.CopyTo(memory.V);
    });

    [Fact]
    public void The_roofline_leaves_the_numbers_as_they_are()
    {
        AdamWMemory<float> memory = Started(), same = Started();
        memory.Step<Roofline<float>>(RangeLength);
        Assert.Equal(same.Theta, memory.Theta);
        Assert.Equal(same.M, memory.M);
        Assert.Equal(same.V, memory.V);
    }

    [Fact]
    public void The_roofline_of_doubles_leaves_them_as_they_are()
    {
        AdamWMemory<double> memory = new(Parameters), same = new(Parameters);
        memory.Step();
        same.Step();
        memory.Step<Roofline<double>>(RangeLength);
        Assert.Equal(same.Theta, memory.Theta);
        Assert.Equal(same.M, memory.M);
        Assert.Equal(same.V, memory.V);
    }

    [Fact]
    public void A_loop_that_reads_reads_every_number_once()
    {
        AlignedBuffer<float> values = new(3 * ReadLoop.RangeLength);
        values.Span.Fill(1);
        values.Span[0] = values.Span[^1] = 5;
        Assert.Equal(values.Length + 8, new ReadLoop(values).Sum());
    }

    private static void AssertSameStep(Action<AdamWMemory<float>> step)
    {
        AdamWMemory<float> expected = Started(), actual = Started();
        expected.Step();
        step(actual);
        AssertClose(expected.Theta, actual.Theta);
        AssertClose(expected.M, actual.M);
        AssertClose(expected.V, actual.V);
    }

    /// <summary>Two steps were made, so that nothing is zero.</summary>
    private static AdamWMemory<float> Started()
    {
        AdamWMemory<float> memory = new(Parameters);
        for (int step = 0; step < 2; step++) memory.Step();
        return memory;
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        for (int index = 0; index < expected.Length; index++)
            Assert.Equal(expected[index], actual[index], 1e-5f * Math.Max(Math.Abs(expected[index]), 1e-3f));
    }
}
