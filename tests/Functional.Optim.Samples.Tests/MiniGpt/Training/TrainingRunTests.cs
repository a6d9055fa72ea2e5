using Functional.Optim.Kernels;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Kernels;
using Functional.Optim.Training;
using LanguageModel;
using MiniGpt;

namespace Functional.Optim.Samples.Tests.MiniGpt.Training;

[Collection(ThreadLimit.Name)]
public class TrainingRunTests
{
    private static readonly Preset Small = Preset.All[0] with
    {
        Layers = 2, Heads = 2, Width = 32, Context = 32, BatchSize = 8, Steps = 300, WarmupSteps = 10,
        LearningRate = 3e-3,
    };

    [Fact]
    public async Task A_short_run_learns_the_words_of_its_text()
    {
        TrainResult<float> result = await Train(Small);
        Assert.Equal(StopReason.Completed, result.Reason);
        // Even odds over the characters are log(20) = 3; the words alone, spelled without a mistake, come to about 0.5.
        Assert.InRange(result.History[0].Loss, 2.9, 3.2);
        Assert.InRange(result.History[^1].ValidationLoss!.Value, 0.3, 0.9);
    }

    [Theory]
    [InlineData("adamw", 0.1, true)]
    [InlineData("sgd", 0, false)]
    public async Task The_same_seed_gives_the_same_bits_on_any_number_of_threads(
        string optimizer, double dropout, bool biases)
    {
        Preset preset = Small with { Steps = 12, WarmupSteps = 2, Width = 64, BatchSize = 24, Optimizer = optimizer,
            Dropout = dropout, Biases = biases };
        TrainResult<float> one = await Train(preset, threads: 1), three = await Train(preset, threads: 3),
            other = await Train(preset, threads: 3, seed: 2);
        Assert.Equal(one.State, three.State);
        Assert.Equal(one.History.Select(report => report.Loss), three.History.Select(report => report.Loss));
        Assert.NotEqual(one.State, other.State);
    }

    [Fact]
    public async Task A_rate_of_zero_trains_nothing_and_an_absurd_one_stops_at_the_leaf_that_diverged()
    {
        TrainResult<float> still = await Train(Small with { Steps = 5, WarmupSteps = 0, LearningRate = 0 });
        Assert.Equal(new GptModel(Small, Run(Small).Text.Tokenizer.Vocabulary.Length, seed: 1).Init(),
            still.State.Parameters);
        TrainResult<float> diverged = await Train(Small with { WarmupSteps = 0, LearningRate = 1e9 });
        Assert.Equal(StopReason.NonFinite, diverged.Reason);
        Assert.Contains("gradient of", diverged.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(diverged.State.Step, diverged.History.Count);
    }

    private static TrainingRun Run(Preset preset, int threads = 2, ulong seed = 1) => new(
        new RunOptions(preset, null, "unused", seed, threads, EvaluateEvery: preset.Steps, Json: false),
        TokenizedText.Of(new Corpus("sentences", Texts.Sentences(20_000)), preset.Tokens, preset.Context).Value());

    private static async Task<TrainResult<float>> Train(Preset preset, int threads = 2, ulong seed = 1)
    {
        int limit = Threads.Limit;
        try
        {
            TrainingRun run = Run(preset, threads, seed);
            return await run.Train(run.Start(), [], new Progress<StepReport>(), _ => { }, CancellationToken.None);
        }
        finally
        {
            Threads.Limit = limit;
        }
    }
}
