using Functional.Optim;
using Functional.Optim.Autodiff;

namespace Functional.Optim.Guides;

/// <summary>What the guide <c>FromOptax</c> shows, as programs that run.</summary>
public class FromOptax
{
    #region README.md
    /// <summary>The loss is Σ(θ − x)² for a batch of one number x.</summary>
    private static readonly float[] Batches = [.. Enumerable.Range(0, 200).Select(index => MathF.Sin(index))];

    private static ParameterTree<float> Start() => ParameterTree.Of(
        Leaf.Of("embed.weight", [2, 2], [1f, 2f, 3f, 4f]), Leaf.Of("body.weight", [2, 2], [1f, -1f, 2f, -2f]),
        Leaf.Of("body.bias", [2], [1f, 1f]));

    private static LossFunction<float> Loss(float batch) => of =>
        Distance(of["embed.weight"], of.Constant(new(2), [batch, batch]))
        + Distance(of["body.weight"], of.Constant(new(2), [batch, batch]))
        + Distance(of["body.bias"], of.Constant(new(2), [batch, batch]));

    private static Variable<float> Distance(Variable<float> from, Variable<float> to) =>
        ((from - to) * (from - to)).Sum();
    #endregion

    [Fact]
    public void A_chain()
    {
        #region README.md
        ParameterTree<float> parameters = Start();
        Schedule schedule = Schedule.WarmupCosine(peak: 3e-2, warmupSteps: 10, totalSteps: 200).ZeroBased();
        Optimizer optimizer = Clip.ByGlobalNorm(1.0)
            .Then(Adam.Scaling(beta2: 0.95))
            .Then(WeightDecay.Decoupled(0.1, LeafFilter.Matrices))
            .Then(LearningRate.Of(schedule));
        OptimizerState<float> state = optimizer.Init(parameters);
        foreach (float batch in Batches)
        {
            var (loss, gradients) = Differentiate.ValueAndGradient(Loss(batch), parameters);
            (ParameterTree<float> updates, state) = optimizer.Update(parameters, gradients, state);
            parameters = parameters.Plus(updates);
        }
        #endregion

        (ParameterTree<float> same, OptimizerState<float> sameState) = (Start(), optimizer.Init(Start()));
        foreach (float batch in Batches)
        {
            var (loss, gradients) = Differentiate.ValueAndGradient(Loss(batch), same);
            (same, sameState) = optimizer.Step(same, gradients, sameState);
        }

        Assert.Equal((same, sameState), (parameters, state));
        Assert.Equal((0, 3e-3), (optimizer.LearningRateAt(1), Math.Round(optimizer.LearningRateAt(2), 12)));
        Assert.InRange(
            Differentiate.Value(Loss(0), parameters), 0, Differentiate.Value(Loss(0), Start()) / 4);

        #region README.md
        AdamState<float> moments = AdamState<float>.From(state);   // the one of these parts
        ParameterTree<float> m = state["m"];                       // the same first moments, by name
        #endregion

        Assert.Equal(moments.M, m);
    }

    [Fact]
    public void Labels_and_masks()
    {
        #region README.md
        Optimizer optimizer = Partition.Of(
            Partition.Freeze("embeddings", LeafFilter.Named("embed*")),
            new("matrices", LeafFilter.Matrices, Muon.Of(0.02)),
            new("rest", LeafFilter.All, AdamW.Of(3e-4)));
        #endregion

        ParameterTree<float> gradients = Differentiate.ValueAndGradient(Loss(0), Start()).Gradients;
        OptimizerState<float> state = optimizer.Init(Start());
        (ParameterTree<float> moved, state) = optimizer.Step(Start(), gradients, state);
        Assert.Equal(Start().AsSpan("embed.weight"), moved.AsSpan("embed.weight"));
        Assert.NotEqual(Start().AsSpan("body.weight").ToArray(), moved.AsSpan("body.weight").ToArray());
        Assert.Equal<IEnumerable<string>>(["matrices/mean", "rest/m", "rest/v"], state.SlotNames);
    }

    [Fact]
    public void Wrappers()
    {
        #region README.md
        Optimizer optimizer = ApplyIfFinite.Around(
            Accumulate.Of(4, Clip.ByGlobalNorm(1.0).Then(AdamW.Of(3e-4))), maxConsecutiveSkips: 5);
        #endregion

        ParameterTree<float> parameters = Start();
        OptimizerState<float> state = optimizer.Init(parameters);
        foreach (float batch in Batches[..4])
        {
            Assert.Equal(Start(), parameters);
            (parameters, state) = optimizer.Step(
                parameters, Differentiate.ValueAndGradient(Loss(batch), parameters).Gradients, state);
        }

        Assert.NotEqual(Start(), parameters);
    }

    [Fact]
    public void Averages()
    {
        #region README.md
        ParameterTree<float> parameters = Start();
        ScheduleFree free = ScheduleFree.Of(AdamW.Of(2.5e-3), warmupSteps: 10);
        OptimizerState<float> state = free.Init(parameters);
        foreach (float batch in Batches)
        {
            var (loss, gradients) = Differentiate.ValueAndGradient(Loss(batch), parameters);
            (parameters, state) = free.Step(parameters, gradients, state);
        }

        ParameterTree<float> evaluated = free.EvaluationParameters(parameters, state);
        #endregion

        Assert.NotEqual(parameters, evaluated);
    }

    [Fact]
    public void Settings_change_while_the_state_goes_on()
    {
        #region README.md
        ParameterTree<float> parameters = Start();
        AdamW adamw = AdamW.Of(3e-4);
        AdamState<float> state = adamw.Init(parameters);
        for (int step = 0; step < 100; step++)
        {
            if (step == 50) adamw = adamw with { LearningRate = 1e-4, WeightDecay = 0.1 };
            var (loss, gradients) = Differentiate.ValueAndGradient(Loss(Batches[step]), parameters);
            (parameters, state) = adamw.Step(parameters, gradients, state);
        }
        #endregion

        Assert.Equal(100, state.Step);
    }
}
