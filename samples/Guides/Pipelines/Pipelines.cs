using Functional.Optim;

namespace Functional.Optim.Guides;

/// <summary>What the guide <c>Pipelines</c> shows, as programs that run.</summary>
public class Pipelines
{
    #region README.md
    /// <summary>The gradients are those of ½·Σ(θ − x)² at θ for a number x.</summary>
    private static readonly float[] Numbers = [.. Enumerable.Range(0, 50).Select(index => 3 + MathF.Sin(index))];

    private static ParameterTree<float> Start() => ParameterTree.Of(Leaf.Of("theta", [2], [1f, -1f]));

    private static ParameterTree<float> GradientAt(ParameterTree<float> parameters, float number)
    {
        TreeBuffer<float> gradients = parameters.Layout.Rent<float>();
        for (int index = 0; index < 2; index++)
            gradients.AsSpan("theta")[index] = parameters.AsSpan("theta")[index] - number;
        return gradients.ToTree();
    }

    private static double LossAt(ParameterTree<float> parameters)
    {
        double sum = 0;
        foreach (float theta in parameters.AsSpan("theta")) sum += 0.5 * (theta - 3) * (theta - 3);
        return sum;
    }

    private static async IAsyncEnumerable<float> Arriving(float[] numbers)
    {
        foreach (float number in numbers)
        {
            await Task.Yield();
            yield return number;
        }
    }
    #endregion

    [Fact]
    public void A_fold()
    {
        #region README.md
        AdamW adamw = AdamW.Of(0.1, weightDecay: 0);
        (ParameterTree<float> parameters, AdamState<float> state) = Numbers.Aggregate(
            (Parameters: Start(), State: adamw.Init(Start())),
            (at, number) => adamw.Step(at.Parameters, GradientAt(at.Parameters, number), at.State));
        #endregion

        Assert.Equal(50, state.Step);
        Assert.InRange(parameters.AsSpan("theta")[0], 2.5, 3.5);
    }

    [Fact]
    public void A_fork()
    {
        #region README.md
        AdamW adamw = AdamW.Of(0.1, weightDecay: 0);
        (ParameterTree<float> parameters, AdamState<float> state) = (Start(), adamw.Init(Start()));
        var branches = new[] { 0.01, 0.1, 1 }.AsParallel().AsOrdered().Select(rate =>
        {
            AdamW branch = adamw with { LearningRate = rate };
            return Numbers.Aggregate(
                (Parameters: parameters, State: state),
                (at, number) => branch.Step(at.Parameters, GradientAt(at.Parameters, number), at.State));
        }).ToArray();
        (parameters, state) = branches.MinBy(branch => LossAt(branch.Parameters));
        #endregion

        Assert.Equal(branches[0].State.Step, state.Step);
        Assert.True(LossAt(parameters) < LossAt(branches[0].Parameters));
    }

    [Fact]
    public async Task A_scan()
    {
        #region README.md
        List<double> losses = [];
        AdamW adamw = AdamW.Of(0.1, weightDecay: 0);
        await foreach (var (parameters, state) in Scan(adamw, Start(), Arriving(Numbers)))
            losses.Add(LossAt(parameters));

        static async IAsyncEnumerable<(ParameterTree<float> Parameters, AdamState<float> State)> Scan(
            AdamW adamw, ParameterTree<float> parameters, IAsyncEnumerable<float> numbers)
        {
            AdamState<float> state = adamw.Init(parameters);
            await foreach (float number in numbers)
            {
                (parameters, state) = adamw.Step(parameters, GradientAt(parameters, number), state);
                yield return (parameters, state);
            }
        }
        #endregion

        Assert.Equal(50, losses.Count);
        Assert.True(losses[^1] < losses[0] / 10);
    }
}
