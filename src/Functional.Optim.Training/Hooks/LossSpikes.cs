using System.Globalization;
using System.Runtime.InteropServices;

namespace Functional.Optim.Training;

/// <summary>
/// Watches for spikes of the loss: losses whose z-score z = (ℓ − mean) / deviation over a window of the losses before
/// is above a threshold. The loss of a spike does not enter the window.
/// </summary>
/// <remarks>
/// PaLM (Chowdhery et al., 2022, <see href="https://arxiv.org/abs/2204.02311">arXiv:2204.02311</see>, section 5.1) went
/// back to a checkpoint before each spike and left out batches; here the same batches come again at a lower rate.
/// </remarks>
public sealed class LossSpikes : TrainHook
{
    private readonly Reaction reaction;
    private readonly double threshold;
    private readonly int window;
    private readonly double rateFactor;
    private readonly int maxRollBacks;

    private LossSpikes(Reaction reaction, double threshold, int window, double rateFactor = 1, int maxRollBacks = 0)
    {
        (this.reaction, this.threshold, this.window) = (reaction, threshold, window);
        (this.rateFactor, this.maxRollBacks) = (rateFactor, maxRollBacks);
    }

    private enum Reaction
    {
        Report,
        Skip,
        RollBack,
    }

    /// <inheritdoc/>
    public override string Name => "lossSpikes";

    /// <summary>Tells of each spike.</summary>
    /// <param name="threshold">The highest z-score that is no spike; finite and positive.</param>
    /// <param name="window">The number of losses in the window; 8 or more.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static LossSpikes Report(double threshold = 6, int window = 100) =>
        Checked(threshold, window).Make(() => new LossSpikes(Reaction.Report, threshold, window))
            .OrThrow(nameof(LossSpikes));

    /// <summary>
    /// Skips the update of each spike, and tells of it; not for a <see cref="FunctionOptimizer"/>, whose spikes are
    /// told only.
    /// </summary>
    /// <inheritdoc cref="Report"/>
    public static LossSpikes Skip(double threshold = 6, int window = 100) =>
        Checked(threshold, window).Make(() => new LossSpikes(Reaction.Skip, threshold, window))
            .OrThrow(nameof(LossSpikes));

    /// <summary>
    /// Goes back to the last good checkpoint and on at a lower rate; needs <see cref="Checkpoints"/> among the hooks.
    /// </summary>
    /// <param name="rateFactor">What the rate is multiplied by each time; in (0, 1].</param>
    /// <param name="maxRollBacks">How often; one more spike ends the run. 1 or more.</param>
    /// <inheritdoc cref="Report" path="/*[not(@name='threshold' or @name='window')]"/>
    /// <param name="threshold">The highest z-score that is no spike; finite and positive.</param>
    /// <param name="window">The number of losses in the window; 8 or more.</param>
    public static LossSpikes RollBack(
        double rateFactor = 0.5, int maxRollBacks = 3, double threshold = 6, int window = 100) =>
        Checked(threshold, window)
            .Require(rateFactor, Bounds.AboveZeroToOne)
            .Require(maxRollBacks, Bounds.AtLeast(1))
            .Make(() => new LossSpikes(Reaction.RollBack, threshold, window, rateFactor, maxRollBacks))
            .OrThrow(nameof(LossSpikes));

    /// <inheritdoc/>
    public override HookRun Start(HookStart start) => new Watching(this, start);

    private static ValidationErrors Checked(double threshold, int window) => new ValidationErrors()
        .Require(threshold, Bounds.Positive)
        .Require(window, Bounds.AtLeast(8));

    private sealed class Watching : HookRun
    {
        private readonly LossSpikes settings;
        private readonly HookStart start;
        private readonly double[] losses;
        private long seen;
        private double judged = double.NaN;
        private string? spike;

        internal Watching(LossSpikes settings, HookStart start)
        {
            (this.settings, this.start, losses) = (settings, start, new double[settings.window]);
            Recall(start.Memory);
        }

        /// <summary>The number of losses seen, then those of the window as their bits.</summary>
        public override string Memory => string.Create(
            CultureInfo.InvariantCulture,
            $"{seen} {Convert.ToBase64String(MemoryMarshal.AsBytes(losses.AsSpan()))}");

        public override bool Accepts(long step, double loss, double gradientNorm)
        {
            Judge(step, loss);
            return spike is null || settings.reaction != Reaction.Skip;
        }

        public override HookRequest After<T>(in TrainMoment<T> moment)
        {
            // A function optimizer was not asked before its step.
            if (!moment.Outcome.Loss.Equals(judged)) Judge(moment.Step, moment.Outcome.Loss);
            (string? told, double loss) = (spike, judged);
            (spike, judged) = (null, double.NaN);
            if (told is null)
            {
                if (double.IsFinite(loss)) losses[seen++ % losses.Length] = loss;
                return HookRequest.None;
            }

            if (settings.reaction != Reaction.RollBack)
            {
                start.Notify(settings.reaction == Reaction.Skip ? $"{told}; its update was left out" : told);
                return HookRequest.None;
            }

            return start.RollBacks >= settings.maxRollBacks
                ? HookRequest.Stop($"{told}, after going back {start.RollBacks} times")
                : HookRequest.RollBack(told, settings.rateFactor);
        }

        private void Judge(long step, double loss)
        {
            judged = loss;
            spike = null;
            if (seen < losses.Length || !double.IsFinite(loss)) return;
            double mean = 0, squares = 0;
            foreach (double value in losses) mean += value / losses.Length;
            foreach (double value in losses) squares += (value - mean) * (value - mean) / losses.Length;
            double deviation = Math.Sqrt(squares), score = (loss - mean) / deviation;
            if (!(score > settings.threshold)) return;
            spike = string.Create(
                CultureInfo.InvariantCulture,
                $"the loss is {loss:g6} at step {step}, {score:0.#} deviations above the mean {mean:g6} of the "
                + $"{losses.Length} steps before");
        }

        private void Recall(string memory)
        {
            Span<byte> window = MemoryMarshal.AsBytes(losses.AsSpan());
            if (memory.Split(' ') is [string count, string kept]
                && long.TryParse(count, CultureInfo.InvariantCulture, out seen)
                && Convert.TryFromBase64String(kept, window, out int written) && written == window.Length)
                return;
            seen = 0;
            losses.AsSpan().Clear();
        }
    }
}
