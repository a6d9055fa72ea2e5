using Functional.Optim;
using Functional.Optim.Kernels;
using Functional.Optim.Tests.Kernels;

namespace Functional.Optim.Guides;

/// <summary>What the guide <c>Numbers</c> shows, as programs that run.</summary>
[Collection(ThreadLimit.Name)]
public class Numbers
{
    #region README.md
    private static readonly ParameterTree<float> Gradients = ParameterTree.Of(
        Leaf.Of("weight", [100, 1000], [.. Enumerable.Range(0, 100_000).Select(index => MathF.Sin(index))]));
    #endregion

    /// <summary>In place of the console, so that what is printed can be compared.</summary>
    private StringWriter Console { get; } = new() { NewLine = "\n" };

    [Fact]
    public void The_same_bits_on_one_thread_and_on_all()
    {
        int processors = Threads.Limit;

        #region README.md
        ParameterTree<float> parameters = Gradients.Layout.Zeros<float>();
        Optimizer optimizer = Clip.ByGlobalNorm(1.0).Then(AdamW.Of(1e-3));
        var (onAll, stateOnAll) = optimizer.Step(parameters, Gradients, optimizer.Init(parameters));
        Threads.Limit = 1;
        var (onOne, stateOnOne) = optimizer.Step(parameters, Gradients, optimizer.Init(parameters));
        bool same = onOne == onAll && stateOnOne == stateOnAll;   // == compares every bit
        #endregion

        Threads.Limit = processors;
        Assert.True(same);
        Assert.NotEqual(parameters, onOne);
    }

    [Fact]
    public void A_gradient_that_is_not_finite()
    {
        #region README.md
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("weight", [2], [1f, 2f]));
        ParameterTree<float> broken = ParameterTree.Of(Leaf.Of("weight", [2], [0.5f, float.NaN]));
        Optimizer clipped = Clip.ByGlobalNorm(1.0).Then(AdamW.Of(1e-3));
        try
        {
            clipped.Step(parameters, broken, clipped.Init(parameters));
        }
        catch (NonFiniteGradientException error)
        {
            Console.WriteLine(error.Message);
        }

        Optimizer skipping = ApplyIfFinite.Around(clipped);
        var (unchanged, state) = skipping.Step(parameters, broken, skipping.Init(parameters));
        Console.WriteLine(unchanged == parameters);
        #endregion

        Assert.Equal(
            """
            The gradient of 'weight' is not finite at step 1; lower the learning rate or clip earlier.
            True
            """,
            Console.ToString().TrimEnd());
    }

    [Fact]
    public void Formats()
    {
        #region README.md
        ParameterTree<float> parameters = Gradients.Layout.Zeros<float>();
        AdamW full = AdamW.Of(1e-3);
        foreach (StateFormat format in Enum.GetValues<StateFormat>())
        {
            double bytes = full.WithState(format).StateBytesPerParameter<float>();
            Console.WriteLine($"{format}: {bytes:F2} bytes a parameter");
        }

        AdamW small = full.WithState(StateFormat.Int8);
        AdamState<float> state = small.Init(parameters);
        (parameters, state) = small.Step(parameters, Gradients, state);   // computed in float, kept in 8 bits
        #endregion

        Assert.Equal(
            """
            Full: 8.00 bytes a parameter
            BFloat16: 4.00 bytes a parameter
            Float8: 2.03 bytes a parameter
            Int8: 2.03 bytes a parameter
            """,
            Console.ToString().TrimEnd());
        Assert.NotEqual(Gradients.Layout.Zeros<float>(), parameters);
    }

    [Fact]
    public void Parameters_in_bfloat16()
    {
        #region README.md
        ParameterTree<float> start = ParameterTree.Of(Leaf.Of("weight", [1], [1f]));
        ParameterTree<float> slope = ParameterTree.Of(Leaf.Of("weight", [1], [-1f]));
        foreach (ParameterRounding rounding in Enum.GetValues<ParameterRounding>())
        {
            Optimizer optimizer = Sgd.Of(1e-4).Then(BFloat16Parameters.Of(rounding));
            (ParameterTree<float> weight, OptimizerState<float> memory) = (start, optimizer.Init(start));
            for (int step = 0; step < 1000; step++) (weight, memory) = optimizer.Step(weight, slope, memory);
            Console.WriteLine($"{rounding}: {weight.AsSpan("weight")[0]}");     // 1.1 without rounding
        }
        #endregion

        Assert.Equal(
            """
            Stochastic: 1.078125
            Kahan: 1.1015625
            Nearest: 1
            """,
            Console.ToString().TrimEnd());
    }

    [Fact]
    public void Other_conventions()
    {
        #region README.md
        Schedule schedule = Schedule.WarmupCosine(peak: 1.0, warmupSteps: 4, totalSteps: 100);
        Console.WriteLine($"{schedule.At(1)} {schedule.At(4)} {schedule.At(100)}");
        Schedule asTorch = schedule.ZeroBased();
        Console.WriteLine($"{asTorch.At(1)} {asTorch.At(5)} {asTorch.At(101)}");
        #endregion

        Assert.Equal(
            """
            0.25 1 0
            0 1 0
            """,
            Console.ToString().TrimEnd());
    }
}
