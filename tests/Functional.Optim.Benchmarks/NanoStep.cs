using Functional.Optim.Training;
using LanguageModel;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// Training with the nano preset of MiniGpt, or with another: gradient, clip and AdamW on other tokens in each step.
/// </summary>
internal sealed class NanoStep
{
    /// <summary>The characters of an English text, about.</summary>
    internal const int Vocabulary = 65;

    /// <summary>The preset.</summary>
    internal static readonly Preset Nano = Preset.All.Single(static preset => preset.Name == "nano");

    private readonly TokenBatches batches;
    private TrainState<float> state;
    private long step;

    /// <summary>Starts a training.</summary>
    /// <param name="preset">The sizes and settings.</param>
    internal NanoStep(Preset preset)
    {
        Preset = preset;
        Model = new(preset, Vocabulary, seed: 1);
        Optimizer = Clip.ByGlobalNorm(preset.Clip).Then(AdamW.Of(
            preset.LearningRate, beta2: preset.Beta2, weightDecay: Preset.DecoupledDecay, decay: LeafFilter.Matrices));
        int[] tokens = [.. Enumerable.Range(0, 100_000).Select(static index => index * 7919 / 13 % Vocabulary)];
        batches = TokenBatches.Random(tokens, preset.BatchSize, preset.Context, seed: 1);
        state = TrainState.Init(Optimizer, Model.Init());
    }

    /// <summary>The sizes and settings.</summary>
    internal Preset Preset { get; }

    /// <summary>The model.</summary>
    internal GptModel Model { get; }

    /// <summary>Clip and AdamW.</summary>
    internal Optimizer Optimizer { get; }

    /// <summary>The parameters after the steps so far.</summary>
    internal ParameterTree<float> Parameters => state.Parameters;

    /// <summary>The tokens of a step.</summary>
    /// <param name="number">The number of the step, from 1.</param>
    internal TokenBatch BatchOf(long number) => batches.At(number);

    /// <summary>Makes a step.</summary>
    /// <returns>The loss before it.</returns>
    internal double Run()
    {
        (state, StepOutcome outcome) = TrainStep.RunDonating(Optimizer, Model.Gradient, state, BatchOf(++step));
        return outcome.Loss;
    }
}
