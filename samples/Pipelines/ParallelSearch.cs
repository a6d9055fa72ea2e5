using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;

namespace Pipelines;

/// <summary>
/// Searches learning rate and weight decay on all cores. A training is a pure function of these two numbers: all of
/// them start from the same parameters and data, which none changes. So the search is a parallel query over a grid,
/// without copies or locks, and its result is the same on any number of threads.
/// </summary>
public static class ParallelSearch
{
    private const int Features = 24, Points = 24, Steps = 300;

    private static readonly double[] Rates = [0.001, 0.003, 0.01, 0.03], Decays = [0, 0.1, 1, 10];

    /// <summary>Searches, and writes the validation losses and the best pair.</summary>
    /// <param name="output">Where it writes.</param>
    /// <param name="threads">How many threads search at most; all cores when <see langword="null"/>.</param>
    /// <param name="cancellation">Stops the search.</param>
    public static async Task Run(TextWriter output, int? threads = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ParameterTree<float> start = ParameterTree.Of(Leaf.Of("weight", [Features, 1], new float[Features]));
        LossFunction<float> training = LossOn(new Philox(1)), validation = LossOn(new Philox(2));
        Trial[] trials =
        [
            .. (from rate in Rates from decay in Decays select (rate, decay))
                .AsParallel().AsOrdered()
                .WithDegreeOfParallelism(threads ?? Environment.ProcessorCount).WithCancellation(cancellation)
                .Select(pair => Train(pair.rate, pair.decay, start, training, validation)),
        ];
        await output.WriteLineAsync($"rate    {string.Join("", Decays.Select(decay => $"{$"decay {decay}",12}"))}");
        foreach (IGrouping<double, Trial> row in trials.GroupBy(trial => trial.Rate))
        {
            string losses = string.Join("", row.Select(trial => $"{trial.Loss,12:0.0000}"));
            await output.WriteLineAsync($"{row.Key,-8}{losses}");
        }

        Trial best = trials.MinBy(trial => trial.Loss)!;
        await output.WriteLineAsync($"best is rate {best.Rate} with decay {best.Decay}: "
            + $"{best.Loss:0.0000} on points that it was not trained on, {best.TrainingLoss:0.0000} on those it was");
    }

    private static Trial Train(
        double rate, double decay, ParameterTree<float> start, LossFunction<float> training,
        LossFunction<float> validation)
    {
        AdamW adamw = AdamW.Of(rate, weightDecay: decay);
        (ParameterTree<float> parameters, AdamState<float> state) = (start, adamw.Init(start));
        for (int step = 0; step < Steps; step++)
        {
            (_, ParameterTree<float> gradients) = Differentiate.ValueAndGradient(training, parameters);
            (parameters, state) = adamw.Step(parameters, gradients, state);
        }

        return new(
            rate, decay, Differentiate.Value(training, parameters), Differentiate.Value(validation, parameters));
    }

    /// <summary>A curve through noisy points of y = |x|, as a sum of as many cosines as there are points.</summary>
    private static LossFunction<float> LossOn(Philox random)
    {
        float[] x = [.. Numbers(Points).Select(point => (float)((2 * random.Uniform(point)) - 1))];
        float[] y = [.. x.Select((value, point) => MathF.Abs(value) + (float)(0.3 * random.Normal((ulong)point, 1)))];
        float[] cosines = [.. x.SelectMany(value => Numbers(Features).Select(k => MathF.Cos(k * MathF.PI * value)))];
        return at => at.Constant(new(Points, Features), cosines).MatMul(at["weight"])
            .MeanSquaredError(at.Constant(new(Points, 1), y));
    }

    private static IEnumerable<ulong> Numbers(int count) => Enumerable.Range(0, count).Select(number => (ulong)number);

    private sealed record Trial(double Rate, double Decay, double TrainingLoss, double Loss);
}
