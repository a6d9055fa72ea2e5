using Functional.Optim.Autodiff;
using Functional.Optim.Benchmarks.Quick;
using Functional.Optim.Kernels;
using Functional.Optim.Training;
using LanguageModel;

namespace Functional.Optim.Benchmarks.Profile;

/// <summary>Where a step of the nano preset of MiniGpt spends its time, on all threads.</summary>
internal static class NanoProfile
{
    /// <summary>Measures the step and its operations.</summary>
    /// <param name="rounds">The number of turns of each.</param>
    /// <returns>The operations, what remains of the gradient, clip and AdamW, and the whole step.</returns>
    internal static IReadOnlyList<ProfilePart> Measure(int rounds)
    {
        Threads.Limit = Environment.ProcessorCount;
        NanoStep nano = new(NanoStep.Nano);
        ParameterTree<float> parameters = nano.Model.Init();
        TokenBatch batch = nano.BatchOf(1);
        Timing loss = new("loss", () => nano.Model.Loss(parameters, batch));
        Timing gradient = new("gradient", () => nano.Model.Gradient(parameters, batch, 1).Gradients.Release());
        Timing step = new("step", () => nano.Run());
        ProfiledOperation[] operations = Operations(nano.Preset, batch);
        Timing.Measure([loss, gradient, step, .. operations.SelectMany(static one => one.Timings)], rounds);

        ProfilePart[] parts = [.. operations.Select(static one => one.Part)];
        double forward = loss.MedianSeconds, backward = gradient.MedianSeconds - forward;
        double update = step.MedianSeconds - gradient.MedianSeconds;
        return
        [
            .. parts.OrderByDescending(static part => part.Seconds),
            new(
                "the rest of the gradient", forward - parts.Sum(static part => part.Forward),
                backward - parts.Sum(static part => part.Backward)),
            new("clip and AdamW", 0, update),
            new("the step", forward, backward + update),
        ];
    }

    private static ProfiledOperation[] Operations(Preset of, TokenBatch batch)
    {
        int rows = of.BatchSize, width = of.Width, vocabulary = NanoStep.Vocabulary;
        int[] tokens = [rows, of.Context, width], positions = [.. Enumerable.Range(0, of.Context)];
        return
        [
            new(
                "matrix products",
                [
                    .. InBlocks(1, Product(width, 3 * width)),
                    .. InBlocks(1, Product(width, width)),
                    .. InBlocks(1, Product(width, 4 * width)),
                    .. InBlocks(1, Product(4 * width, width)),
                    new([tokens, [vocabulary, width]], static at => at[0].MatMulTransposed(at[1])),
                ]),
            new("attention", InBlocks(1, new([With(3 * width)], at => at[0].CausalAttention(of.Heads)))),
            new("GELU", InBlocks(1, new([With(4 * width)], static at => at[0].Gelu()))),
            new(
                "layer norm",
                [.. InBlocks(2, Norm()), Norm()]),
            new("sums of the residual", InBlocks(2, new([tokens, tokens], static at => at[0] + at[1]))),
            new(
                "embedding",
                new OperationUse(
                    [[vocabulary, width], [of.Context, width]],
                    at => at[0].Embed(batch.Inputs).Reshape(new(rows, of.Context, width)) + at[1].Embed(positions))),
            new(
                "cross entropy",
                new OperationUse([With(vocabulary)], at => at[0].CrossEntropy(batch.Targets))),
        ];

        OperationUse Product(int inner, int columns) =>
            new([With(inner), [inner, columns]], static at => at[0].MatMul(at[1]));

        OperationUse Norm() => new([tokens, [width]], static at => at[0].LayerNorm(at[1]));

        int[] With(int columns) => [rows, of.Context, columns];

        OperationUse[] InBlocks(int times, OperationUse use) => [.. Enumerable.Repeat(use, times * of.Layers)];
    }
}
