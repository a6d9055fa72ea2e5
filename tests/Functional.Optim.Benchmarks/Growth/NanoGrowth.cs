using Functional.Optim.Benchmarks.Quick;
using Functional.Optim.Kernels;
using LanguageModel;

namespace Functional.Optim.Benchmarks.Growth;

/// <summary>
/// A step of training with the nano preset of MiniGpt at other widths and contexts: gradient, clip and AdamW, on all
/// threads.
/// </summary>
internal static class NanoGrowth
{
    private static readonly int[] Widths = [32, 64, 128, 256, 512], Contexts = [16, 32, 64, 128, 256, 512];

    /// <summary>Measures it with each width.</summary>
    /// <param name="rounds">The number of turns.</param>
    internal static GrowthPanel OverWidths(int rounds) => Measure(
        $"a nano step, context {NanoStep.Nano.Context}", "width", Widths,
        static width => NanoStep.Nano with { Width = width }, rounds);

    /// <summary>Measures it with each context.</summary>
    /// <param name="rounds">The number of turns.</param>
    internal static GrowthPanel OverContexts(int rounds) => Measure(
        $"a nano step, width {NanoStep.Nano.Width}", "context", Contexts,
        static context => NanoStep.Nano with { Context = context }, rounds);

    private static GrowthPanel Measure(
        string title, string size, int[] sizes, Func<int, Preset> presetOf, int rounds)
    {
        Threads.Limit = Environment.ProcessorCount;
        List<(double, double)> points = [];
        foreach (int of in sizes)
        {
            NanoStep step = new(presetOf(of));
            Timing timing = new(title, () => step.Run());
            Timing.Measure([timing], rounds);
            points.Add((of, 1e3 * timing.MedianSeconds));
        }

        return new(title, size, "ms a step", [new("the step", points)]);
    }
}
