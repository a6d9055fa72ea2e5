using Functional.Optim;
using Functional.Optim.Kernels;
using Functional.Optim.Tests.Kernels;

namespace Functional.Optim.Guides;

/// <summary>What the guide <c>Speed</c> shows, as programs that run.</summary>
[Collection(ThreadLimit.Name)]
public class Speed
{
    #region README.md
    private static ParameterTree<float> Start() => ParameterTree.Of(
        Leaf.Of("weight", [2, 2], [1f, 2f, 3f, 4f]), Leaf.Of("bias", [2], [5f, 6f]));
    #endregion

    [Fact]
    public void Pure_and_donating_steps()
    {
        #region README.md
        ParameterTree<float> parameters = Start(), gradients = Start();
        AdamW adamw = AdamW.Of(1e-3);
        AdamState<float> state = adamw.Init(parameters);
        (ParameterTree<float> next, AdamState<float> nextState) = adamw.Step(parameters, gradients, state);
        parameters.Release();                       // its memory is that of the next tree
        gradients.Release();
        state.ToState().Release();
        #endregion

        Assert.Throws<ObjectDisposedException>(() => parameters.AsSpan("bias")[0]);

        #region README.md
        gradients = Start();
        (parameters, state) = adamw.StepDonating(next, gradients, nextState);   // the same bits, in the same memory
        #endregion

        Assert.Throws<ObjectDisposedException>(() => next.AsSpan("bias")[0]);
        (ParameterTree<float> first, AdamState<float> firstState) = adamw.Step(Start(), Start(), adamw.Init(Start()));
        (ParameterTree<float> second, AdamState<float> secondState) = adamw.Step(first, Start(), firstState);
        Assert.Equal((second, secondState), (parameters, state));

        #region README.md
        long bytes = parameters.Layout.Trim();      // what the layout keeps for later trees goes to the collector
        #endregion

        Assert.InRange(bytes, 0, long.MaxValue);
    }

    [Fact]
    public void Memory_of_your_own()
    {
        #region README.md
        float[] weight = [1, 2, 3, 4], weightGradient = [1, 2, 3, 4], bias = [5, 6], biasGradient = [5, 6];
        InPlaceOptimizer<float> inPlace = AdamW.Of(1e-3).InPlace<float>(
            new("weight", [2, 2], weight, weightGradient),
            new("bias", [2], bias, biasGradient));
        inPlace.Step();                             // writes weight and bias
        #endregion

        AdamW adamw = AdamW.Of(1e-3);
        (ParameterTree<float> same, _) = adamw.Step(Start(), Start(), adamw.Init(Start()));
        Assert.Equal(same, inPlace.ToTree());
        Assert.Equal(same.AsSpan("bias"), bias);

        #region README.md
        float[] m = new float[4], v = new float[4];
        AdamW.Of(1e-3).Step<float>(1, weight, weightGradient, new(m, v), weight, new(m, v));   // spans only
        #endregion

        Assert.NotEqual(same.AsSpan("weight").ToArray(), weight);
    }

    [Fact]
    public void Threads_of_the_kernels()
    {
        int before = Threads.Limit;

        #region README.md
        Threads.Limit = 1;                          // for all loops of the process; the default is one for each core
        #endregion

        Assert.Equal(1, Threads.Limit);
        Threads.Limit = before;
    }
}
