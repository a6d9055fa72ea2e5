using Functional.Optim.Benchmarks.Quick;
using Functional.Optim.Kernels;
using Functional.Optim.Training;
using LanguageModel;

namespace Functional.Optim.Benchmarks.Growth;

/// <summary>
/// A step of training with the nano preset of MiniGpt at other widths and contexts: gradient, clip and AdamW, on all
/// threads.
/// </summary>
internal static class NanoGrowth
{
    /// <summary>The characters of an English text, about.</summary>
    private const int Vocabulary = 65;

    private static readonly Preset Nano = Preset.All.Single(preset => preset.Name == "nano");
    private static readonly int[] Widths = [32, 64, 128, 256, 512], Contexts = [16, 32, 64, 128, 256, 512];

    /// <summary>Measures it with each width.</summary>
    /// <param name="rounds">The number of turns.</param>
    internal static GrowthPanel OverWidths(int rounds) => Measure(
        $"a nano step, context {Nano.Context}", "width", Widths, width => Nano with { Width = width }, rounds);

    /// <summary>Measures it with each context.</summary>
    /// <param name="rounds">The number of turns.</param>
    internal static GrowthPanel OverContexts(int rounds) => Measure(
        $"a nano step, width {Nano.Width}", "context", Contexts, context => Nano with { Context = context }, rounds);

    private static GrowthPanel Measure(
        string title, string size, int[] sizes, Func<int, Preset> presetOf, int rounds)
    {
        Threads.Limit = Environment.ProcessorCount;
        List<(double, double)> points = [];
        foreach (int of in sizes)
        {
            Timing timing = new(title, StepsOf(presetOf(of)));
            Timing.Measure([timing], rounds);
            points.Add((of, 1e3 * timing.MedianSeconds));
        }

        return new(title, size, "ms a step", [new("the step", points)]);
    }

    /// <summary>An action that makes one step more with each call.</summary>
    private static Action StepsOf(Preset preset)
    {
        GptModel model = new(preset, Vocabulary, seed: 1);
        Optimizer optimizer = Clip.ByGlobalNorm(preset.Clip).Then(AdamW.Of(
            preset.LearningRate, beta2: preset.Beta2, weightDecay: Preset.DecoupledDecay, decay: LeafFilter.Matrices));
        int[] tokens = [.. Enumerable.Range(0, 100_000).Select(index => index * 7919 / 13 % Vocabulary)];
        TokenBatches batches = TokenBatches.Random(tokens, preset.BatchSize, preset.Context, seed: 1);
        TrainState<float> state = TrainState.Init(optimizer, model.Init());
        long step = 0;
        return () => (state, _) = TrainStep.RunDonating(optimizer, model.Gradient, state, batches.At(++step));
    }
}
